"""Leaves about dates among the traits: days of the customer's own zone.

Nearly everybody has one date there, or none. Who has several is asked alone.
"""

from collections.abc import Callable
from datetime import datetime, tzinfo
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np

from shopkeeper.customer.instants import ms_of
from shopkeeper.segment import calendar, dates
from shopkeeper.segment.calendar import NEVER
from shopkeeper.segment.columnar.asked import Ask, Asked
from shopkeeper.segment.columnar.coding import Coded, Found, each_of
from shopkeeper.segment.columnar.page import Page
from shopkeeper.segment.columnar.verdicts import Instants, Truths, Verdicts, lasting, one, until
from shopkeeper.segment.leaves import Anniversary, Date
from shopkeeper.segment.leaves.dated import At, Now

if TYPE_CHECKING:
    from shopkeeper.segment.columnar.evaluate import Compiler

_MONTHS = "datetime64[M]"
_DAYS = "datetime64[D]"
_NONE, _MANY = (0, False, 0), (2, False, 0)


class Dates:
    """What stands at `path`, read in the zone of each customer. Of who has not one date, the values mean nothing."""

    def __init__(self, page: Page, path: str, zone: tzinfo) -> None:
        self.said, self.zones = page.trait(path), page.zones(zone)
        read = [_read(each) for each in self.said.values]
        many, are_days, values = (
            np.array([each[part] for each in read], np.int64)[self.said.codes] for part in range(3)
        )
        self.is_one, self._are_days, self._value = many == 1, are_days > 0, values
        self.alone = np.flatnonzero(many > 1).tolist()

    @cached_property
    def day(self) -> Instants:
        its = self._are_days
        return np.where(its, self._value, of_each(self.zones, np.where(its, 0, self._value), calendar.day))

    @cached_property
    def instant(self) -> Instants:
        its = self._are_days
        return np.where(its, of_each(self.zones, np.where(its, self._value, 0), calendar.start), self._value)


def _read(said: Found) -> tuple[int, bool, int]:
    """How many dates there are, whether it is a day, and the day or the instant. A time without an offset, which is
    another instant in each zone, counts as many."""
    if not said:
        return _NONE
    found = [date for kind, value in said if kind == "text" and (date := dates.parsed(value))]
    if len(found) == 1 and isinstance(found[0], tuple):
        return 1, *found[0]
    return _MANY if found else _NONE


def _swapped(of: Callable[[int, tzinfo], int], zone: tzinfo, value: int) -> int:
    return of(value, zone)


def of_each(zones: Coded[tzinfo], values: Instants, of: Callable[[int, tzinfo], int]) -> Instants:
    """In the zone of each; what several of a zone share is worked out once."""
    found = np.zeros(len(values), np.int64)
    for code, zone in enumerate(zones.values):
        its = np.flatnonzero(zones.codes == code)
        found[its] = each_of(partial(_swapped, of, zone), values[its])
    return found


def date(c: "Compiler", leaf: Date) -> Ask:
    if isinstance(leaf.ref, At):
        instant = ms_of(datetime.fromisoformat(leaf.ref.instant))
        return _dated(
            c, leaf, dates.compared(leaf), lambda _asked, its: lasting(_compared(leaf.cmp, its.instant, instant))
        )
    if isinstance(leaf.ref, Now):
        ahead = leaf.ref.now * 1000
        return _dated(c, leaf, dates.compared(leaf), lambda asked, its: _with_now(leaf.cmp, ahead, asked, its))
    days = dates.days_of(leaf.ref)
    return _dated(c, leaf, dates.compared(leaf), lambda asked, its: _with_days(leaf.cmp, days, asked, its))


def anniversary(c: "Compiler", leaf: Anniversary) -> Ask:
    test = dates.anniversary(leaf.within_days)
    return _dated(c, leaf, test, lambda asked, its: _kept(leaf.within_days, asked, its))


def _dated(
    c: "Compiler", leaf: Date | Anniversary, test: dates.Dates, of_one: Callable[[Asked, Dates], Verdicts]
) -> Ask:
    def ask(asked: Asked) -> Verdicts:
        its = asked.page.once(f"dates {leaf.path}", lambda: Dates(asked.page, leaf.path, c.zone))
        found = np.where(its.is_one, of_one(asked, its), -NEVER)
        for place in its.alone:
            truth, flips_at = test(its.said.of(place), its.zones.of(place), int(asked.now[place]))
            found[place] = one(flips_at, truth=truth)
        return found

    return ask


def _compared(cmp: str, at: Instants, other: Instants | int) -> Truths:
    return at < other if cmp == "before" else at > other


def _with_now(cmp: str, ahead: int, asked: Asked, its: Dates) -> Verdicts:
    """Equal is neither before nor after."""
    at = its.instant
    truth = _compared(cmp, at, asked.now + ahead)
    passes = _earlier(at, ahead - 1 if cmp == "before" else ahead)
    return until(truth, np.where(truth == (cmp == "after"), passes, NEVER))


def _earlier(at: Instants, by: int) -> Instants:
    """NEVER and PAST stand for what is further out than any date: so they move no further out."""
    return np.where(np.abs(at) == NEVER, min(NEVER - by, NEVER), at - by)


def _with_days(cmp: str, days: dates.Days, asked: Asked, its: Dates) -> Verdicts:
    """Who still waits for one of the days is asked alone when that is."""
    today = _today(asked, its)
    begins, ends = each_of(lambda day: days(day)[0], today), each_of(lambda day: days(day)[1], today)
    has_begun, has_ended = begins <= its.day, ends <= its.day
    truth = {"before": ~has_begun, "after": has_ended, "on": has_begun & ~has_ended}[cmp]
    found = lasting(truth)
    for place in np.flatnonzero(its.is_one & (has_ended if cmp == "after" else has_begun)).tolist():
        flips_at = dates.stands(cmp, days, int(its.day[place]), int(today[place]), its.zones.of(place))[1]
        found[place] = one(flips_at, truth=bool(truth[place]))
    return found


def _today(asked: Asked, its: Dates) -> Instants:
    return asked.kept("own today", lambda: of_each(its.zones, asked.now, calendar.day))


def _kept(within: int, asked: Asked, its: Dates) -> Verdicts:
    today = _today(asked, its)
    coming = _coming(its.day, today)
    is_kept = coming - today <= within
    changes = np.where(is_kept, coming + 1, coming - within)
    return until(is_kept, of_each(its.zones, changes, calendar.start))


def _coming(day: Instants, today: Instants) -> Instants:
    """The next day on which it is so many years since, today being one that may be."""
    years = np.maximum(0, _year(today) - _year(day))
    this = _years_on(day, years)
    return np.where(this >= today, this, _years_on(day, years + 1))


def _year(day: Instants) -> Instants:
    return _known(day).astype(_DAYS).astype("datetime64[Y]").astype(np.int64)


def _years_on(day: Instants, years: Instants) -> Instants:
    """So many years from that day; of the 29th of February, in a common year, the 28th."""
    month = _known(day).astype(_DAYS).astype(_MONTHS)
    into = _known(day) - month.astype(_DAYS).astype(np.int64)
    then = month.astype(np.int64) + 12 * years
    return _known(np.minimum(_first(then) + into, _first(then + 1) - 1))


def _first(month: Instants) -> Instants:
    """The day it begins with, of a month since 1970."""
    return month.astype(_MONTHS).astype(_DAYS).astype(np.int64)


def _known(day: Instants) -> Instants:
    return np.clip(day, calendar.FIRST_DAY, calendar.LAST_DAY)
