"""How every case is measured: both sides in one run, turn by turn, and the median of the rounds' ratios.

Time is processor time: neither side opens a socket, and whoever else uses the machine should not decide a ratio.
"""

import gc
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from time import process_time

ROUNDS = 21
QUICK_ROUNDS = 9
SLICES = 8


@dataclass(frozen=True)
class Result:
    """`ratios` are baseline / ours ("times as fast"), or ours / baseline where `at_most` is set."""

    name: str
    ratios: list[float]
    target: float
    at_most: bool = False
    note: str = ""

    @property
    def reached(self) -> bool:
        median = statistics.median(self.ratios)
        return median <= self.target if self.at_most else median >= self.target

    def line(self) -> str:
        numbers = f"{statistics.median(self.ratios):6.2f} {min(self.ratios):6.2f} {max(self.ratios):6.2f}"
        sign = "<=" if self.at_most else ">="
        verdict = "pass" if self.reached else "FAIL"
        return f"{self.name:42}  {numbers}  {sign} {self.target:5.2f}  {verdict}  {self.note}"


@dataclass(frozen=True)
class Unmeasured:
    """What it takes is not at hand here, so the target is neither met nor missed."""

    name: str
    target: float
    why: str
    reached = None

    def line(self) -> str:
        return f"{self.name:42}  {'-':>6} {'-':>6} {'-':>6}  >= {self.target:5.2f}  none  {self.why}"


@dataclass(frozen=True)
class Speed:
    """`prepare` gives (baseline, ours), two functions of no arguments, after it compared what they answer.

    `calls` of the baseline make a slice; ours is called `target` times as often, so that both slices last as long.
    """

    name: str
    prepare: Callable[[], tuple[Callable[[], object], Callable[[], object]]]
    target: float
    calls: int

    def run(self, *, quick: bool) -> Result:
        sides = self.prepare()
        rounds = [self._round(sides, turn) for turn in range(QUICK_ROUNDS if quick else ROUNDS)]
        theirs, ours = (statistics.median(side) * 1e6 for side in zip(*rounds, strict=True))
        note = f"{theirs:.1f} us against {ours:.1f} us"
        return Result(self.name, [baseline / mine for baseline, mine in rounds], self.target, note=note)

    def _round(self, sides: tuple[Callable[[], object], ...], turn: int) -> tuple[float, float]:
        """Seconds a call of either side: the best of some slices by turns. Who goes first changes with the round."""
        calls = self.calls, int(self.calls * self.target)
        best = [inf, inf]
        gc.collect()
        for _ in range(SLICES):
            for side in (0, 1) if turn % 2 else (1, 0):
                best[side] = min(best[side], timed(sides[side], calls[side]))
        return best[0], best[1]


def timed(call: Callable[[], object], calls: int) -> float:
    gc.disable()
    try:
        start = process_time()
        for _ in range(calls):
            call()
        return (process_time() - start) / calls
    finally:
        gc.enable()
