"""What rules about time mean, told by the letter over the raw interactions. Nothing of shopkeeper is used here.

Local days are looked up in the zone, instant by instant; periods are compared as the calendar names them.
"""

import calendar
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SEEN = 16
MS = timedelta(milliseconds=1)


def ms(text):
    return (datetime.fromisoformat(text) - EPOCH) // MS


def local(at, zone):
    return (EPOCH + at * MS).astimezone(ZoneInfo(zone)).date()


def period(day, unit):
    if unit == "weeks":
        return (day - timedelta(days=day.weekday())).toordinal() // 7
    return {"days": day.toordinal(), "months": day.year * 12 + day.month, "years": day.year}[unit]


CALENDAR = {"today": ("days", 0), "yesterday": ("days", -1), "tomorrow": ("days", 1)}


def named(name):
    if name in CALENDAR:
        return CALENDAR[name]
    which, unit = name.split("_")
    return f"{unit}s", {"last": -1, "this": 0, "next": 1}[which]


def within(window, at, now, zone, by_days=False):
    """Days, weeks and months are taken whole, with what is dated later today."""
    if window == "ever":
        return at <= now
    ((kind, said),) = window.items()
    if kind == "rolling":
        return at <= now < at + said["seconds"] * 1000
    its, today = local(at, zone), local(now, zone)
    if kind == "between":
        has_come = its <= today if by_days else at <= now
        return has_come and all(
            (not_before(at, its, said[end]) if end == "from" else not not_before(at, its, said[end])) for end in said
        )
    if kind == "calendar":
        unit, ahead = named(said)
        return period(its, unit) == period(today, unit) + ahead
    return 0 <= period(today, kind) - period(its, kind) < said["n"]


def not_before(at, day, bound):
    return day >= date.fromisoformat(bound) if len(bound) == 10 else at >= ms(bound)


def reaches_now(window):
    ((kind, said),) = window.items()
    return "to" not in said if kind == "between" else kind != "calendar" or not said.startswith(("last", "yester"))


def counted(rule, instants, now, zone):
    window = rule["window"]
    if window == "ever":
        return len(instants)
    by_days = rule["n"] > (SEEN if rule["cmp"] == "ge" else SEEN - 1) or not reaches_now(window)
    return sum(within(window, at, now, zone, by_days) for at in instants)


def totalled(rule, marks, now, zone):
    """`marks` are instants, each with what it came to by currency. None where there is nothing to tell."""
    if rule["window"] != "ever":
        by_days = rule["fn"] not in ("min", "max") or not reaches_now(rule["window"])
        marks = [each for each in marks if within(rule["window"], each[0], now, zone, by_days)]
    if rule["fn"] == "active_days":
        return len({local(at, zone) for at, _ in marks})
    amounts = [came_to[rule["currency"]] for _, came_to in marks if rule["currency"] in came_to]
    if rule["fn"] in ("min", "max"):
        return {"min": min, "max": max}[rule["fn"]](amounts, default=None)
    if rule["fn"] == "avg":
        return sum(amounts) / Decimal(len(amounts)) if amounts else None
    return sum(amounts)


def first(rule, instants, now, zone):
    return bool(instants) and within(rule["window"], min(instants), now, zone)


def sequence(rule, before, after, now, zone):
    earlier, later = sorted(before)[-SEEN:], sorted(after)[-SEEN:]
    width = rule["within"]["seconds"] * 1000
    return any(a < b < a + width and b <= now and within(rule["window"], b, now, zone) for a in earlier for b in later)


def abandoned(rule, did, without, now):
    did, without = ([at for at in its if at <= now] for its in (did, without))
    if not did or any(at >= max(did) for at in without):
        return False
    return now >= max(did) + rule["grace"]["seconds"] * 1000


def regular(rule, instants, now, zone):
    unit = rule["unit"]
    today = period(local(now, zone), unit)
    active = {period(local(at, zone), unit) for at in instants}
    return sum(today - ago in active for ago in range(rule["of_last"])) >= rule["at_least"]


def dated(rule, values, now, zone):
    return any(date_holds(rule, each, now, zone) for each in map(parsed, values) if each)


def parsed(value):
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value) if len(value) == 10 and value[4] == "-" else datetime.fromisoformat(value)
    except ValueError:
        return None


def date_holds(rule, value, now, zone):
    ((kind, ref),) = rule["ref"].items()
    if kind in ("instant", "now"):
        at, then = moment(value, zone), now + ref * 1000 if kind == "now" else ms(ref)
        return at < then if rule["cmp"] == "before" else at > then
    day = local(moment(value, zone), zone) if isinstance(value, datetime) else value
    begin, end = days_meant(kind, ref, local(now, zone), day)
    return {"before": day < begin, "after": day > end, "on": begin <= day <= end}[rule["cmp"]]


def days_meant(kind, ref, today, day):
    """The first and the last of them; of whole periods, any two that stand to `day` as those do."""
    if kind == "day":
        return (date.fromisoformat(ref),) * 2
    if kind == "today":
        return (moved(today, ref),) * 2
    unit, ahead = named(ref)
    apart = period(day, unit) - (period(today, unit) + ahead)
    return (day - timedelta(days=(apart > 0) - (apart < 0)),) * 2


def moved(day, by):
    months = day.year * 12 + day.month - 1 + by.get("years", 0) * 12 + by.get("months", 0)
    year, month = months // 12, months % 12 + 1
    day = date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
    return day + timedelta(days=by.get("days", 0), weeks=by.get("weeks", 0))


def moment(value, zone):
    if isinstance(value, datetime):
        told = value if value.tzinfo else value.replace(tzinfo=ZoneInfo(zone))
        return (told.astimezone(UTC) - EPOCH) // MS
    at = (datetime(value.year, value.month, value.day, tzinfo=UTC) - EPOCH) // MS - 15 * 3_600_000
    while local(at, zone) < value:
        at += 15 * 60_000
    return at


def anniversary(rule, values, now, zone):
    today = local(now, zone)
    return any(
        is_kept(each, today + timedelta(days=ahead), zone)
        for each in map(parsed, values)
        if each
        for ahead in range(rule["within_days"] + 1)
    )


def is_kept(value, day, zone):
    its = local(moment(value, zone), zone) if isinstance(value, datetime) else value
    leaps = (its.month, its.day) == (2, 29) and not calendar.isleap(day.year)
    return day >= its and (day.month, day.day) == ((2, 28) if leaps else (its.month, its.day))
