"""How what is known of somebody compares with what somebody wants: text, numbers and truths, each with its own kind."""

import operator
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

Scalar = str | bool | int | float
Comparable = tuple[str, Any]
Fit = Callable[[Comparable], bool]

COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "ge": operator.ge,
    "gt": operator.gt,
    "le": operator.le,
    "lt": operator.lt,
    "eq": operator.eq,
}
_TEXT: Mapping[str, Callable[[str, str], bool]] = {
    "contains": operator.contains,
    "starts": str.startswith,
    "ends": str.endswith,
}
COMPLEMENTS = {"ne": "eq", "not_in": "in"}


def test(path: str, cmp: str, value: Scalar | None, values: Sequence[Scalar]) -> Callable[[Any], bool]:
    """Whether anything that stands at `path` fits; `ne` and `not_in` hold where nothing does. A dot leads inwards."""
    names, is_complement = path.split("."), cmp in COMPLEMENTS
    fits = fit(COMPLEMENTS.get(cmp, cmp), value, values)
    return lambda known: any(fits(each) for each in found(known, names)) != is_complement


def fit(cmp: str, value: Scalar | None, values: Sequence[Scalar]) -> Fit:
    """Of one value, and not of complements."""
    if cmp == "exists":
        return lambda _found: True
    if cmp == "in":
        wanted = frozenset(comparable(each) for each in values)
        return lambda found: found in wanted
    kind, bound = comparable(value)
    compare = _TEXT.get(cmp) or COMPARE[cmp]
    return lambda found: found[0] == kind and compare(found[1], bound)


def found(value: Any, names: Sequence[str]) -> Iterator[Comparable]:
    """All that stands at the end of the way, elements of lists each for itself; what is blank is no value."""
    for each in _ends(value, names):
        if (said := comparable(each)) not in _BLANK:
            yield said


def reached(value: Any, names: Sequence[str]) -> Iterator[Any]:
    """The same, as it was said."""
    return (each for each in _ends(value, names) if comparable(each) not in _BLANK)


def _ends(value: Any, names: Sequence[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for element in value:
            yield from _ends(element, names)
    elif names:
        first, *rest = names
        if isinstance(value, dict) and first in value:
            yield from _ends(value[first], rest)
    else:
        yield value


def at(value: Any, path: str) -> Any:
    """What stands at the end of the one way that leads through objects alone; None for nothing."""
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def values(value: Any, names: Sequence[str]) -> tuple[Comparable, ...]:
    """The same at once, and fast where one value stands there, as mostly."""
    for place, name in enumerate(names):
        if not isinstance(value, dict):
            return tuple(found(value, names[place:]))
        value = value.get(name)
    return of(value)


def of(value: Any) -> tuple[Comparable, ...]:
    """All that a value comes to: the elements of a list, and nothing of what is blank."""
    if value is None:
        return ()
    if isinstance(value, str):
        return _of_short(value) if len(value) <= _SHORT else _of_text(value)
    if isinstance(value, list):
        return tuple([each for element in value for each in of(element)])
    return (comparable(value),)


def _of_text(value: str) -> tuple[Comparable, ...]:
    text = folded(value)
    return (("text", text),) if text else ()


_SHORT = 32
_of_short = lru_cache(maxsize=4096)(_of_text)
"""Plans, places and languages are those of many customers; what is longer is mostly one customer's own."""


def comparable(value: Scalar | dict[str, Any] | None) -> Comparable:
    """The type is part of it: "7" is not 7, and true is not 1."""
    if isinstance(value, str):
        return "text", folded(value)
    if isinstance(value, bool):
        return "truth", value
    if isinstance(value, _NUMBERS):
        return "number", value
    return "object", value is not None


_BLANK = (("text", ""), ("object", False))
_NUMBERS = (int, float)


def folded(text: str) -> str:
    """As text is compared: composed, without outer spaces, without regard to case."""
    is_plain = text.isascii()
    bare = (text if is_plain else unicodedata.normalize("NFC", text)).strip().casefold()
    return bare if is_plain else unicodedata.normalize("NFC", bare)
