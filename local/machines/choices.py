"""The rules of a Choice."""

import operator
from collections.abc import Callable, Mapping
from datetime import datetime
from numbers import Real
from typing import Any

from local.machines import paths
from local.machines.failure import RUNTIME, Failed

Rule = Mapping[str, Any]


def _is_time(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


_IS: dict[str, Callable[[Any], bool]] = {
    "IsNull": lambda value: value is None,
    "IsBoolean": lambda value: isinstance(value, bool),
    "IsNumeric": lambda value: isinstance(value, Real) and not isinstance(value, bool),
    "IsString": lambda value: isinstance(value, str),
    "IsTimestamp": _is_time,
}
_KINDS: dict[str, tuple[Callable[[Any], bool], Callable[[Any], Any]]] = {
    "Boolean": (_IS["IsBoolean"], bool),
    "Numeric": (_IS["IsNumeric"], lambda value: value),
    "String": (_IS["IsString"], lambda value: value),
    "Timestamp": (_is_time, datetime.fromisoformat),
}
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
_COMPARISONS = {
    kind + order: (*_KINDS[kind], compare)
    for kind in _KINDS
    for order, compare in _ORDERS.items()
    if kind != "Boolean" or order == "Equals"
}
COMPARISONS = {*_COMPARISONS, *(f"{name}Path" for name in _COMPARISONS), "IsPresent", *_IS}
"""What may stand beside `Variable`."""


def holds(rule: Rule, data: Any, context: Any) -> bool:
    """Raises Failed."""
    if "And" in rule:
        return all(holds(each, data, context) for each in rule["And"])
    if "Or" in rule:
        return any(holds(each, data, context) for each in rule["Or"])
    if "Not" in rule:
        return not holds(rule["Not"], data, context)
    [name] = COMPARISONS & rule.keys()
    if name == "IsPresent":
        return paths.is_there(rule["Variable"], data, context) == rule[name]
    return _compare(name, paths.find(rule["Variable"], data, context), rule[name], data, context)


def _compare(name: str, value: Any, wanted: Any, data: Any, context: Any) -> bool:
    if name in _IS:
        return _IS[name](value) == wanted
    if name.endswith("Path"):
        name, wanted = name.removesuffix("Path"), paths.find(wanted, data, context)
    is_kind, read, compare = _COMPARISONS[name]
    if not is_kind(value) or not is_kind(wanted):
        raise Failed(RUNTIME, f"{name} cannot compare {value!r} with {wanted!r}")
    return compare(read(value), read(wanted))
