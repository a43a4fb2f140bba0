"""Values of many customers, each distinct one once: what is asked of a value is asked once for all who share it."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import chain
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from shopkeeper.customer import comparing
from shopkeeper.customer.comparing import Comparable
from shopkeeper.segment.columnar.verdicts import Verdicts, lasting

_Value = TypeVar("_Value")
Found = tuple[Comparable, ...]
# Within each of these kinds what is equal compares equally; True and 1 are equal, and do not.
_ALIKE = (frozenset({str, type(None)}), frozenset({int, float, type(None)}), frozenset({bool, type(None)}))


class Coded(NamedTuple, Generic[_Value]):
    """`codes` has the place of its value for each customer."""

    values: Sequence[_Value]
    codes: NDArray[np.int64]

    def holds(self, test: Callable[[_Value], bool]) -> Verdicts:
        """Of each customer, as of the value, which changes with news alone."""
        return lasting(np.array([test(each) for each in self.values], bool))[self.codes]

    def numbers(self, of: Callable[[_Value], int]) -> NDArray[np.int64]:
        """Of each customer, as of the value."""
        return np.array([of(each) for each in self.values], np.int64)[self.codes]

    def of(self, place: int) -> _Value:
        """Of the customer there."""
        found: _Value = self.values[int(self.codes[place])]
        return found

    def mapped(self, change: Callable[[_Value], Any]) -> "Coded[Any]":
        return Coded([change(each) for each in self.values], self.codes)


def coded(keys: Sequence[Hashable]) -> Coded[Any]:
    """Raises TypeError where one cannot be told by its hash."""
    values = list(dict.fromkeys(keys))
    places = dict(zip(values, range(len(values)), strict=True))
    return Coded(values, np.fromiter(map(places.__getitem__, keys), np.int64, len(keys)))


def same(value: _Value, many: int) -> Coded[_Value]:
    """Of so many customers."""
    return Coded((value,), np.zeros(many, np.int64))


def together(columns: Sequence[Coded[Any]]) -> Coded[tuple[Any, ...]]:
    """Of several values each."""
    differing = [column.codes.tolist() for column in columns if len(column.values) > 1]
    rows = coded(list(zip(*differing, strict=True)) if differing else [()] * len(columns[0].codes))
    return rows.mapped(lambda codes: _row(columns, iter(codes)))


def _row(columns: Sequence[Coded[Any]], codes: Iterator[int]) -> tuple[Any, ...]:
    return tuple(column.values[next(codes) if len(column.values) > 1 else 0] for column in columns)


def each_of(worked_out: Callable[[int], int], numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of each number; of those that are the same once."""
    distinct, places = np.unique(numbers, return_inverse=True)
    return np.array([worked_out(each) for each in distinct.tolist()], np.int64)[places]


def found(values: Sequence[Any]) -> Coded[Found]:
    """What the values come to, as they compare."""
    kinds = set(map(type, values))
    if kinds == {type(None)}:
        return same((), len(values))
    if any(kinds <= alike for alike in _ALIKE):
        return coded(values).mapped(comparing.of)
    if kinds <= {list, type(None)} and set(map(type, chain.from_iterable(filter(None, values)))) <= {str}:
        return coded([tuple(each or ()) for each in values]).mapped(_of_texts)
    keys = [_key(each, place) for place, each in enumerate(values)]
    some = dict(zip(keys, values, strict=True))
    return coded(keys).mapped(lambda key: comparing.of(some[key]))


def _of_texts(texts: Sequence[str]) -> Found:
    return tuple([each for text in texts for each in comparing.of(text)])


def _key(value: Any, place: int) -> Hashable:
    """The same of values that compare equally, mostly; never of others."""
    if isinstance(value, list):
        kinds = tuple(map(type, value))
        return place if list in kinds or dict in kinds else (kinds, *value)
    return place if isinstance(value, dict) else (type(value), value)


def present(values: Sequence[Any]) -> NDArray[np.bool_]:
    """Whether there is any value, which what is blank is not."""
    if set(map(type, values)) <= {str, type(None)}:
        return np.array([bool(each and not each.isspace()) for each in values], bool)
    return np.array([bool(comparing.of(each)) for each in values], bool)


def inward(values: Sequence[Any], name: str) -> list[Any]:
    """What stands under that name in each; of a list, in each of its elements."""
    return [each.get(name) if type(each) is dict else _inner(each, name) for each in values]


def _inner(value: Any, name: str) -> Any:
    return inward(value, name) if isinstance(value, list) else None
