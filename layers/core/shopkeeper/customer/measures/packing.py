"""The measures of a customer as bytes: whole numbers as varints, negative ones folded between the others.

Format 2 begins with the format and how many measures by event name there are. Of each there is its name and its own
bytes, both with their length before them; then the same of registered measures, whose ids are eight bytes. A name that
most shops use stands as no text at all and its place in a list. What a write does not touch is neither read nor written
anew. The bytes of one measure are, in this order:

    how often it was; how many instants the tail has; the newest, and from each the distance to the one before it
    from the last of them the distance to the first, where there are more than the tail has
    only where something is summed or days are kept:
        unpriced; how many currencies; of each the three letters as one number, how many were priced, and the total
        how many days; of each, the newest first, the distance to it, how often it was, and the sum in each currency
"""

from collections.abc import Callable, Iterator, Mapping, Set
from operator import sub
from typing import NamedTuple

from shopkeeper.customer.measures import format_1
from shopkeeper.customer.measures.measure import Measure, Tile
from shopkeeper.customer.measures.varints import Reader, UnknownFormat, folded, numbers, unfolded, varint, varints

FORMAT = 2
_ID_BYTES = 8

# Stored bytes point into it: names may be added at its end, and none may ever move.
_USUAL = (
    "",
    "Page Viewed",
    "Product Viewed",
    "Product Added",
    "Product Removed",
    "Product List Viewed",
    "Products Searched",
    "Product Clicked",
    "Cart Viewed",
    "Checkout Started",
    "Checkout Step Viewed",
    "Checkout Step Completed",
    "Payment Info Entered",
    "Order Completed",
    "Order Updated",
    "Order Refunded",
    "Order Cancelled",
    "Email Opened",
    "Email Link Clicked",
    "Consent Changed",
    "List Entered",
    "List Left",
    "Screen Viewed",
)
_WRITTEN = {name: varints([0, place]) for place, name in enumerate(_USUAL)}


class Measures(Mapping[str, Measure]):
    """Each is read when it is first asked for, which raises UnknownFormat where its bytes are damaged."""

    def __init__(self, packed: Mapping[str, bytes], read: Mapping[str, Measure] | None = None) -> None:
        self._packed, self._read = packed, dict(read or {})

    def __getitem__(self, name: str) -> Measure:
        found = self._read.get(name)
        if found is None:
            found = self._read[name] = _measure(self._packed[name])
        return found

    def __iter__(self) -> Iterator[str]:
        return iter({**self._packed, **self._read})

    def __len__(self) -> int:
        return len({**self._packed, **self._read})

    def __contains__(self, name: object) -> bool:
        return name in self._packed or name in self._read

    def __repr__(self) -> str:
        return f"Measures({dict(self)})"

    def changed(self, changes: Mapping[str, Measure]) -> "Measures":
        """With these in the place of those of their names; this one stays as it is."""
        untouched = {name: packed for name, packed in self._packed.items() if name not in changes}
        return Measures(untouched, {**self._read, **changes})

    def only(self, names: Set[str]) -> "Measures":
        packed = {name: packed for name, packed in self._packed.items() if name in names}
        return Measures(packed, {name: measure for name, measure in self._read.items() if name in names})

    def without_empty(self) -> "Measures":
        """What has been taken back to the last, which leaves a measure that was read, is no longer there."""
        empty = {name for name, measure in self._read.items() if not measure.count}
        return self.only(self.keys() - empty) if empty else self

    def packed(self) -> dict[str, bytes]:
        """The bytes of each; of those that came as bytes the same ones."""
        changed = {name: _bytes(measure) for name, measure in self._read.items() if name not in self._packed}
        return {**self._packed, **changed}


class Unpacked(NamedTuple):
    """`registered` is by the id of the measure, 16 hex digits."""

    events: Measures
    registered: Measures


def measures(read: Mapping[str, Measure]) -> Measures:
    return read if isinstance(read, Measures) else Measures({}, read)


def pack(events: Mapping[str, Measure], registered: Mapping[str, Measure]) -> bytes:
    return bytes([FORMAT]) + _packed(events, _name) + _packed(registered, bytes.fromhex)


def _packed(by_name: Mapping[str, Measure], written: Callable[[str], bytes]) -> bytes:
    packed = measures(by_name).packed()
    pieces = [varint(len(packed))]
    for name in sorted(packed):
        pieces += written(name), varint(len(packed[name])), packed[name]
    return b"".join(pieces)


def _name(name: str) -> bytes:
    usual = _WRITTEN.get(name)
    if usual is not None:
        return usual
    raw = name.encode()
    return varint(len(raw)) + raw


def _named(reader: Reader) -> str:
    """Raises UnknownFormat."""
    text = reader.text()
    if text:
        return text
    place = reader.number()
    if place >= len(_USUAL):
        raise UnknownFormat(f"no name at place {place}")
    return _USUAL[place]


def unpack(packed: bytes) -> Unpacked:
    """Raises UnknownFormat."""
    reader = Reader(packed)
    if not packed or packed[0] == 1:
        return Unpacked(Measures({}, format_1.read(reader) if packed else {}), Measures({}))
    if packed[0] != FORMAT:
        raise UnknownFormat(f"measures of format {packed[0]}")
    events = {_named(reader): reader.piece() for _ in range(reader.number())}
    registered = {reader.take(_ID_BYTES).hex(): reader.piece() for _ in range(reader.number())}
    reader.end()
    return Unpacked(Measures(events), Measures(registered))


def _bytes(measure: Measure) -> bytes:
    tail = measure.tail
    said = [measure.count, len(tail)]
    if tail:
        said.append(folded(tail[0]))
        said += map(sub, tail, tail[1:])
        if measure.count > len(tail):
            said.append(tail[-1] - measure.first)
    if measure.totals or measure.unpriced or measure.tiles:
        said += _sums(measure)
    return varints(said)


def _sums(measure: Measure) -> Iterator[int]:
    currencies = sorted(measure.totals)
    yield from (measure.unpriced, len(currencies))
    for currency in currencies:
        yield from (_code(currency), measure.priced[currency], folded(measure.totals[currency]))
    yield len(measure.tiles)
    before = None
    for day in sorted(measure.tiles, reverse=True):
        tile = measure.tiles[day]
        distance = folded(day) if before is None else before - day
        yield from (distance << 1,) if tile.count == 1 else (distance << 1 | 1, tile.count)
        yield from (folded(tile.totals.get(currency, 0)) for currency in currencies)
        before = day


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


def _code(currency: str) -> int:
    first, second, third = (ord(letter) - ord("A") for letter in currency)
    return first * 676 + second * 26 + third


def _letters(code: int) -> str:
    return "".join(chr(ord("A") + code // step % 26) for step in (676, 26, 1))
