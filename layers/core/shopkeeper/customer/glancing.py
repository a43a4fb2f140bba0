"""Customers at a glance: of what is kept of each only that is read which is asked of all of them.

For a pass over all customers, where nearly everybody is as they should be. Who is not is loaded, as what is seen here
is not all there is and must never be stored.
"""

from collections.abc import Callable, Mapping, Set
from typing import Any

import msgspec

from shopkeeper.customer import document, measures
from shopkeeper.customer.document import Customer, Scores, Stored, Unreadable
from shopkeeper.customer.instants import to_ms
from shopkeeper.customer.lists import Stay
from shopkeeper.customer.standing import Standing
from shopkeeper.customer.words import Families

Glance = Callable[[Stored], Customer]
"""Raises Unreadable."""


class _Said(msgspec.Struct, frozen=True, rename={"is_": "is"}):
    """Of a consent."""

    is_: str


_ALWAYS: Mapping[str, tuple[Any, Any]] = {
    "standing": (Standing | None, None),
    "merged_into": (str, ""),
    "updated_at": (int, 0),
}
_ASKED: Mapping[str, tuple[Any, Any]] = {
    "traits": (dict[str, Any], {}),
    "consents": (dict[str, _Said], {}),
    "lists": (dict[str, Stay], {}),
    "words": (Families, {}),
    "scores": (Scores | None, None),
}


def glance(asked: Set[str], events: Set[str] = frozenset(), registered: Set[str] = frozenset()) -> Glance:
    """`asked` are fields of a document, the others measures by their names. What a glance does not tell takes all of
    the document."""
    if not asked <= _ASKED.keys():
        return document.load
    fields = {**_ALWAYS, **{name: _ASKED[name] for name in sorted(asked)}}
    seen = msgspec.defstruct("Seen", [(name, *each) for name, each in fields.items()], frozen=True)
    read: Callable[[str], Any] = msgspec.json.Decoder(seen).decode
    measured = measures.some(events, registered)

    def look(stored: Stored) -> Customer:
        if stored.schema != document.SCHEMA:
            return document.load(stored)
        try:
            happened, our_own = measured(stored.measures)
            return Customer(
                stored.customer_id,
                stored.version,
                read(stored.document),
                happened,
                (),
                our_own,
                to_ms(stored.due_at) if stored.due_at else 0,
            )
        except (ValueError, IndexError) as problem:
            raise Unreadable(f"customer {stored.customer_id}: {problem}") from problem

    return look
