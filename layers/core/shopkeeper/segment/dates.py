"""What leaves about dates ask, with their constants bound. Days are those of the customer's own zone."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, tzinfo
from functools import lru_cache, partial
from typing import Any

from shopkeeper import zones
from shopkeeper.customer import comparing, habits
from shopkeeper.customer.comparing import Comparable
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.instants import ms_of
from shopkeeper.segment import calendar, flips
from shopkeeper.segment.calendar import NEVER
from shopkeeper.segment.flips import Flip
from shopkeeper.segment.leaves.dated import At, Date, FromToday, InCalendar, Now, On, Reference, Today

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
Dates = Callable[[Iterable[Comparable], tzinfo, int], Flip]
One = Callable[["Read", tzinfo, int], Flip]
Read = tuple[bool, int]
"""Whether it is a day, and the day or the instant."""


def zone_of(document: Document, workspace: tzinfo) -> tzinfo:
    """Their own, as they stated it or were seen in it last, else the workspace's."""
    own = habits.own_zone(document)
    return zones.zone(own) if own else workspace


def read(text: str, zone: tzinfo) -> Read | None:
    """None for what is no date. A time without an offset is one of that zone, the first if it comes twice."""
    found = parsed(text)
    if isinstance(found, datetime):
        try:
            return False, ms_of(found.replace(tzinfo=zone))
        except OverflowError:
            return None
    return found


@lru_cache(maxsize=4096)
def parsed(text: str) -> Read | datetime | None:
    """What it says in any zone, or a time of the wall clock; None for what is no date."""
    try:
        if _DATE.fullmatch(text):
            return True, calendar.from_date(date.fromisoformat(text))
        if not _DATE.match(text):
            return None
        at = datetime.fromisoformat(text.upper())
        return (False, ms_of(at)) if at.tzinfo else at
    except (ValueError, OverflowError):
        return None


def held(traits: Mapping[str, Any], path: str, zone: tzinfo) -> int | date | None:
    """What a trait holds: an instant, or a day; None for neither. Of several dates the first."""
    for kind, value in comparing.values(traits, path.split(".")):
        if kind == "text" and isinstance(value, str) and (found := read(value, zone)):
            is_day, at = found
            return calendar.to_date(at) if is_day else at
    return None


def read_all(values: Iterable[Comparable], zone: tzinfo) -> list[Read]:
    return [found for kind, value in values if kind == "text" and (found := read(value, zone))]


def of_any(test: One) -> Dates:
    """One of the values is enough."""

    def of(values: Iterable[Comparable], zone: tzinfo, now: int) -> Flip:
        dates = read_all(values, zone)
        if not dates:
            return False, NEVER
        return test(dates[0], zone, now) if len(dates) == 1 else flips.one_of([test(each, zone, now) for each in dates])

    return of


def compared(leaf: Date) -> Dates:
    ref = leaf.ref
    if isinstance(ref, At):
        return of_any(partial(_with_instant, leaf.cmp, ms_of(datetime.fromisoformat(ref.instant))))
    if isinstance(ref, Now):
        return of_any(partial(_with_now, leaf.cmp, ref.now * 1000))
    return of_any(partial(_with_days, leaf.cmp, days_of(ref)))


def _with_instant(cmp: str, instant: int, said: Read, zone: tzinfo, _now: int) -> Flip:
    at = _instant(said, zone)
    return (at < instant if cmp == "before" else at > instant), NEVER


def _with_now(cmp: str, ahead: int, said: Read, zone: tzinfo, now: int) -> Flip:
    """Equal is neither before nor after."""
    at, then = _instant(said, zone), now + ahead
    if cmp == "before":
        return at < then, NEVER if at < then else at - ahead + 1
    return at > then, at - ahead if at > then else NEVER


def _instant(said: Read, zone: tzinfo) -> int:
    return calendar.start(said[1], zone) if said[0] else said[1]


Days = Callable[[int], tuple[int, int]]
"""By the day that today is, the first of the days that are meant, and the one after the last."""


def days_of(ref: Reference) -> Days:
    if isinstance(ref, On):
        day = calendar.from_date(date.fromisoformat(ref.day))
        return lambda _today: (day, day + 1)
    if isinstance(ref, InCalendar):
        name, back = calendar.NAMED[ref.calendar]
        unit = calendar.UNITS[name]
        return lambda today: (unit.first(unit.of(today) - back), unit.first(unit.of(today) - back + 1))
    return partial(_from_today, ref.today if isinstance(ref, FromToday) else Today())


def _from_today(by: Today, today: int) -> tuple[int, int]:
    day = calendar.shifted(today, by.years, by.months, by.weeks * 7 + by.days)
    return day, day + 1


def _with_days(cmp: str, days: Days, said: Read, zone: tzinfo, now: int) -> Flip:
    day = said[1] if said[0] else calendar.day(said[1], zone)
    return stands(cmp, days, day, calendar.day(now, zone), zone)


@lru_cache(maxsize=65_536)
def stands(cmp: str, days: Days, day: int, today: int, zone: tzinfo) -> Flip:
    begin, end = days(today)
    has_begun, has_ended = begin <= day, end <= day
    truth = {"before": not has_begun, "after": has_ended, "on": has_begun and not has_ended}[cmp]
    # Days only ever move on: first it is after them, then on one of them, then before.
    waits_for = {"before": 0 if has_begun else None, "after": 1 if has_ended else None}.get(cmp, 1 if has_ended else 0)
    if waits_for is None or not has_begun:
        return truth, NEVER
    return truth, calendar.start(_passed(days, waits_for, day, today), zone)


def _passed(days: Days, bound: int, day: int, today: int) -> int:
    """The first day, as today, of which that bound is later than `day`; the last of all where there is none."""
    early, late = today, today + (day - days(today)[bound]) + 800
    if days(late)[bound] <= day:
        return NEVER
    while late - early > 1:
        middle = (early + late) // 2
        early, late = (early, middle) if days(middle)[bound] > day else (middle, late)
    return late


def anniversary(within: int) -> Dates:
    def test(said: Read, zone: tzinfo, now: int) -> Flip:
        day = said[1] if said[0] else calendar.day(said[1], zone)
        return _is_kept(day, calendar.day(now, zone), within, zone)

    return of_any(test)


@lru_cache(maxsize=65_536)
def _is_kept(day: int, today: int, within: int, zone: tzinfo) -> Flip:
    coming = _coming(day, today)
    if coming - today <= within:
        return True, calendar.start(coming + 1, zone)
    return False, calendar.start(coming - within, zone)


def _coming(day: int, today: int) -> int:
    """The next day on which it is so many years since, today being one that may be."""
    years = max(0, calendar.to_date(today).year - calendar.to_date(day).year)
    this = calendar.shifted(day, years, 0, 0)
    return this if this >= today else calendar.shifted(day, years + 1, 0, 0)


def since(customer: Customer) -> int:
    """When the first thing happened that is known of a customer; NEVER of whom nothing is known."""
    document = customer.document
    told: Mapping[str, Iterable[int]] = {
        "measured": (each.first for each in customer.measures.values() if each.count),
        "seen": document.identities.values(),
        "told": (at for at, _ in document.told.values()),
        "allowed": (each.at for each in document.consents.values()),
        "listed": (each.at for each in document.lists.values()),
    }
    return min((at for its in told.values() for at in its), default=NEVER)


def aged(cmp: str, span: int) -> Callable[[Customer, int], Flip]:
    """`span` is in milliseconds. Of whom nothing is known yet is new."""

    def test(customer: Customer, now: int) -> Flip:
        known_since = since(customer)
        due = NEVER if known_since == NEVER else known_since + span
        return (due <= now) == (cmp == "ge"), due if due > now else NEVER

    return test
