"""Measures as they were packed before rules asked for them by the million: whole numbers as varints, one by one.

After the format there is how many measures by event name there are, of each its name and its own bytes, both with their
length before them; then the same of registered measures, whose ids are eight bytes. The bytes of one measure are:

    how often it was; how many instants the tail has; the newest, and from each the distance to the one before it
    from the last of them the distance to the first, where there are more than the tail has
    only where something is summed or days are kept:
        unpriced; how many currencies; of each the three letters as one number, how many were priced, and the total
        how many days; of each, the newest first, the distance to it, how often it was, and the sum in each currency
"""

from collections.abc import Iterator

from shopkeeper.customer.measures.measure import Measure, Tile
from shopkeeper.customer.measures.usual import USUAL
from shopkeeper.customer.measures.varints import Reader, UnknownFormat, numbers, unfolded

_ID_BYTES = 8


def read(packed: bytes) -> tuple[dict[str, Measure], dict[str, Measure]]:
    """By event name, and the registered ones by their ids. Raises UnknownFormat."""
    reader = Reader(packed)
    events = {_named(reader): _measure(reader.piece()) for _ in range(reader.number())}
    registered = {reader.take(_ID_BYTES).hex(): _measure(reader.piece()) for _ in range(reader.number())}
    reader.end()
    return events, registered


def _named(reader: Reader) -> str:
    """Raises UnknownFormat."""
    text = reader.text()
    if text:
        return text
    place = reader.number()
    if place >= len(USUAL):
        raise UnknownFormat(f"no name at place {place}")
    return USUAL[place]


def _measure(packed: bytes) -> Measure:
    """Raises UnknownFormat."""
    said = iter(numbers(packed))
    try:
        measure = _read(said)
    except StopIteration:
        raise UnknownFormat("a measure cut short") from None
    if next(said, None) is not None:
        raise UnknownFormat("a measure with bytes left over")
    return measure


def _read(said: Iterator[int]) -> Measure:
    """Raises StopIteration."""
    count, length = next(said), next(said)
    if not length:
        return Measure()
    tail = [unfolded(next(said))]
    for _ in range(length - 1):
        tail.append(tail[-1] - next(said))
    first = tail[-1] - (next(said) if count > length else 0)
    unpriced = next(said, None)
    if unpriced is None:
        return Measure(count, first, tuple(tail))
    priced, totals = dict[str, int](), dict[str, int]()
    for _ in range(next(said)):
        currency = _letters(next(said))
        priced[currency], totals[currency] = next(said), unfolded(next(said))
    return Measure(count, first, tuple(tail), totals, priced, unpriced, _tiles(said, tuple(totals)))


def _tiles(said: Iterator[int], currencies: tuple[str, ...]) -> dict[int, Tile]:
    """Raises StopIteration."""
    tiles, before = dict[int, Tile](), None
    for _ in range(next(said)):
        distance = next(said)
        day = unfolded(distance >> 1) if before is None else before - (distance >> 1)
        count = next(said) if distance & 1 else 1
        sums = {currency: unfolded(next(said)) for currency in currencies}
        tiles[day] = Tile(count, {currency: units for currency, units in sums.items() if units})
        before = day
    return tiles


def _letters(code: int) -> str:
    return "".join(chr(ord("A") + code // step % 26) for step in (676, 26, 1))
