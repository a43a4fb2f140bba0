"""One measure as bytes, laid out so that a few calls into C read it. Numbers have their lowest byte first.

1 byte: how many instants the tail has; and 128 where it happened more often than that
7 bytes: the newest instant
where it happened more often than the tail has instants: 4 bytes, how often; 7 bytes, the first instant
4 bytes for each distance from an instant of the tail to the one before it
where one of them takes more: 1 byte for each (32 is added to the first byte), or 4 bytes for each (64 is added)
where something is summed, days are kept, or a property of the newest is, in MessagePack:
    unpriced; of each currency its letters, how many were priced, the total, and the sum on each day
    the newest day, and from each the distance to the one before it; how often on each, empty where that is once
    what the newest said, if that is kept
"""

from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate
from operator import add, sub
from struct import Struct, error

import msgspec

from shopkeeper.customer.measures.days import Days
from shopkeeper.customer.measures.measure import Measure, Newest, Tile
from shopkeeper.customer.measures.varints import UnknownFormat

_LENGTH, _SHORT, _LONG, _MORE = 31, 32, 64, 128
_INSTANT, _WORD = 7, 4
_WORDS = [Struct(f"<{count}I") for count in range(_LENGTH)]
_WIDTHS = [
    ("B", 0, 0xFF),
    ("H", 0, 0xFFFF),
    ("I", 0, 0xFFFFFFFF),
    ("i", -(2**31), 2**31 - 1),
    ("q", -(2**63), 2**63 - 1),
]
_HIGH = [high << 32 for high in range(256)].__getitem__


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
    pieces = [tail[0].to_bytes(_INSTANT, "little", signed=True)]
    if measure.count > len(tail):
        head |= _MORE
        pieces += measure.count.to_bytes(_WORD, "little"), measure.first.to_bytes(_INSTANT, "little", signed=True)
    pieces += _WORDS[len(distances)].pack(*(distance & 0xFFFFFFFF for distance in distances)), high
    if measure.totals or measure.unpriced or measure.tiles or measure.newest:
        sums = msgspec.structs.astuple(_summed(measure))
        pieces.append(_encode(sums if measure.newest else sums[:-1]))
    return bytes([head | len(tail)]) + b"".join(pieces)


def _high(distances: Sequence[int]) -> tuple[int, bytes]:
    longest = max(distances, default=0) >> 32
    if not longest:
        return 0, b""
    high = [distance >> 32 for distance in distances]
    return (_SHORT, bytes(high)) if longest < 256 else (_LONG, _WORDS[len(high)].pack(*high))


def _summed(measure: Measure) -> _Sums:
    days = Days.of(measure.tiles)
    none = [0] * len(days)
    currencies = [
        (currency, measure.priced[currency], total, _column(days.units.get(currency, none)))
        for currency, total in sorted(measure.totals.items())
    ]
    counts = [] if set(days.counts) <= {1} else days.counts
    distances = list(map(sub, days.days, days.days[1:]))
    return _Sums(
        measure.unpriced,
        currencies,
        days.days[0] if days else None,
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
        return _read(packed)
    except (IndexError, error, ValueError) as problem:
        raise UnknownFormat(f"a measure: {problem}") from None


def _read(packed: bytes) -> Measure:
    head = packed[0]
    length, at = head & _LENGTH, 1 + _INSTANT
    if not length and len(packed) == 1:
        return Measure()
    count, first = length, 0
    if head & _MORE:
        count, first = int.from_bytes(packed[at : at + _WORD], "little"), _instant(packed, at + _WORD)
        at += _WORD + _INSTANT
    distances, at = _distances(head, packed, at)
    tail = tuple(accumulate(distances, sub, initial=_instant(packed, 1)))
    if len(tail) != length or at > len(packed):
        raise UnknownFormat("a measure cut short")
    first = first if head & _MORE else tail[-1]
    return Measure(count, first, tail) if at == len(packed) else _with_sums(count, first, tail, packed[at:])


def _distances(head: int, packed: bytes, at: int) -> tuple[Iterable[int], int]:
    """With where what follows begins."""
    words = _WORDS[max(0, (head & _LENGTH) - 1)]
    low, end = words.unpack_from(packed, at), at + words.size
    if head & _SHORT:
        return map(add, low, map(_HIGH, packed[end : end + len(low)])), end + len(low)
    if head & _LONG:
        high = words.unpack_from(packed, end)
        return map(add, low, (each << 32 for each in high)), end + words.size
    return low, end


def _instant(packed: bytes, at: int) -> int:
    return int.from_bytes(packed[at : at + _INSTANT], "little", signed=True)


def _with_sums(count: int, first: int, tail: tuple[int, ...], packed: bytes) -> Measure:
    sums = _sums(packed)
    totals = {currency: total for currency, _, total, _ in sums.currencies}
    priced = {currency: many for currency, many, _, _ in sums.currencies}
    return Measure(count, first, tail, totals, priced, sums.unpriced, _days(sums), sums.said)


def _days(sums: _Sums) -> Days | dict[int, Tile]:
    if sums.newest is None:
        return {}
    units = {currency: _numbers(column) for currency, _, _, column in sums.currencies}
    days, counts = tuple(accumulate(_numbers(sums.days), sub, initial=sums.newest)), _numbers(sums.counts)
    if any(len(column) != len(days) for column in units.values()) or len(counts) not in (0, len(days)):
        raise UnknownFormat("a measure with days that lack something")
    return Days(days, counts or [1] * len(days), units)


def _numbers(column: bytes) -> Sequence[int]:
    return array(chr(column[0]), column[1:]) if column else ()
