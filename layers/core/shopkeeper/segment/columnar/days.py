"""What came to what on which days: sums over days of many customers at once.

All days of all customers stand in a row, each customer's newest first. Sums that run through the whole row tell that of
any customer's days as a difference of two of them.
"""

import numpy as np

from shopkeeper.customer.measures.columns import DayColumns
from shopkeeper.segment.columnar.verdicts import Instants, Truths

_APART = 2**32
"""Between two customers; no day that is asked for is as far from another."""
_ENDLESS = 2**31 - 1
_MOST = 2**61


class Sums:
    """Of `weights`, one for each day in the row, none of them below zero."""

    def __init__(self, days: DayColumns, weights: Instants) -> None:
        self._day = np.append(days.day, 0)
        self._starts = days.day_starts
        self._running = np.concatenate(([0], np.cumsum(weights)))
        owner = np.repeat(np.arange(len(days.day_starts)), days.day_length)
        self._keys = owner * _APART - _within(days.day)

    def since(self, day: Instants) -> Instants:
        """How many days stand in the row up to the customer's last that is not before this one."""
        wanted = np.arange(len(day)) * _APART - _within(day)
        return np.searchsorted(self._keys, wanted, "right")

    def between(self, first: Instants, end: Instants) -> Instants:
        """What all days came to from the one until before the other."""
        return self._running[self.since(first)] - self._running[self.since(end)]

    def reached(self, least: int, first: Instants) -> tuple[Truths, Instants]:
        """Whether the days from the first one on come to so much, and of the newest that do, the oldest."""
        needed = np.searchsorted(self._running, self._running[self._starts] + min(least, _MOST), "left")
        return needed <= self.since(first), self._day[np.minimum(needed, len(self._day)) - 1]


def _within(day: Instants) -> Instants:
    """Days of damaged bytes may be further out, and would stand among those of other customers."""
    return np.clip(day, -_ENDLESS, _ENDLESS)


def ahead(days: DayColumns, period: Instants, this: Instants) -> Truths:
    """Whose newest day, or the period that it falls into, is later than this one."""
    newest = np.append(period, 0)[days.day_starts]
    return (days.day_length > 0) & (newest > this)
