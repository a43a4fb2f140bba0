"""Leaves about what it came to, and what is told by whole days: sums, how often, on how many of them, how regularly.

Of whom a day is yet to come it is not told here, nor where a sum may fall with news from the past, as refunds are.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from shopkeeper.customer import comparing
from shopkeeper.customer.measures.columns import DayColumns
from shopkeeper.segment import calendar
from shopkeeper.segment.calendar import NEVER
from shopkeeper.segment.columnar.asked import Ask, Asked
from shopkeeper.segment.columnar.coding import each_of
from shopkeeper.segment.columnar.days import Sums, ahead
from shopkeeper.segment.columnar.happened import Its, always, measure
from shopkeeper.segment.columnar.verdicts import (
    Instants,
    Truths,
    Verdicts,
    compared,
    contrary,
    lasting,
    until,
    while_in,
)
from shopkeeper.segment.columnar.windows import Reaching, today
from shopkeeper.segment.leaves import Count, Regular, Total
from shopkeeper.segment.leaves.windows import Calendar
from shopkeeper.segment.spans import Fixed, Periods, days

if TYPE_CHECKING:
    from shopkeeper.segment.columnar.evaluate import Compiler


class Weight(NamedTuple):
    """What is summed up of days."""

    name: str
    of_days: Callable[[DayColumns], Instants]


_TIMES = Weight("times", lambda its: its.counts)
_DAYS = Weight("days", lambda its: np.ones(len(its.day), np.int64))


def count(c: "Compiler", leaf: Count) -> Ask:
    return _by_days(c, leaf, _Row(c, measure(leaf.measure, leaf.registered), _TIMES), leaf.n)


def total(c: "Compiler", leaf: Total) -> Ask:
    its, currency = measure(leaf.measure, leaf.registered), leaf.currency or ""
    if leaf.fn == "avg":
        return _average(its, leaf)
    if isinstance(leaf.window, str):
        return lambda asked: lasting(compared(leaf.cmp, its(asked).totals(currency), leaf.bound))
    weight = Weight(currency, lambda found: found.units(currency)) if leaf.fn == "sum" else _DAYS
    return _by_days(c, leaf, _Row(c, its, weight), leaf.bound)


def _average(its: Its, leaf: Total) -> Ask:
    """Of whole numbers that may be larger than a column's."""
    compare, currency, bound = comparing.COMPARE[leaf.cmp], leaf.currency or "", leaf.bound

    def ask(asked: Asked) -> Verdicts:
        totals, priced = its(asked).totals(currency).tolist(), its(asked).priced(currency).tolist()
        found = [many > 0 and compare(units, bound * many) for units, many in zip(totals, priced, strict=True)]
        return lasting(np.array(found, bool))

    return ask


class _Row:
    """The days of one measure in a row, weighed."""

    def __init__(self, c: "Compiler", its: Its, weight: Weight) -> None:
        self._its, self._weight, self.zone = its, weight, c.zone

    def sums(self, asked: Asked) -> Sums:
        column = self._its(asked)
        found = column.days
        sums, falls = asked.page.once(("sums", self._weight.name, column), lambda: self._summed(found))
        asked.unusual |= falls | ahead(found, found.day, today(asked, self.zone))
        return sums

    def _summed(self, found: DayColumns) -> tuple[Sums, Truths]:
        weights = self._weight.of_days(found)
        owners = np.repeat(np.arange(len(found.day_starts)), found.day_length)
        falls = np.zeros(len(found.day_starts), bool)
        falls[owners[weights < 0]] = True
        return Sums(found, np.maximum(weights, 0)), falls


def _by_days(c: "Compiler", leaf: Count | Total, row: _Row, bound: int) -> Ask:
    if isinstance(leaf.window, str):
        raise TypeError("it is not of days")
    window, cmp = days(leaf.window, c.zone), leaf.cmp
    if isinstance(window, Fixed):
        return _between(window, row, cmp, bound)
    if isinstance(leaf.window, Calendar) and not window.is_since:
        return _before(window, leaf.window.calendar, row, cmp, bound)
    if cmp == "eq":
        return c.by_row(leaf)
    reached = _reached(Reaching(window, c.zone), row, bound + (cmp in ("gt", "le")))
    return reached if cmp in ("ge", "gt") else lambda asked: contrary(reached(asked))


def _between(window: Fixed, row: _Row, cmp: str, bound: int) -> Ask:
    low, high = window.days(row.zone)

    def ask(asked: Asked) -> Verdicts:
        first, end = (np.full(len(asked.page), day) for day in (low, high))
        return lasting(compared(cmp, row.sums(asked).between(first, end), bound))

    return ask


def _before(window: Periods, name: str, row: _Row, cmp: str, bound: int) -> Ask:
    """Of a period before this one: what is in it now, what will be once this one is before another, and then nothing
    at all, as far as is known."""
    unit, back = calendar.NAMED[name]
    of, first = calendar.UNITS[unit]

    def first_day(now: int, later: int) -> int:
        """Of what the window will be, so many periods later."""
        return first(of(calendar.day(now, row.zone)) - back + later)

    def begin(asked: Asked, later: int) -> Instants:
        return asked.each_now(("first day", name, later), lambda now: first_day(now, later))

    def begins_at(asked: Asked, later: int) -> Instants:
        """The instant at which it comes to that."""
        return asked.each_now(("begins", name, later), lambda now: window.day(first_day(now, later), row.zone)[0])

    def ask(asked: Asked) -> Verdicts:
        sums = row.sums(asked)
        holds = [
            compared(cmp, sums.between(begin(asked, later), begin(asked, later + 1)), bound)
            for later in range(back + 2)
        ]
        flips_at = np.full(len(asked.page), NEVER)
        for later in range(back + 1, 0, -1):
            at = begins_at(asked, later)
            lasts = at < begins_at(asked, later + 1)  # Else it is a day that the zone left out.
            flips_at = np.where(lasts & (holds[later] != holds[0]), at, flips_at)
        return until(holds[0], flips_at)

    return ask


def _reached(window: Reaching, row: _Row, least: int) -> Ask:
    """The newest days, so many that they reach it: until the last of these days leaves the window."""

    def ask(asked: Asked) -> Verdicts:
        sums = row.sums(asked)
        if least <= 0:
            return always(asked)
        truth, day = sums.reached(least, window.first_day(asked))
        return while_in(truth, window.days_leave(asked, day))

    return ask


def regular(c: "Compiler", leaf: Regular) -> Ask:
    its = measure(leaf.measure, leaf.registered)
    unit, window = calendar.UNITS[leaf.unit], Reaching(Periods(leaf.unit, 0, leaf.of_last - 1, c.zone), c.zone)

    def ask(asked: Asked) -> Verdicts:
        column = its(asked)
        period, sums = asked.page.once(("periods", leaf.unit, column), lambda: _by_period(unit, column.days))
        this = asked.each_now(f"this {leaf.unit}", lambda now: unit.of(calendar.day(now, c.zone)))
        asked.unusual |= ahead(column.days, period, this)
        truth, day = sums.reached(leaf.at_least, window.first_day(asked))
        return while_in(truth, window.days_leave(asked, day))

    return ask


def _by_period(unit: calendar.Unit, found: DayColumns) -> tuple[Instants, Sums]:
    """The period of each day, and each period once, with its newest day."""
    period = each_of(unit.of, found.day)
    is_new = np.ones(len(period), bool)
    is_new[1:] = period[1:] != period[:-1]
    is_new[found.day_starts[found.day_length > 0]] = True
    return period, Sums(found, is_new.astype(np.int64))
