"""A measure being added to and taken from. The order of the two, and within each, makes no difference."""

from collections import Counter
from typing import NamedTuple

from shopkeeper.customer.measures.measure import TAIL, TILES, Measure, Newest, Tile, newest_days, without_zeros
from shopkeeper.customer.measures.newests import Newests


class Mark(NamedTuple):
    """What one interaction, or one order, adds to a measure.

    `day` is None where the measure keeps no days. `currency` is empty where nothing is summed; `unpriced` says that
    something should have been. `newest` is what it said, for when it is the newest.
    """

    at: int
    day: int | None = None
    currency: str = ""
    units: int = 0
    unpriced: bool = False
    newest: Newest | None = None


_EMPTY = Tile()


class Tally:
    def __init__(self, measure: Measure) -> None:
        self._before = measure
        self._count, self._unpriced = measure.count, measure.unpriced
        self._totals, self._priced = dict(measure.totals), dict(measure.priced)
        self._tiles = dict(measure.tiles)
        self._days_since = measure.days_known_since
        self._newest = Newests(measure)
        self._added: list[int] = []
        self._removed: list[int] = []

    def add(self, mark: Mark) -> None:
        self._added.append(mark.at)
        self._change(mark, 1)

    def remove(self, mark: Mark) -> None:
        """Of what was added before, now or once."""
        self._removed.append(mark.at)
        self._change(mark, -1)

    def _change(self, mark: Mark, sign: int) -> None:
        if mark.newest:
            self._newest.change(mark.at, mark.newest, sign)
        self._count += sign
        self._unpriced += sign * mark.unpriced
        if mark.currency:
            self._totals[mark.currency] = self._totals.get(mark.currency, 0) + sign * mark.units
            self._priced[mark.currency] = self._priced.get(mark.currency, 0) + sign
        if mark.day is not None and self._keeps(mark.day, mark.at):
            held = self._tiles.get(mark.day, _EMPTY)
            totals = held.totals
            if mark.units:
                totals = {**totals, mark.currency: totals.get(mark.currency, 0) + sign * mark.units}
            self._tiles[mark.day] = Tile(held.count + sign, totals)

    def _keeps(self, day: int, at: int) -> bool:
        """What is older than the kept days is in the totals alone. Where no day was kept before, they begin now."""
        begins = self._days_since == float("inf") and at >= self._before.last
        return begins or day >= self._days_since

    def measure(self) -> tuple[Measure, bool]:
        """As it is now; and whether something was taken back whose successor only the rows can tell."""
        if self._count <= 0:
            return Measure(), False
        added, removed = self._net()
        tail, tiles = self._tail(added, removed), self._days()
        first = min([self._before.first, *added] if self._before.count else added)
        is_short = len(tail) < min(TAIL, self._count)
        if is_whole := len(tail) == self._count:
            first = tail[-1]
        is_lossy = is_short or self._lacks_days(tiles) or (not is_whole and self._before.first in removed)
        newest, is_lost = self._newest.now(tail[0] if tail else None)
        return self._kept(first, tail, tiles, newest), is_lost or (is_lossy and bool(removed))

    def _net(self) -> tuple[list[int], list[int]]:
        """What came and went in one is as if it had never been."""
        if not self._removed:
            return self._added, []
        added, removed = Counter(self._added), Counter(self._removed)
        return list((added - removed).elements()), list((removed - added).elements())

    def _days(self) -> dict[int, Tile]:
        kept = ((day, tile) for day, tile in self._tiles.items() if tile.count > 0)
        return {day: Tile(tile.count, without_zeros(tile.totals)) for day, tile in kept}

    def _lacks_days(self, tiles: dict[int, Tile]) -> bool:
        fewer = len(tiles) < min(TILES, len(self._before.tiles))
        return fewer and sum(tile.count for tile in tiles.values()) < self._count

    def _kept(self, first: int, tail: list[int], tiles: dict[int, Tile], newest: Newest | None) -> Measure:
        """Where none of the newest is left that anybody knows, the end of the tail stays for what it stood for."""
        priced = {currency: count for currency, count in self._priced.items() if count > 0}
        return Measure(
            self._count,
            first,
            tuple(tail[:TAIL]) or self._before.tail[-1:],
            {currency: units for currency, units in self._totals.items() if units or currency in priced},
            priced,
            self._unpriced,
            newest_days(tiles) if len(tiles) > TILES else tiles,
            newest,
        )

    def _tail(self, added: list[int], removed: list[int]) -> list[int]:
        """All instants that are known, the newest first."""
        before = self._before
        known_since = before.tail[-1] if before.tail and len(before.tail) < before.count else float("-inf")
        tail = [*before.tail, *(at for at in added if at >= known_since)]
        for at in removed:
            if at in tail:
                tail.remove(at)
        return sorted(tail, reverse=True)
