"""Messages of a template, newest first: hour by hour, as they were asked for."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from shopkeeper import clock
from shopkeeper.mail import messages
from shopkeeper.mail.ledger import Send

MOST_HOURS = 240
"""Looked through for one page: it may be short, or empty, and not the last."""
_HOUR = timedelta(hours=1)


class Pages(Protocol):
    def of_shard(self, activity_shard: str, after: str = "") -> tuple[list[Send], str]: ...


class Place(NamedTuple):
    """Behind which to go on: older ones follow."""

    planned_at: str
    send_id: str


def place(row: Send) -> Place:
    return Place(row.planned_at, row.send_id)


def start(now: datetime) -> Place:
    return Place(clock.to_text(now + _HOUR), "")


def of_template(
    pages: Pages, template: str, since: datetime, after: Place, limit: int
) -> tuple[list[Send], Place | None]:
    """At most `limit` of them, and where to go on, None at the end: there is none from before `since`. Raises
    ValueError for an `after` of no instant."""
    hour, found = _hour_of(clock.from_text(after.planned_at)), list[Send]()
    for _ in range(MOST_HOURS):
        older = (row for row in _of_hour(pages, messages.shard(template, hour)) if place(row) < after)
        found += sorted(older, key=place, reverse=True)
        if len(found) > limit:
            return found[:limit], place(found[limit - 1])
        if hour <= since:
            return found, None
        hour -= _HOUR
    return found, Place(clock.to_text(hour + _HOUR), "")


def _hour_of(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _of_hour(pages: Pages, shard: str) -> Iterator[Send]:
    rows, after = pages.of_shard(shard)
    yield from rows
    while after:
        rows, after = pages.of_shard(shard, after)
        yield from rows
