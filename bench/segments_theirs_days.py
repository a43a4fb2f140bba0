"""Days and windows as one would write them for the interpreter: a day is an ordinal, an instant is in milliseconds."""

from datetime import date, datetime
from functools import lru_cache
from math import inf


def compare(cmp, left, right):
    if cmp == "ge":
        return left >= right
    if cmp == "le":
        return left <= right
    if cmp == "gt":
        return left > right
    if cmp == "lt":
        return left < right
    return left == right


@lru_cache(maxsize=8192)
def start(day, zone):
    return int(datetime.combine(date.fromordinal(day), datetime.min.time(), zone).timestamp() * 1000)


def day_of(at, zone):
    return datetime.fromtimestamp(int(at) // 1000, zone).toordinal()


EPOCH = date(1970, 1, 1).toordinal()


@lru_cache(maxsize=8192)
def first_of(period, unit):
    if unit == "months":
        return date(period // 12, period % 12 + 1, 1).toordinal()
    return period * 7 + 1 if unit == "weeks" else period


@lru_cache(maxsize=8192)
def period_of(day, unit):
    if unit == "months":
        its = date.fromordinal(day)
        return its.year * 12 + its.month - 1
    return (day - 1) // 7 if unit == "weeks" else day


def periods(window):
    """The unit, and from how many of them ago to how many."""
    ((kind, said),) = window.items()
    if kind == "calendar":
        return ("months", 1, 1) if said == "last_month" else ("months", 0, 0)
    return kind, said["n"] - 1, 0


def bounds(window, now, zone):
    """From when until before when it is in the window now."""
    if "rolling" in window:
        return now - window["rolling"]["seconds"] * 1000 + 1, now + 1
    if "between" in window:
        begin, end = between(window, zone)
        return begin, min(end, now + 1)
    unit, oldest, newest = periods(window)
    today = period_of(day_of(now, zone), unit)
    return start(first_of(today - oldest, unit), zone), start(first_of(today - newest + 1, unit), zone)


def between(window, zone):
    said = window["between"]
    begin, end = (said.get(name) for name in ("from", "to"))
    return (
        start(date.fromisoformat(begin).toordinal(), zone) if begin else -inf,
        start(date.fromisoformat(end).toordinal(), zone) if end else inf,
    )


def stay(window, at, zone):
    """From when until before when it is in the window that happened at this instant."""
    if "rolling" in window:
        return at, at + window["rolling"]["seconds"] * 1000
    if "between" in window:
        begin, end = between(window, zone)
        return (at, inf) if begin <= at < end else (inf, inf)
    return stay_of_day(window, day_of(at, zone), zone)


def stay_of_day(window, day, zone):
    if "between" in window:
        return stay(window, start(day, zone), zone)
    unit, oldest, newest = periods(window)
    period = period_of(day, unit)
    return start(first_of(period + newest, unit), zone), start(first_of(period + oldest + 1, unit), zone)
