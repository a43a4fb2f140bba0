"""What somebody may ask of a trait or of a property: a comparison, and the value or values it is held against."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import StringConstraints

Scalar = str | bool | int | float
Comparison = Literal["eq", "ne", "lt", "le", "gt", "ge", "in", "not_in", "contains", "starts", "ends", "exists"]
Path = Annotated[str, StringConstraints(pattern=r"^[^.]+(\.[^.]+)*$", max_length=500)]
"""A dot leads inwards."""

_OF_MANY = ("in", "not_in")
_OF_TEXT = ("contains", "starts", "ends")
_OF_ORDER = ("lt", "le", "gt", "ge")
_MOST_VALUES = 1000


def value(said: Any, cmp: str) -> Scalar | None:
    """Raises ValueError where it is no value for this comparison, or there is one and it takes none."""
    if cmp in (*_OF_MANY, "exists"):
        _check_absent(said, cmp)
        return None
    return _fit(_scalar(said), cmp)


def values(said: Any, cmp: str) -> tuple[Scalar, ...] | None:
    """Raises ValueError where they are no values for this comparison, or there are some and it takes none."""
    if cmp not in _OF_MANY:
        _check_absent(said, cmp)
        return None
    if not isinstance(said, Sequence) or isinstance(said, str) or not 0 < len(said) <= _MOST_VALUES:
        raise ValueError(f"must be a list of 1 to {_MOST_VALUES} values for `{cmp}`")
    return tuple(_scalar(each) for each in said)


def _check_absent(said: Any, cmp: str) -> None:
    if said is not None:
        raise ValueError(f"is not for `{cmp}`")


def _scalar(value: Any) -> Scalar:
    if not isinstance(value, str | bool | int | float) or (isinstance(value, str) and not value.strip()):
        raise ValueError("must be text that is not blank, a number, true or false")
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _fit(value: Scalar, cmp: str) -> Scalar:
    if cmp in _OF_TEXT and not isinstance(value, str):
        raise ValueError(f"must be text for `{cmp}`")
    if cmp in _OF_ORDER and isinstance(value, bool):
        raise ValueError(f"must be a number or text for `{cmp}`")
    return value
