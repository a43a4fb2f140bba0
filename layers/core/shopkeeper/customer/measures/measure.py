"""What is kept of something that happened again and again.

As long as all of it is known, a measure is a function of what was counted and of nothing else: not of the order in
which it came, nor of what came and was taken back. It is of one size, however often the thing happens.
"""

from collections.abc import Mapping

import msgspec

from shopkeeper.customer.words import canonical

PROMISED = 16
"""Rules may ask for as many of the newest instants."""
TAIL = PROMISED + 8
"""As many are kept: where what was taken back cannot be made good from rows, the others still keep the promise."""
TILES = 400
"""So many of the newest days on which something happened are kept apart."""


class Tile(msgspec.Struct, frozen=True):
    """What happened on one day, or on several: how often, and what it summed up to, in minor units by currency."""

    count: int = 0
    totals: Mapping[str, int] = {}


_NOTHING = Tile()


class Newest(msgspec.Struct, frozen=True, array_like=True):
    """What the newest of all said: `values` is what stood at the property.

    Of two of one instant that one counts whose id ends highest: `by` is the end of its id, and what nobody shares.
    """

    by: str
    values: tuple[str | bool | int | float | dict[str, str], ...] = ()

    @property
    def rank(self) -> tuple[str, str]:
        return self.by, canonical(self.values).decode()


class Measure(msgspec.Struct, frozen=True):
    """Instants are milliseconds since 1970; days are those of the workspace, counted from 1970-01-01.

    `tail` holds the newest instants, the newest first; what is not in it is no newer than its end. Of all that was
    counted, `priced` many per currency came to the minor units in `totals`, and `unpriced` many should have been summed
    and said no usable amount. `tiles` are the newest days, where days are kept; older ones are in the totals alone.

    Where something was taken back whose successor nobody knows any more, `first` and the end of `tail` stand for what
    was there: the true instant is not before `first`, not after the other. `newest` is there where a property of the
    newest is asked for, and nothing was taken back whose predecessor nobody knows any more.
    """

    count: int = 0
    first: int = 0
    tail: tuple[int, ...] = ()
    totals: Mapping[str, int] = {}
    priced: Mapping[str, int] = {}
    unpriced: int = 0
    tiles: Mapping[int, Tile] = {}
    newest: Newest | None = None

    @property
    def last(self) -> int:
        return self.tail[0] if self.tail else 0

    def nth_newest(self, n: int) -> int | None:
        """The instant since which it happened at least `n` times, the newest being the first.

        None where it never happened so often, or where that is further back than is known: not after `tail[-1]`.
        """
        return self.tail[n - 1] if n <= len(self.tail) else None

    def over(self, first_day: int, last_day: int) -> Tile:
        """The sum over these days, both included: exact for the last 400 days, where days are kept."""
        count, totals = 0, dict[str, int]()
        for day, tile in self.tiles.items():
            if first_day <= day <= last_day:
                count += tile.count
                for currency, units in tile.totals.items():
                    totals[currency] = totals.get(currency, 0) + units
        return Tile(count, totals) if count else _NOTHING

    def __add__(self, other: "Measure") -> "Measure":
        """Of both together, as if what each of them counted had been counted by one."""
        if not self.count or not other.count:
            return self if self.count else other
        known_since = max(self.known_since, other.known_since)
        tail = sorted((at for at in self.tail + other.tail if at >= known_since), reverse=True)
        return Measure(
            self.count + other.count,
            min(self.first, other.first),
            tuple(tail[:TAIL]),
            summed(self.totals, other.totals),
            summed(self.priced, other.priced),
            self.unpriced + other.unpriced,
            _laid_together(self, other),
            max((self, other), key=lambda each: (each.last, each.newest.rank if each.newest else _HIGHEST)).newest,
        )

    @property
    def known_since(self) -> float:
        """From there on, all instants are in the tail."""
        return self.tail[-1] if len(self.tail) < self.count else float("-inf")

    @property
    def days_known_since(self) -> float:
        """From there on, all that happened is in the tiles."""
        if not self.tiles:
            return float("inf" if self.count else "-inf")
        if sum(tile.count for tile in self.tiles.values()) == self.count:
            return float("-inf")
        return min(self.tiles)


# Where the newest is not known any more, nobody else's is the newest of the same instant.
_HIGHEST = (chr(0x10FFFF), "")


def summed(left: Mapping[str, int], right: Mapping[str, int]) -> Mapping[str, int]:
    if not left or not right:
        return left or right
    return {currency: left.get(currency, 0) + right.get(currency, 0) for currency in {*left, *right}}


def newest_days(tiles: Mapping[int, Tile]) -> dict[int, Tile]:
    return dict(sorted(tiles.items(), reverse=True)[:TILES])


def _laid_together(left: Measure, right: Measure) -> Mapping[int, Tile]:
    if not left.tiles and not right.tiles:
        return {}
    known_since = max(left.days_known_since, right.days_known_since)
    tiles = {day: tile for day, tile in left.tiles.items() if day >= known_since}
    for day, tile in right.tiles.items():
        if day >= known_since:
            held = tiles.get(day, _NOTHING)
            tiles[day] = Tile(held.count + tile.count, without_zeros(summed(held.totals, tile.totals)))
    return newest_days(tiles)


def without_zeros(totals: Mapping[str, int]) -> Mapping[str, int]:
    return {currency: units for currency, units in totals.items() if units}
