"""Who is in a segment or on a list, by what each write of a document says it changed.

A group is what customers are members of: `segment:<segment>@<slot>` or `list:<id>`. What is kept of this is a view for
listing and counting. It follows the documents by a moment, and whoever must be certain reads those.
"""

from collections.abc import Iterable
from typing import NamedTuple

from shopkeeper.customer.document import Document
from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.rows import Row

ENTERED, LEFT = "entered", "left"


class Move(NamedTuple):
    """Of one customer into a group or out of it, by the write of `version`; `since` is when it became true."""

    group: str
    customer_id: str
    version: int
    is_in: bool
    since: str


def list_group(list_id: str) -> str:
    return f"list:{list_id}"


def moves(customer_id: str, version: int, document: Document, fresh: Iterable[Row]) -> list[Move]:
    """What the write of this version changed. `fresh` is what it folded.

    A list is entered and left when somebody said so. A segment is by its own news; where there are none, because it is
    being built, when the document was written.
    """
    told = {row.message_id: row.at for row in fresh}
    written = from_ms(document.updated_at)

    def move(group: str, *, is_in: bool) -> Move:
        kind, _, name = group.partition(":")
        since = written
        if kind == "list" and name in document.lists:
            since = from_ms(document.lists[name].at)
        elif kind == "segment":
            verb = ENTERED if is_in else LEFT
            since = told.get(f"segment/{name.rpartition('@')[0]}/{verb}/{version}", written)
        return Move(group, customer_id, version, is_in, since)

    return [move(group, is_in=is_in) for group, is_in in sorted(document.moved.items())]
