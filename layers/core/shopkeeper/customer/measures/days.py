"""Days on which something happened, in columns, the newest first: what rules sum up is laid out for summing."""

from collections.abc import Iterator, Mapping, Sequence, ValuesView
from operator import neg

from shopkeeper.customer.measures.measure import Tile


class Days(Mapping[int, Tile]):
    """`back` are the days below zero, so that they ascend and can be searched; `counts` says how often it was on each,
    `units` what it came to by currency. None of them is ever changed."""

    __slots__ = ("_tiles", "back", "counts", "units")

    def __init__(self, back: Sequence[int], counts: Sequence[int], units: Mapping[str, Sequence[int]]) -> None:
        self.back, self.counts, self.units = back, counts, units
        self._tiles: dict[int, Tile] | None = None

    @classmethod
    def of(cls, tiles: Mapping[int, Tile]) -> "Days":
        if isinstance(tiles, Days):
            return tiles
        if not tiles:
            return NO_DAYS
        held = sorted(tiles.items(), reverse=True)
        currencies = sorted({currency for _, tile in held for currency in tile.totals})
        units = {currency: [tile.totals.get(currency, 0) for _, tile in held] for currency in currencies}
        return cls([-day for day, _ in held], [tile.count for _, tile in held], units)

    def __getitem__(self, day: int) -> Tile:
        return self._by_day()[day]

    def __iter__(self) -> Iterator[int]:
        return map(neg, self.back)

    def __len__(self) -> int:
        return len(self.back)

    def __repr__(self) -> str:
        return f"Days({self._by_day()})"

    def values(self) -> ValuesView[Tile]:
        return self._by_day().values()

    def _by_day(self) -> dict[int, Tile]:
        if self._tiles is None:
            sums = [dict[str, int]() for _ in self.back]
            for currency, column in self.units.items():
                for totals, units in zip(sums, column, strict=True):
                    if units:
                        totals[currency] = units
            self._tiles = dict(zip(self, map(Tile, self.counts, sums), strict=True))
        return self._tiles


NO_DAYS = Days((), (), {})
