"""Reading odd HTML: a source four times as long takes some four times as long, whatever stands in it."""

from dataclasses import dataclass

from bench.rounds import QUICK_ROUNDS, ROUNDS, Result, timed
from shopkeeper.mail import markup

PIECES = ("<", "<a", "<a ", "</a", "<!--", "<!", "<!--[if", "<a b='", '"', "<a =", "<script>", "<a b=c", "& ", "\n")
TIMES = 10_000


@dataclass(frozen=True)
class Growth:
    name: str
    target: float

    def run(self, *, quick: bool) -> Result:
        """The ratio of the worst piece in each round; 16 would be the square."""
        ratios = [max(map(growth, PIECES)) for _ in range(QUICK_ROUNDS if quick else ROUNDS)]
        return Result(self.name, ratios, self.target, at_most=True, note="the worst of all pieces")


def growth(piece: str) -> float:
    short, long = (least(piece * times + " " * times) for times in (TIMES, 4 * TIMES))
    return long / short


def least(source: str) -> float:
    return min(timed(lambda: list(markup.read(source, outlook=True)), 1) for _ in range(3))


CASES = [Growth("reading four times as much odd HTML", target=10)]
