"""Windows over what happened, as columns ask for them: since when it counts, and until when it stays.

What `spans` says of one instant or of one day is said here of many. Nothing of what is asked is ahead of the clock.
"""

from datetime import tzinfo
from functools import lru_cache

import numpy as np

from shopkeeper.customer.measures.columns import NONE
from shopkeeper.segment import calendar
from shopkeeper.segment.calendar import NEVER
from shopkeeper.segment.columnar.asked import Asked
from shopkeeper.segment.columnar.verdicts import Instants
from shopkeeper.segment.spans import Back, Fixed, Periods


def today(asked: Asked, zone: tzinfo) -> Instants:
    """The day in that zone, of the workspace."""
    return asked.each_now("today", lambda now: calendar.day(now, zone))


class Reaching:
    """One that reaches until now: what comes in later never leaves earlier."""

    def __init__(self, span: Back | Fixed | Periods, zone: tzinfo) -> None:
        self._span, self._zone = span, zone
        self._width = span.stay(0)[1] if isinstance(span, Back) else NEVER

    def began(self, asked: Asked) -> Instants:
        return asked.each_now(("began", self), lambda now: max(self._span.bounds(now)[0], NONE + 1))

    def first_day(self, asked: Asked) -> Instants:
        return asked.each_now(("first day", self), lambda now: calendar.day(self._span.bounds(now)[0], self._zone))

    def leaves(self, asked: Asked, at: Instants) -> Instants:
        """Until when it stays that happened at these instants. Of those that are not in it, anything."""
        if isinstance(self._span, Back):
            return at + self._width
        if isinstance(self._span, Fixed):
            return np.full(len(at), NEVER)
        begins, ends = _stays(self._span, *self._days(asked))
        return ends[np.searchsorted(begins, at, "right") - 1]

    def days_leave(self, asked: Asked, day: Instants) -> Instants:
        """The same of days."""
        if not isinstance(self._span, Periods):
            return np.full(len(day), NEVER)
        low, high = self._days(asked)
        return _ends(self._span, low, high, self._zone)[np.clip(day - low, 0, high - low)]

    def _days(self, asked: Asked) -> tuple[int, int]:
        """From the first day that is in it for anybody to the last that is today for anybody."""
        return int(self.first_day(asked).min()), int(today(asked, self._zone).max())


@lru_cache(maxsize=64)
def _stays(span: Periods, low: int, high: int) -> tuple[Instants, Instants]:
    """When each of the periods begins that these days fall into, and until when what happened in it stays."""
    begins, ends = zip(*span.stays(low, high), strict=True)
    return np.array(begins, np.int64), np.array(ends, np.int64)


@lru_cache(maxsize=64)
def _ends(span: Periods, low: int, high: int, zone: tzinfo) -> Instants:
    return np.array([span.day(day, zone)[1] for day in range(low, high + 1)], np.int64)
