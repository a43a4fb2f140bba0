"""Days, weeks, months and years as numbers that count on, and the instants they begin at.

A day is the number of days since 1970-01-01, a week that of Mondays, a month that of firsts. An instant is in
milliseconds since 1970. What begins at a midnight that a zone leaves out begins with the first instant after it.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

from shopkeeper import zones

# Inside, "never" is the last instant of all and "always has been" the first, so that instants can be compared.
NEVER = 2**63 - 1
PAST = -NEVER

_EPOCH = date(1970, 1, 1).toordinal()
FIRST_DAY, LAST_DAY = date.min.toordinal() - _EPOCH + 2, date.max.toordinal() - _EPOCH - 2
"""What is further out counts as one of these: there, an instant may not have a day in every zone."""
_DAY_MS = 86_400_000


@lru_cache(maxsize=16_384)
def day(ms: int, zone: tzinfo) -> int:
    return zones.day(ms, zone)


@lru_cache(maxsize=16_384)
def start(day_: int, zone: tzinfo) -> int:
    """The first instant of that day; of a day that a zone left out, of the next one."""
    if day_ <= FIRST_DAY:
        return PAST
    if day_ >= LAST_DAY:
        return NEVER
    ms = day_ * _DAY_MS - _offset(day_, zone)
    if zones.day(ms - 1, zone) < day_ <= zones.day(ms, zone):
        return ms
    before, ms = ms - _DAY_MS, ms + _DAY_MS
    while ms - before > 1:
        middle = (before + ms) // 2
        before, ms = (before, middle) if zones.day(middle, zone) >= day_ else (middle, ms)
    return ms


def _offset(day_: int, zone: tzinfo) -> int:
    midnight = datetime.combine(to_date(day_), datetime.min.time(), zone)
    offset = midnight.utcoffset() or timedelta()
    return offset // timedelta(milliseconds=1)


def to_date(day_: int) -> date:
    return date.fromordinal(max(FIRST_DAY, min(day_, LAST_DAY)) + _EPOCH)


def from_date(value: date) -> int:
    return value.toordinal() - _EPOCH


def shifted(day_: int, years: int, months: int, days: int) -> int:
    """So far from that day; in a shorter month from its last day."""
    if years or months:
        month = _month_of(day_) + 12 * years + months
        first, next_first = _first_of_month(month), _first_of_month(month + 1)
        day_ = min(first + to_date(day_).day, next_first) - 1
    return max(FIRST_DAY, min(day_ + days, LAST_DAY))


@lru_cache(maxsize=4096)
def _month_of(day_: int) -> int:
    found = to_date(day_)
    return found.year * 12 + found.month - 1


@lru_cache(maxsize=4096)
def _first_of_month(month: int) -> int:
    year, place = divmod(month, 12)
    if not 1 <= year <= 9999:
        return FIRST_DAY if year < 1 else LAST_DAY
    return from_date(date(year, place + 1, 1))


class Unit(NamedTuple):
    """`of` says in which one a day falls, `first` which day it begins with."""

    of: Callable[[int], int]
    first: Callable[[int], int]


UNITS: Mapping[str, Unit] = {
    "days": Unit(lambda day_: day_, lambda period: period),
    "weeks": Unit(lambda day_: (day_ + 3) // 7, lambda period: period * 7 - 3),
    "months": Unit(_month_of, _first_of_month),
    "years": Unit(lambda day_: to_date(day_).year, lambda period: _first_of_month(period * 12)),
}

# What a calendar calls it: the unit, and from which one to which one, this one being 0 and what was being more.
NAMED: Mapping[str, tuple[str, int]] = {
    "today": ("days", 0),
    "yesterday": ("days", 1),
    "tomorrow": ("days", -1),
    **{
        f"{which}_{unit}": (f"{unit}s", back)
        for which, back in {"this": 0, "last": 1, "next": -1}.items()
        for unit in ("week", "month", "year")
    },
}
