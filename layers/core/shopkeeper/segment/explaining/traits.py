"""What stands in a trait, as it was told."""

from typing import Any

from shopkeeper.customer import comparing
from shopkeeper.segment.explaining.telling import Sight

_MOST = 20
_LONGEST = 200


def values(sight: Sight, path: str) -> list[Any]:
    """All that rules compare, as it is written."""
    return list(comparing.reached(sight.customer.document.traits, path.split(".")))


def shown(sight: Sight, path: str) -> list[Any]:
    """The first few, shortened."""
    return [_short(each) for each in values(sight, path)[:_MOST]]


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return "{…}"
    return f"{value[:_LONGEST]}…" if isinstance(value, str) and len(value) > _LONGEST else value
