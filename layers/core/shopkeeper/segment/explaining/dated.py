"""Leaves about dates: told in the customer's own zone, whose days count."""

from datetime import date as calendar_date
from datetime import datetime, tzinfo
from typing import Any

from shopkeeper.customer.instants import from_ms, ms_of
from shopkeeper.segment import calendar, dates, leaves
from shopkeeper.segment.calendar import NEVER
from shopkeeper.segment.dates import Read
from shopkeeper.segment.explaining import traits, wording
from shopkeeper.segment.explaining.telling import Sight, Told
from shopkeeper.segment.leaves.dated import At, InCalendar, Now, On, Reference, Today


def _read(sight: Sight, path: str) -> tuple[tzinfo, list[Read]]:
    zone = dates.zone_of(sight.customer.document, sight.zone)
    said = (dates.read(value, zone) for value in traits.values(sight, path) if isinstance(value, str))
    return zone, [each for each in said if each]


def _word(read: Read, zone: tzinfo) -> str:
    return wording.day(read[1]) if read[0] else wording.moment(read[1], zone)


def _seen(sight: Sight, path: str, zone: tzinfo) -> dict[str, Any]:
    own = {"zone": wording.zone_name(zone)} if zone != sight.zone else {}
    return {"values": traits.shown(sight, path), **own}


def _says(sight: Sight, path: str, zone: tzinfo, found: list[Read]) -> str:
    if found:
        return f"{path} is {wording.listed(_word(each, zone) for each in found)}"
    return f"{path} is no date" if traits.shown(sight, path) else f"{path} is not known"


def date(sight: Sight, leaf: leaves.Date) -> Told:
    zone, found = _read(sight, leaf.path)
    wanted = _wanted(leaf, zone)
    subject = f"{leaf.path}, {wording.listed(_word(each, zone) for each in found)},"
    return Told(
        asks=f"{leaf.path} is {wanted}",
        says=_says(sight, leaf.path, zone, found),
        seen=_seen(sight, leaf.path, zone),
        needs=f"asked for: {wanted}",
        news=f"another {leaf.path}",
        why=lambda shift: f"{subject} is {'then' if shift.to else 'no longer'} {wanted}",
        zone=zone,
    )


def _wanted(leaf: leaves.Date, zone: tzinfo) -> str:
    """before 1 May 2026, after the day 18 years ago, today, this month."""
    ref = leaf.ref
    if leaf.cmp != "on":
        return f"{leaf.cmp} {_reference(ref, zone)}"
    return f"on {_reference(ref, zone)}" if isinstance(ref, On) else _reference(ref, zone)


def _reference(ref: Reference, zone: tzinfo) -> str:
    if isinstance(ref, At):
        return wording.moment(ms_of(datetime.fromisoformat(ref.instant)), zone)
    if isinstance(ref, On):
        return wording.day(calendar.from_date(calendar_date.fromisoformat(ref.day)))
    if isinstance(ref, Now):
        return _away(wording.lasting(abs(ref.now)), ref.now) if ref.now else "now"
    return ref.calendar.replace("_", " ") if isinstance(ref, InCalendar) else _from_today(ref.today)


def _away(far: str, sign: int) -> str:
    return f"{far} from now" if sign > 0 else f"{far} ago"


def _from_today(by: Today) -> str:
    parts = {"year": by.years, "month": by.months, "week": by.weeks, "day": by.days}
    steps = {name: n for name, n in parts.items() if n}
    if not steps:
        return "today"
    if len({n > 0 for n in steps.values()}) == 1:
        far = wording.joined([wording.several(abs(n), name) for name, n in steps.items()])
        return f"the day {_away(far, next(iter(steps.values())))}"
    return "today" + "".join(f" {'plus' if n > 0 else 'minus'} {wording.several(abs(n), k)}" for k, n in steps.items())


def anniversary(sight: Sight, leaf: leaves.Anniversary) -> Told:
    zone, found = _read(sight, leaf.path)
    near = f"today or at most {wording.several(leaf.within_days, 'day')} away" if leaf.within_days else "today"
    return Told(
        asks=f"the day of the year of {leaf.path} is {near}",
        says=_says(sight, leaf.path, zone, found),
        seen=_seen(sight, leaf.path, zone),
        needs=f"its day of the year has to be {near}",
        news=f"another {leaf.path}",
        why=lambda shift: f"the day of the year of {leaf.path} is then {near if shift.to else 'over'}",
        zone=zone,
    )


def profile_age(sight: Sight, leaf: leaves.ProfileAge) -> Told:
    since, long = dates.since(sight.customer), wording.lasting(leaf.span.seconds)
    is_known = since != NEVER
    return Told(
        asks=f"known for {long} or more" if leaf.cmp == "ge" else f"known for less than {long}",
        says=f"known since {sight.moment(since)}" if is_known else "nothing is known yet",
        seen={"since": from_ms(since)} if is_known else {},
        needs=f"{long} {wording.are(long)} {'needed' if leaf.cmp == 'ge' else 'too long'}",
        news="",
        why=lambda _: f"{wording.passed(leaf.span.seconds)} since {sight.moment(since)}",
    )
