"""What is counted per event name, and how it is packed into the one binary attribute beside the document.

Adding measures is commutative and associative, so interactions may be folded in whatever order they arrive.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

FORMAT = 1


class UnknownFormat(ValueError):
    """The bytes were written by a version of the code that this one does not know, or are none of ours."""


@dataclass(frozen=True, slots=True)
class Measure:
    """`first` and `last` are milliseconds since 1970; `totals` holds minor units per currency.

    `unpriced` counts the orders without a usable amount and currency: they count, but no total knows them.
    """

    count: int
    first: int
    last: int
    totals: Mapping[str, int] = field(default_factory=dict)
    unpriced: int = 0

    def __add__(self, other: "Measure") -> "Measure":
        return Measure(
            self.count + other.count,
            min(self.first, other.first),
            max(self.last, other.last),
            _summed(self.totals, other.totals) if other.totals else self.totals,
            self.unpriced + other.unpriced,
        )


def _summed(left: Mapping[str, int], right: Mapping[str, int]) -> dict[str, int]:
    return {currency: left.get(currency, 0) + right.get(currency, 0) for currency in {*left, *right}}


def pack(measures: Mapping[str, Measure]) -> bytes:
    """A format byte, then by event name: name, count, first, last less first, unpriced and totals, as varints."""
    out = bytearray([FORMAT])
    _put(out, len(measures))
    for name in sorted(measures):
        _put_text(out, name)
        _put_measure(out, measures[name])
    return bytes(out)


def _put_measure(out: bytearray, measure: Measure) -> None:
    _put(out, measure.count)
    _put(out, _folded(measure.first))
    _put(out, measure.last - measure.first)
    _put(out, measure.unpriced)
    _put(out, len(measure.totals))
    for currency in sorted(measure.totals):
        _put_text(out, currency)
        _put(out, _folded(measure.totals[currency]))


def unpack(packed: bytes) -> dict[str, Measure]:
    """Raises UnknownFormat."""
    if not packed:
        return {}
    if packed[0] != FORMAT:
        raise UnknownFormat(f"measures of format {packed[0]}")
    numbers = iter(packed[1:])
    measures = {_text(numbers): _measure(numbers) for _ in range(_number(numbers))}
    if next(numbers, None) is not None:
        raise UnknownFormat("measures with bytes left over")
    return measures


def _measure(data: Iterator[int]) -> Measure:
    count, first, length, unpriced = _number(data), _unfolded(_number(data)), _number(data), _number(data)
    totals = {_text(data): _unfolded(_number(data)) for _ in range(_number(data))}
    return Measure(count, first, first + length, totals, unpriced)


def _put(out: bytearray, number: int) -> None:
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)


def _put_text(out: bytearray, text: str) -> None:
    raw = text.encode()
    _put(out, len(raw))
    out += raw


def _number(data: Iterator[int]) -> int:
    number = shift = 0
    while (byte := _byte(data)) > 0x7F:
        number |= (byte & 0x7F) << shift
        shift += 7
    return number | byte << shift


def _text(data: Iterator[int]) -> str:
    return bytes(_byte(data) for _ in range(_number(data))).decode()


def _byte(data: Iterator[int]) -> int:
    byte = next(data, None)
    return byte if byte is not None else _cut_short()


def _cut_short() -> NoReturn:
    raise UnknownFormat("measures cut short")


def _folded(number: int) -> int:
    """Negative numbers between the positive ones, so that small ones stay short: 0, -1, 1, -2 are 0, 1, 2, 3."""
    return number << 1 if number >= 0 else (-number << 1) - 1


def _unfolded(number: int) -> int:
    return -(number + 1 >> 1) if number & 1 else number >> 1
