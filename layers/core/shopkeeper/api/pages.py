"""How every list is asked for, and how its pages are given."""

from collections.abc import Sequence
from typing import Any

from shopkeeper.api import cursors
from shopkeeper.api.calls import Call, Parameter


def limited(most: int = cursors.MOST) -> Parameter:
    schema = {"type": "integer", "minimum": 1, "maximum": most, "default": cursors.DEFAULT_LIMIT}
    return Parameter("limit", "query", "How many items a page holds at most.", schema)


LIMIT = limited()
CURSOR = Parameter("cursor", "query", "`next` of the page before, as it was given.", {"type": "string"})
PAGE = (LIMIT, CURSOR)


def limit(call: Call, most: int = cursors.MOST) -> int:
    """Raises Problem 400."""
    return cursors.limit_of(call.query.get("limit"), most)


def after(call: Call, count: int = 1) -> tuple[str, ...]:
    """What the last item of the page before is known by; empty for the first page. Raises Problem 400."""
    cursor = call.query.get("cursor")
    return cursors.parts_of(cursor, count) if cursor else ()


def page(items: list[Any], last: Sequence[str]) -> Any:
    """`last` is empty where nothing follows."""
    return {"items": items, "next": cursors.cursor_for(last) if any(last) else None}
