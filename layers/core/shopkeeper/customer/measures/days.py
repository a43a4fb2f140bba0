"""Days on which something happened, in columns, the newest first: what rules sum up is laid out for summing."""

from collections.abc import Iterator, Mapping, Sequence, ValuesView

from shopkeeper.customer.measures.measure import Tile


class Days(Mapping[int, Tile]):
    """`counts` says how often it was on each day, `units` what it came to by currency; neither is ever changed."""

    __slots__ = ("_tiles", "counts", "days", "units")

    def __init__(self, days: Sequence[int], counts: Sequence[int], units: Mapping[str, Sequence[int]]) -> None:
        self.days, self.counts, self.units = days, counts, units
        self._tiles: dict[int, Tile] | None = None

    @classmethod
    def of(cls, tiles: Mapping[int, Tile]) -> "Days":
        if isinstance(tiles, Days):
            return tiles
        held = sorted(tiles.items(), reverse=True)
        currencies = sorted({currency for _, tile in held for currency in tile.totals})
        units = {currency: [tile.totals.get(currency, 0) for _, tile in held] for currency in currencies}
        return cls([day for day, _ in held], [tile.count for _, tile in held], units)

    def __getitem__(self, day: int) -> Tile:
        return self._by_day()[day]

    def __iter__(self) -> Iterator[int]:
        return iter(self.days)

    def __len__(self) -> int:
        return len(self.days)

    def __repr__(self) -> str:
        return f"Days({self._by_day()})"

    def values(self) -> ValuesView[Tile]:
        return self._by_day().values()

    def _by_day(self) -> dict[int, Tile]:
        if self._tiles is None:
            sums = [dict[str, int]() for _ in self.days]
            for currency, column in self.units.items():
                for totals, units in zip(sums, column, strict=True):
                    if units:
                        totals[currency] = units
            self._tiles = dict(zip(self.days, map(Tile, self.counts, sums), strict=True))
        return self._tiles
