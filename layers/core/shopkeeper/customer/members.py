"""Who is in a segment or on a list, by what each write of a document says it changed.

A group is what customers are members of: `segment:<segment>@<slot>` or `list:<id>`. What is kept of this is a view for
listing and counting. It follows the documents by a moment, and whoever must be certain reads those.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Document, Stored
from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.rows import Row
from shopkeeper.customer.standing import news_id, slots_of


class Move(NamedTuple):
    """Of one customer into a group or out of it, by the write of `version`; `since` is when it became true."""

    group: str
    customer_id: str
    version: int
    is_in: bool
    since: str


class Member(NamedTuple):
    customer_id: str
    since: str


class Place(NamedTuple):
    """Behind the customer `after` of one of the parts that members lie in: where a listing goes on."""

    shard: int = 0
    after: str = ""


START = Place()


class Customers(Protocol):
    def load(self, customer_ids: Collection[str]) -> dict[str, Stored]:
        """By id; those of whom nothing is stored are left out."""


def moves(customer_id: str, version: int, seen: Document, fresh: Iterable[Row]) -> list[Move]:
    """What the write of this version changed. `fresh` is what it folded.

    A list is entered and left when somebody said so. A segment is by its own news; where there are none, because it is
    being built, when the document was written.
    """
    told = {row.message_id: row.at for row in fresh}
    written = from_ms(seen.updated_at)

    def move(group: str, *, is_in: bool) -> Move:
        kind, _, name = group.partition(":")
        since = written
        if kind == "list" and name in seen.lists:
            since = from_ms(seen.lists[name].at)
        elif kind == "segment":
            since = told.get(news_id(name.rpartition("@")[0], version, is_in=is_in), written)
        return Move(group, customer_id, version, is_in, since)

    return [move(group, is_in=is_in) for group, is_in in sorted(seen.moved.items())]


def seen_in(group: str, members: Sequence[Member], customers: Customers) -> Iterator[tuple[Member, Customer]]:
    """With their documents, in their order, without those of whom these say by now that they have left."""
    stored = customers.load([each.customer_id for each in members]) if members else {}
    living = {each.customer_id: each for each in document.living(stored.values())}
    for each in members:
        seen = living.get(each.customer_id)
        if seen and is_in(group, seen.document):
            yield each, seen


def is_in(group: str, seen: Document) -> bool:
    kind, _, name = group.partition(":")
    if kind == "list":
        return name in seen.lists and seen.lists[name].is_on
    return int(name.rpartition("@")[2]) in slots_of(seen.standing)


def identities(seen: Document) -> list[str]:
    """The newest first."""
    return [name for name, _ in sorted(seen.identities.items(), key=lambda each: (-each[1], each[0]))]
