"""Hours in which nobody is written to, on the recipient's own clock. Pure.

A window is kept as times of the wall clock, so it moves with the zone; it is half-open, may go over midnight, and where
both times are the same there is none. Where a night repeats an hour, what begins in it begins the first time and what
ends in it ends the last time; a time that a spring night leaves out comes as much later. So no mail goes out between.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, time, timedelta, tzinfo

import msgspec

from shopkeeper import zones

LONGEST = timedelta(days=2)
"""Windows that together leave no instant free in as long leave none at all."""
_DAY = timedelta(days=1)


class Quiet(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """Such as 21:00 to 08:00."""

    from_: str
    to: str


def ends(windows: Collection[Quiet], zone: tzinfo, now: datetime, days: Collection[str] = ()) -> datetime | None:
    """When the last of those ends that one after the other are open from now on, of windows and of whole `days` such as
    2026-12-25; None if none is open.

    It is more than `longest` away if there is no end.
    """
    at, furthest = now, now + longest(days)
    while at <= furthest and (open_until := _open_until(windows, zone, at, days)):
        at = open_until
    return at if at > now else None


def longest(days: Collection[str]) -> timedelta:
    return LONGEST + _DAY * len(days)


def _open_until(windows: Collection[Quiet], zone: tzinfo, at: datetime, days: Collection[str]) -> datetime | None:
    nights = (end for each in windows for start, end in _nights(each, zone, at) if start <= at < end)
    today = at.astimezone(zone).date()
    whole = [zones.span(today, time.min, time.min, zone)[1]] if today.isoformat() in days else []
    return max((*nights, *whole), default=None)


def _nights(window: Quiet, zone: tzinfo, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """From yesterday's on; that of the day before cannot last until now."""
    start, end = time.fromisoformat(window.from_), time.fromisoformat(window.to)
    today = at.astimezone(zone).date()
    for day in (today - _DAY, today):
        if start != end:
            yield zones.span(day, start, end, zone)
