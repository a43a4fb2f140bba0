"""One measure as bytes, laid out so that a few calls into C read it. Numbers have their lowest byte first.

* 1 byte: how many instants the tail has; and 128 where it happened more often than that
* 8 bytes: the newest instant
* 4 bytes for each distance from an instant of the tail to the one before it
* where one of them takes more: 1 byte for each (32 is added to the first byte), or 4 bytes for each (64 is added)
* where it happened more often than the tail has instants: 4 bytes, how often; 8 bytes, the first instant
* where something is summed, days are kept, or a property of the newest is, in MessagePack: unpriced; of each currency
  its letters, how many were priced, the total, and the sums on each day; the newest day; the distances from each to the
  one before it; how often it was on each, empty where that is once; and what the newest said, if that is kept. Sums,
  distances and counts are columns: a letter for how wide a number is, as of `array`, and the numbers
"""

from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate
from operator import add, sub
from struct import Struct, error

import msgspec

from shopkeeper.customer.measures.days import Days
from shopkeeper.customer.measures.measure import Measure, Newest, Tile
from shopkeeper.customer.measures.varints import UnknownFormat

_LENGTH, _SHORT, _LONG, _MORE = 31, 32, 64, 128
_TAILS = [Struct(f"<q{max(0, length - 1)}I") for length in range(_LENGTH + 1)]
_WHOLE = Struct("<Iq")
_HIGH = [high << 32 for high in range(256)].__getitem__
_WIDTHS = [
    ("B", 0, 0xFF),
    ("H", 0, 0xFFFF),
    ("I", 0, 0xFFFFFFFF),
    ("i", -(2**31), 2**31 - 1),
    ("q", -(2**63), 2**63 - 1),
]


class _Sums(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    unpriced: int
    currencies: list[tuple[str, int, int, bytes]]
    newest: int | None
    days: bytes
    counts: bytes
    said: Newest | None = None


_encode = msgspec.msgpack.Encoder().encode
_sums = msgspec.msgpack.Decoder(_Sums).decode


def written(measure: Measure) -> bytes:
    tail = measure.tail
    if not tail:
        return b"\0"
    distances = list(map(sub, tail, tail[1:]))
    head, high = _high(distances)
    more = b""
    if measure.count > len(tail):
        head, more = head | _MORE, _WHOLE.pack(measure.count, measure.first)
    low = _TAILS[len(tail)].pack(tail[0], *(distance & 0xFFFFFFFF for distance in distances))
    return b"".join((bytes([head | len(tail)]), low, high, more, _more(measure)))


def _more(measure: Measure) -> bytes:
    if not (measure.totals or measure.unpriced or measure.tiles or measure.newest):
        return b""
    sums = msgspec.structs.astuple(_summed(measure))
    return _encode(sums if measure.newest else sums[:-1])


def _high(distances: Sequence[int]) -> tuple[int, bytes]:
    longest = max(distances, default=0) >> 32
    if not longest:
        return 0, b""
    high = [distance >> 32 for distance in distances]
    return (_SHORT, bytes(high)) if longest < 256 else (_LONG, Struct(f"<{len(high)}I").pack(*high))


def _summed(measure: Measure) -> _Sums:
    days = Days.of(measure.tiles)
    none = [0] * len(days)
    currencies = [
        (currency, measure.priced[currency], total, _column(days.units.get(currency, none)))
        for currency, total in sorted(measure.totals.items())
    ]
    counts = [] if set(days.counts) <= {1} else days.counts
    distances = list(map(sub, days.back[1:], days.back))
    return _Sums(
        measure.unpriced,
        currencies,
        -days.back[0] if days else None,
        _column(distances),
        _column(counts),
        measure.newest,
    )


def _column(numbers: Sequence[int]) -> bytes:
    if not numbers:
        return b""
    low, high = min(numbers), max(numbers)
    width = next(letter for letter, least, most in _WIDTHS if least <= low and high <= most)
    return width.encode() + array(width, numbers).tobytes()


def read(packed: bytes) -> Measure:
    """Raises UnknownFormat."""
    try:
        length = packed[0]
        if 0 < length <= _LENGTH:  # As most are: all that happened, not long apart, and nothing beside it.
            row = _TAILS[length]
            if len(packed) == row.size + 1:
                tail = tuple(accumulate(row.unpack_from(packed, 1), sub))
                return Measure(length, tail[-1], tail)
        return _read(packed)
    except (IndexError, error, ValueError) as problem:
        raise UnknownFormat(f"a measure: {problem}") from None


def _read(packed: bytes) -> Measure:
    head = packed[0]
    length = count = head & _LENGTH
    if not length:
        if len(packed) == 1:
            return Measure()
        raise UnknownFormat("a measure that never happened, with bytes left over")
    row = _TAILS[length]
    steps: Sequence[int] = row.unpack_from(packed, 1)
    at = row.size + 1
    if head & (_SHORT | _LONG):
        high, at = _high_parts(head, packed, at, length - 1)
        steps = (steps[0], *map(add, steps[1:], high))
    tail = tuple(accumulate(steps, sub))
    if len(tail) != length:
        raise UnknownFormat("a measure cut short")
    first = tail[-1]
    if head & _MORE:
        count, first = _WHOLE.unpack_from(packed, at)
        at += _WHOLE.size
    return Measure(count, first, tail) if at == len(packed) else _with_sums(count, first, tail, packed[at:])


def _high_parts(head: int, packed: bytes, at: int, count: int) -> tuple[Iterator[int], int]:
    """With where what follows begins."""
    if head & _SHORT:
        return map(_HIGH, packed[at : at + count]), at + count
    row = Struct(f"<{count}I")
    return (high << 32 for high in row.unpack_from(packed, at)), at + row.size


def _with_sums(count: int, first: int, tail: tuple[int, ...], packed: bytes) -> Measure:
    sums = _sums(packed)
    totals = {currency: total for currency, _, total, _ in sums.currencies}
    priced = {currency: many for currency, many, _, _ in sums.currencies}
    return Measure(count, first, tail, totals, priced, sums.unpriced, _days(sums), sums.said)


def _days(sums: _Sums) -> Days | dict[int, Tile]:
    if sums.newest is None:
        return {}
    units = {currency: _numbers(column) for currency, _, _, column in sums.currencies}
    days, counts = tuple(accumulate(_numbers(sums.days), initial=-sums.newest)), _numbers(sums.counts)
    if any(len(column) != len(days) for column in units.values()) or len(counts) not in (0, len(days)):
        raise UnknownFormat("a measure with days that lack something")
    return Days(days, counts or [1] * len(days), units)


def _numbers(column: bytes) -> Sequence[int]:
    return array(chr(column[0]), column[1:]) if column else ()
