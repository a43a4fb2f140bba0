"""What stands in a trait, as it was told."""

from collections.abc import Iterator, Sequence
from typing import Any

from shopkeeper.customer import comparing
from shopkeeper.segment.explaining.telling import Sight

_MOST = 20
_LONGEST = 200


def values(sight: Sight, path: str) -> list[Any]:
    """All that rules compare, as it is written."""
    return list(found(sight.customer.document.traits, path.split(".")))


def found(value: Any, names: Sequence[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for element in value:
            yield from found(element, names)
    elif names:
        if isinstance(value, dict) and names[0] in value:
            yield from found(value[names[0]], names[1:])
    elif any(comparing.found(value, ())):
        yield value


def shown(sight: Sight, path: str) -> list[Any]:
    """The first few, shortened."""
    return [_short(each) for each in values(sight, path)[:_MOST]]


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return "{…}"
    return f"{value[:_LONGEST]}…" if isinstance(value, str) and len(value) > _LONGEST else value
