"""Windows as they are at work: which instants are in them now, since when each is, and until when."""

from datetime import date, datetime, tzinfo
from typing import Literal, Protocol

from shopkeeper.segment import calendar
from shopkeeper.segment.calendar import NEVER, PAST
from shopkeeper.segment.leaves import windows
from shopkeeper.segment.leaves.windows import Between, Calendar, Days, Months, Rolling, Weeks


class Span(Protocol):
    """Instants are in milliseconds since 1970. What comes in later never leaves earlier."""

    def bounds(self, now: int) -> tuple[int, int]:
        """What happened from the one until before the other is in it now."""

    def stay(self, at: int) -> tuple[int, int]:
        """From when until before when it is in it that happened at this instant; twice NEVER if it never is."""


class Always:
    def bounds(self, now: int) -> tuple[int, int]:
        return PAST, now + 1

    def stay(self, at: int) -> tuple[int, int]:
        return at, NEVER


class Back:
    """The last so many milliseconds."""

    def __init__(self, width: int) -> None:
        self._width = width

    def bounds(self, now: int) -> tuple[int, int]:
        return now - self._width + 1, now + 1

    def stay(self, at: int) -> tuple[int, int]:
        return at, at + self._width


class Fixed:
    """From one instant until before another."""

    def __init__(self, low: int, high: int) -> None:
        self._low, self._high = low, high

    def bounds(self, now: int) -> tuple[int, int]:
        return self._low, min(self._high, now + 1)

    def stay(self, at: int) -> tuple[int, int]:
        return (at, NEVER) if self._low <= at < self._high else (NEVER, NEVER)

    def day(self, day: int, zone: tzinfo) -> tuple[int, int]:
        return self.stay(calendar.start(day, zone))


class Periods:
    """Whole days, weeks, months or years: from `oldest` many before the present one to `newest` many before it."""

    def __init__(self, unit: str, newest: int, oldest: int, zone: tzinfo) -> None:
        self._of, self._first = calendar.UNITS[unit]
        self._newest, self._oldest, self._zone = newest, oldest, zone

    def bounds(self, now: int) -> tuple[int, int]:
        period = self._of(calendar.day(now, self._zone))
        return self._begin(period - self._oldest), self._begin(period - self._newest + 1)

    def stay(self, at: int) -> tuple[int, int]:
        return self.day(calendar.day(at, self._zone), self._zone)

    def day(self, day: int, _zone: tzinfo) -> tuple[int, int]:
        period = self._of(day)
        return self._begin(period + self._newest), self._begin(period + self._oldest + 1)

    def _begin(self, period: int) -> int:
        return calendar.start(self._first(period), self._zone)


Daily = Fixed | Periods
"""Of which days are in it can be told."""


def span(window: Literal["ever"] | windows.Span, zone: tzinfo) -> Always | Back | Daily:
    """`zone` is that of the workspace."""
    if isinstance(window, Rolling):
        return Back(window.milliseconds)
    if isinstance(window, Between):
        bounds = window.between
        return Fixed(_begin(bounds.from_, zone, PAST), _begin(bounds.to, zone, NEVER))
    return Always() if isinstance(window, str) else _periods(window, zone)


def days(window: windows.Span, zone: tzinfo) -> Daily:
    """Of one of whole days."""
    found = span(window, zone)
    if not isinstance(found, Fixed | Periods):
        raise TypeError("it is not of whole days")
    return found


def _periods(window: Days | Weeks | Months | Calendar, zone: tzinfo) -> Periods:
    if isinstance(window, Days):
        return Periods("days", 0, window.days.n - 1, zone)
    if isinstance(window, Weeks):
        return Periods("weeks", 0, window.weeks.n - 1, zone)
    if isinstance(window, Months):
        return Periods("months", 0, window.months.n - 1, zone)
    unit, back = calendar.NAMED[window.calendar]
    return Periods(unit, back, back, zone)


def _begin(bound: str | None, zone: tzinfo, otherwise: int) -> int:
    if bound is None:
        return otherwise
    if windows.is_day(bound):
        return calendar.start(calendar.from_date(date.fromisoformat(bound)), zone)
    return calendar.instant(datetime.fromisoformat(bound))
