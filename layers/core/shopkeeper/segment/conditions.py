"""What each leaf asks of a customer, as a function with the leaf's constants bound."""

import operator
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from shopkeeper.customer.document import Customer
from shopkeeper.segment.leaves import Count, InList, Leaf, Scalar, Total, Trait

Condition = Callable[[Customer], bool]
Fit = Callable[["Comparable"], bool]
Comparable = tuple[str, Any]

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
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
_COMPLEMENTS = {"ne": "eq", "not_in": "in"}


def condition(leaf: Leaf) -> Condition:
    if isinstance(leaf, Count):
        return _count(leaf.measure.event, leaf.cmp, leaf.n)
    if isinstance(leaf, Total):
        return _total(leaf.measure.event, leaf.currency, leaf.cmp, leaf.minor_units)
    if isinstance(leaf, InList):
        return _in_list(leaf.id)
    return _trait(leaf)


def _count(event: str, cmp: str, n: int) -> Condition:
    compare = _COMPARE[cmp]

    def holds(customer: Customer) -> bool:
        measure = customer.measures.get(event)
        return compare(measure.count if measure else 0, n)

    return holds


def _total(event: str, currency: str, cmp: str, units: int) -> Condition:
    compare = _COMPARE[cmp]

    def holds(customer: Customer) -> bool:
        measure = customer.measures.get(event)
        return compare(measure.totals.get(currency, 0) if measure else 0, units)

    return holds


def _in_list(list_id: str) -> Condition:
    def holds(customer: Customer) -> bool:
        stay = customer.document.lists.get(list_id)
        return stay is not None and stay.is_on

    return holds


def _trait(leaf: Trait) -> Condition:
    names, is_complement = leaf.path.split("."), leaf.cmp in _COMPLEMENTS
    fits = _fit(_COMPLEMENTS.get(leaf.cmp, leaf.cmp), leaf)

    def holds(customer: Customer) -> bool:
        return any(fits(value) for value in _values(customer.document.traits, names)) != is_complement

    return holds


def _fit(cmp: str, leaf: Trait) -> Fit:
    if cmp == "exists":
        return lambda _value: True
    if cmp == "in":
        wanted = frozenset(comparable(value) for value in leaf.values or ())
        return lambda value: value in wanted
    kind, bound = comparable(leaf.value)
    compare = _TEXT.get(cmp) or _COMPARE[cmp]
    return lambda value: value[0] == kind and compare(value[1], bound)


def _values(value: Any, names: Sequence[str]) -> Iterator[Comparable]:
    """All that stands at the end of the way, elements of lists each for itself; what is blank is no value."""
    if isinstance(value, list):
        for element in value:
            yield from _values(element, names)
    elif names:
        if isinstance(value, dict) and names[0] in value:
            yield from _values(value[names[0]], names[1:])
    elif (found := comparable(value)) not in _BLANK:
        yield found


def comparable(value: Scalar | dict[str, Any] | None) -> Comparable:
    """The type is part of it: "7" is not 7, and true is not 1."""
    if isinstance(value, str):
        return "text", folded(value)
    if isinstance(value, bool):
        return "truth", value
    if isinstance(value, int | float):
        return "number", value
    return "object", value is not None


_BLANK = (("text", ""), ("object", False))


def folded(text: str) -> str:
    """As text is compared: composed, without outer spaces, without regard to case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).strip().casefold())
