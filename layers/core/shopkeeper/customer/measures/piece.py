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
from collections.abc import Sequence
from itertools import accumulate
from operator import sub
from struct import Struct, error

import msgspec

from shopkeeper.customer.measures.days import Days
from shopkeeper.customer.measures.measure import Measure, Newest, Tile
from shopkeeper.customer.measures.varints import UnknownFormat

LENGTH, SHORT, LONG, MORE = 31, 32, 64, 128
_HIGH = SHORT | LONG
_TAILS = {
    high: [Struct(letters.format(max(0, length - 1))) for length in range(LENGTH + 1)]
    for high, letters in ((0, "<q{0}I"), (SHORT, "<q{0}I{0}B"), (LONG, "<q{0}I{0}I"))
}
_WHOLE = Struct("<Iq")
_WIDTHS = [
    ("B", 0, 0xFF),
    ("H", 0, 0xFFFF),
    ("I", 0, 0xFFFFFFFF),
    ("i", -(2**31), 2**31 - 1),
    ("q", -(2**63), 2**63 - 1),
]
_LETTERS = {ord(letter): letter for letter, _, _ in _WIDTHS}


class _Sums(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    unpriced: int
    currencies: list[tuple[str, int, int, bytes]]
    newest: int | None
    days: bytes
    counts: bytes
    said: Newest | None = None


# Nobody changes them; left to their defaults, each measure had three of its own.
_NOTHING: dict[str, int] = {}
_NO_DAYS: dict[int, Tile] = {}
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
        head, more = head | MORE, _WHOLE.pack(measure.count, measure.first)
    low = _TAILS[0][len(tail)].pack(tail[0], *(distance & 0xFFFFFFFF for distance in distances))
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
    return (SHORT, bytes(high)) if longest < 256 else (LONG, Struct(f"<{len(high)}I").pack(*high))


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
        head = packed[0]
        length = count = head & LENGTH
        if not length:
            return _never(packed)
        row = _TAILS[head & _HIGH][length]
        steps = row.unpack_from(packed, 1)
        tail = steps if length == 1 else tuple(accumulate(_whole(steps, length) if head & _HIGH else steps, sub))
        at, first = row.size + 1, tail[-1]
        if head & MORE:
            count, first = _WHOLE.unpack_from(packed, at)
            at += _WHOLE.size
        if at == len(packed):
            return Measure(count, first, tail, _NOTHING, _NOTHING, 0, _NO_DAYS)
        return _with_sums(count, first, tail, packed[at:])
    except (LookupError, error, ValueError) as problem:
        raise UnknownFormat(f"a measure: {problem}") from None


def _whole(steps: Sequence[int], length: int) -> Sequence[int]:
    """With the high parts, which follow the low ones, where they belong. Most are none."""
    whole = list(steps[:length])
    for place, high in enumerate(steps[length:], start=1):
        if high:
            whole[place] += high << 32
    return whole


def _never(packed: bytes) -> Measure:
    if len(packed) != 1:
        raise UnknownFormat("a measure that never happened, with bytes left over")
    return Measure()


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
    return array(_LETTERS[column[0]], column[1:]) if column else ()
