"""The timeline of a customer: the rows of all its subjects, newest first, in pages that repeat and skip nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from heapq import merge
from itertools import accumulate, dropwhile, groupby, islice
from typing import Any, NamedTuple, cast

from typing_extensions import TypedDict

from shopkeeper.customer import given_outcomes
from shopkeeper.customer.rows import Key, Row

MOST_BYTES = 4_000_000


class Position(NamedTuple):
    """Where a row stands. Rows may share an instant, never a position."""

    at: str
    subject: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Page:
    """`next` is the position of the last row of the page; None where no row follows."""

    rows: tuple[Row, ...]
    next: Position | None


def position(row: Row) -> Position:
    return Position(row.at, row.subject, row.message_id)


def page(
    is_theirs: Callable[[Row], bool], subjects: Iterable[Iterable[Row]], after: Position | None, limit: int
) -> Page:
    """`subjects` gives the rows of each subject, newest first, from the instant of `after` on backwards.

    A subject that moved has rows of several customers: each shows its own.
    """
    rows: Iterator[Row] = merge(*(_in_order(rows) for rows in subjects), key=position, reverse=True)
    own = filter(is_theirs, rows)
    following = dropwhile(lambda row: after is not None and position(row) >= after, own)
    taken = tuple(islice(following, limit + 1))
    shown = _that_fit(taken[:limit])
    return Page(shown, position(shown[-1]) if len(taken) > len(shown) else None)


def _that_fit(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Lambda answers with 6 MB at most. One row always fits."""
    sizes = accumulate(len(bytes(row.body)) for row in rows)
    return rows[: max(1, sum(size <= MOST_BYTES for size in sizes))]


def _in_order(rows: Iterable[Row]) -> Iterator[Row]:
    """The table sorts by instant alone."""
    for _, same_instant in groupby(rows, key=lambda row: row.at):
        yield from sorted(same_instant, key=position, reverse=True)


class Entry(TypedDict, total=False):
    """An interaction as JSON for people; what is empty is left out."""

    at: str
    type: str
    name: str
    subject: str
    message_id: str
    source: str
    origin: str
    trusted: bool
    said_at: str
    received_at: str
    unfolded: str
    outcome: str
    retracted: bool
    send_id: str
    activity: str
    template: str
    url: str
    properties: dict[str, Any]
    traits: dict[str, Any]
    context: dict[str, Any]
    ids: dict[str, str]


def shown(rows: Sequence[Row], outcomes: Mapping[str, str], retracted: Set[Key]) -> list[Entry]:
    """`outcomes` are those that prevail, see `given_outcomes`; `retracted` is what has been taken back."""
    return [
        _entry(row, outcomes.get(given_outcomes.mark(row.message_id), ""), retracted=row.key in retracted)
        for row in rows
    ]


def _entry(row: Row, outcome: str, *, retracted: bool) -> Entry:
    said = row.said()
    entry = {
        "at": row.at,
        "type": row.type,
        "name": row.name,
        "subject": row.subject,
        "message_id": row.message_id,
        "source": row.source,
        "origin": row.origin,
        "trusted": row.trusted,
        "said_at": row.said_at,
        "received_at": row.received_at,
        "unfolded": row.unfolded,
        "outcome": outcome,
        "retracted": retracted or None,
        **{part: said.get(part) for part in ("properties", "traits", "context", "ids")},
    }
    return cast(Entry, {name: value for name, value in entry.items() if value not in ("", None)})
