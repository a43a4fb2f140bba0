"""Which names of interactions and traits were ever told, and by whom: the raw material of the field dictionary."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from shopkeeper.customer.news import Route
from shopkeeper.customer.rows import Row

EVENT, TRAIT = "event", "trait"
LONGEST = 1024  # bytes of a key in DynamoDB


class Name(NamedTuple):
    """`origin` is the key, file or function that told it; `on` is the day, in UTC, of its interaction."""

    kind: str
    name: str
    origin: str
    on: str


class Names(Protocol):
    def note(self, name: Name) -> None: ...


def named(row: Row) -> Iterator[Name]:
    """By the day it was received: a file tells of years in an hour. What no key can hold is left out."""
    origin, day = row.origin or row.source, row.received_at[: len("2026-03-01")]
    if row.type == "track":
        told = [Name(EVENT, row.name, origin, day)]
    elif row.type == "identify":
        said = row.said().get("traits", {})
        told = [Name(TRAIT, trait, origin, day) for trait, value in said.items() if value is not None]
    else:
        return
    yield from (each for each in told if 0 < len(each.name.encode()) <= LONGEST)


def to_names(names: Names) -> Route:
    def route(row: Row) -> None:
        for name in named(row):
            names.note(name)

    return route
