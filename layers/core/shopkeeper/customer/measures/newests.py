"""What the newest of all said, while some are added and others taken back, in whatever order."""

from collections import Counter

from shopkeeper.customer.measures.measure import Measure, Newest

Rank = tuple[int, str, str]


class Newests:
    def __init__(self, before: Measure) -> None:
        self._said: dict[Rank, Newest] = {}
        self._times: Counter[Rank] = Counter()
        self._is_unknown, self._last = before.count > 0 and before.newest is None, before.last
        self._before: Rank | None = None
        if before.newest:
            self.change(before.last, before.newest, 1)
            self._before = (before.last, *before.newest.rank)

    def change(self, at: int, said: Newest, sign: int) -> None:
        rank = (at, *said.rank)
        self._said[rank] = said
        self._times[rank] += sign

    def now(self, last: int | None) -> tuple[Newest | None, bool]:
        """Of those that are left, of which the newest was at `last`; and whether only the rows know now."""
        best = max((rank for rank, times in self._times.items() if times > 0), default=None)
        if best is None or best[0] != last or (self._is_unknown and best[0] <= self._last):
            return None, self._before is not None
        is_less = self._before is not None and self._times[self._before] <= 0 and best[:2] < self._before[:2]
        return self._said[best], is_less
