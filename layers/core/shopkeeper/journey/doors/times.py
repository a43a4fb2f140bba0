"""When the calendar brings a customer into a journey: dates and recurrences of their own, and those of all. Pure.

All is by the customer's own clock. A time is known by what the calendar says, not by its instant, so that who moves to
another zone, or is looked at twice, comes in by it once.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import takewhile
from typing import NamedTuple

from shopkeeper import ids
from shopkeeper.customer import comparing, recurring
from shopkeeper.customer.document import Document
from shopkeeper.customer.recurring import Recurring
from shopkeeper.journey import waits
from shopkeeper.journey.doors.entering import OLDEST_MS, Entered
from shopkeeper.journey.graph import Graph, OnDate, OnRecurrence
from shopkeeper.journey.run import Cause
from shopkeeper.segment import calendar, dates

REACHED = "Date Reached"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_YEAR = 2200


class Time(NamedTuple):
    """`props` are what letters may show of it."""

    id: str
    at: int
    props: Mapping[str, str]


def paths(graph: Graph) -> frozenset[str]:
    """Of the traits that hold what it goes by."""
    its = (each.path for each in graph.entry.sources if isinstance(each, OnDate | OnRecurrence))
    return frozenset(path for path in its if path)


def shared(graph: Graph) -> tuple[Recurring, ...]:
    """What recurs for everybody."""
    its = (each.recurring for each in graph.entry.sources if isinstance(each, OnRecurrence))
    return tuple(each for each in its if each)


def turn(wall: datetime, zone: tzinfo) -> Time:
    """A time that recurs for everybody, where the customer is."""
    return _recurring("", wall, zone)


def coming(graph: Graph, document: Document, zone: tzinfo, since: int) -> int | None:
    """The earliest instant from that one on; None if nothing comes."""
    heads = (next(times, None) for times in _all(graph, document, zone, since))
    return min((each.at for each in heads if each), default=None)


def today(zone: tzinfo, now: int) -> int:
    """When the day began. What has passed by then is missed, unless somebody waited for it."""
    return calendar.start(calendar.day(now, zone), zone)


def come(graph: Graph, document: Document, zone: tzinfo, due: int, now: int) -> list[Time]:
    """What has come by now: today, or since somebody waited for it, if that is no more than 72 hours."""
    since = max(min(due, today(zone, now)), now - OLDEST_MS)
    its = (each for times in _all(graph, document, zone, since) for each in takewhile(lambda one: one.at <= now, times))
    return sorted(its, key=lambda each: each.at)


def entry(graph: Graph, come: Time, now: int) -> Entered:
    cause = Cause(
        id=ids.digest("cause", graph.journey, come.id)[:22],
        kind="entry",
        name=REACHED,
        at=come.at,
        received_at=now,
        props=come.props,
    )
    return Entered(graph, "", cause)


def _all(graph: Graph, document: Document, zone: tzinfo, since: int) -> Iterator[Iterator[Time]]:
    """Of each entry that goes by what the customer says, those from that instant on, in order."""
    for each in graph.entry.sources:
        if isinstance(each, OnDate | OnRecurrence) and each.path:
            yield of(each, document, zone, since)


def of(source: OnDate | OnRecurrence, document: Document, zone: tzinfo, since: int) -> Iterator[Time]:
    """Those of one entry from that instant on, in order."""
    if isinstance(source, OnDate):
        return _readable(_of_date(source, document, zone, since))
    said = source.recurring or recurring.held(comparing.at(document.traits, source.path))
    return _readable(_of_recurrence(said, source.path, zone, since)) if said else iter(())


def _readable(times: Iterator[Time]) -> Iterator[Time]:
    """As far as there is a calendar: a trait may hold any date."""
    try:
        yield from times
    except (OverflowError, ValueError):
        return


def _of_date(source: OnDate, document: Document, zone: tzinfo, since: int) -> Iterator[Time]:
    held = dates.held(document.traits, source.path, zone)
    if held is None:
        return
    wall = time.fromisoformat(source.time)
    if isinstance(held, int):
        local = _local(held, zone)
        held, wall = local.date(), local.timetz().replace(tzinfo=None)
    for day in _days(source, held, zone, since):
        at = waits.after(waits.instant(day, wall, zone), source.span, zone, before=source.before)
        if at >= since:
            yield Time(_id(source, day), at, {"trait": source.path, "date": day.isoformat()})


def _of_recurrence(said: Recurring, path: str, zone: tzinfo, since: int) -> Iterator[Time]:
    for wall in said.walls(_local(since, zone).date() - timedelta(days=1)):
        its = _recurring(path, wall, zone)
        if its.at >= since:
            yield its


def _recurring(path: str, wall: datetime, zone: tzinfo) -> Time:
    said = {"trait": path} if path else {}
    at = waits.instant(wall.date(), wall.time(), zone)
    return Time(f"{path}@{wall:%Y-%m-%dT%H:%M}", at, {**said, "date": wall.date().isoformat()})


def _days(source: OnDate, held: date, zone: tzinfo, since: int) -> Iterator[date]:
    """From before that instant on."""
    if not source.yearly:
        yield held
        return
    about = _local(waits.after(since, source.span, zone, before=not source.before), zone)
    for year in range(max(held.year, about.year - 1), _LAST_YEAR):
        yield calendar.to_date(calendar.shifted(calendar.from_date(held), year - held.year, 0, 0))


def _id(source: OnDate, day: date) -> str:
    span, sign = source.span, "-" if source.before else "+"
    return f"{source.path}/{day.isoformat()}{sign}{span.months}/{span.days}/{span.seconds}"


def _local(at: int, zone: tzinfo) -> datetime:
    return (_EPOCH + timedelta(milliseconds=at)).astimezone(zone)
