"""Windows as they are at work: which instants are in them now, since when each is, and until when."""

from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from shopkeeper.customer.instants import ms_of
from shopkeeper.segment import calendar
from shopkeeper.segment.calendar import NEVER, PAST
from shopkeeper.segment.leaves import windows
from shopkeeper.segment.leaves.windows import Between, Calendar, Days, Months, Rolling, Weeks

if TYPE_CHECKING:
    from shopkeeper.segment.writing import Writer

_ENDLESS = 10**9  # days
_MOST_DAYS = 4096  # that a window remembers


class Span(Protocol):
    """Instants are in milliseconds since 1970. What comes in later never leaves earlier."""

    def bounds(self, now: int) -> tuple[int, int]:
        """What happened from the one until before the other is in it now."""

    def stay(self, at: int) -> tuple[int, int]:
        """From when until before when it is in it that happened at this instant; twice NEVER if it never is."""


class Source(NamedTuple):
    """How a function asks for the window: whether what happened at {0}, not ahead of the clock, is in it, and until
    when it stays."""

    is_in: str
    leaves: str


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

    def written(self, _w: "Writer") -> Source:
        return Source(f"{{0}} > now - {self._width}", f"{{0}} + {self._width}")


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

    def written(self, _w: "Writer") -> Source:
        """Of one without an end."""
        return Source(f"{{0}} >= {self._low}", "NEVER")

    is_since = True
    """For days, which never leave it."""

    def days(self, zone: tzinfo) -> tuple[int, int]:
        """From which day to before which, of one of whole days."""
        low = -_ENDLESS if self._low == PAST else calendar.day(self._low, zone)
        return low, _ENDLESS if self._high == NEVER else calendar.day(self._high, zone)


class Periods:
    """Whole days, weeks, months or years: from `oldest` many before the present one to `newest` many before it."""

    def __init__(self, unit: str, newest: int, oldest: int, zone: tzinfo) -> None:
        self._name = f"{unit} {newest} {oldest}"
        self._of, self._first = calendar.UNITS[unit]
        self._newest, self._oldest, self._zone = newest, oldest, zone
        self._days: dict[int, tuple[int, int]] = {}

    def bounds(self, now: int) -> tuple[int, int]:
        period = self._of(calendar.day(now, self._zone))
        return self._begin(period - self._oldest), self._begin(period - self._newest + 1)

    def stay(self, at: int) -> tuple[int, int]:
        return self.day(calendar.day(at, self._zone), self._zone)

    def day(self, day: int, _zone: tzinfo) -> tuple[int, int]:
        found = self._days.get(day)
        if found is None:
            if len(self._days) > _MOST_DAYS:
                self._days.clear()
            period = self._of(day)
            found = self._days[day] = self._begin(period + self._newest), self._end(period)
        return found

    def stays(self, first: int, last: int) -> list[tuple[int, int]]:
        """Of each period from that of one day to that of another: when it begins, and until when it is in it."""
        return [(self._begin(each), self._end(each)) for each in range(self._of(first), self._of(last) + 1)]

    @property
    def is_since(self) -> bool:
        """It reaches until now."""
        return self._newest == 0

    def written(self, w: "Writer") -> Source:
        """Of one that reaches until now."""
        began = w.daily(f"began {self._name}", lambda now: [self._begin(each) for each in self._lasting(now)])
        ends = w.daily(f"ends {self._name}", lambda now: [NEVER, *(self._end(each) for each in self._lasting(now))])
        return Source(f"{{0}} >= {began}[0]", f"{ends}[right({began}, {{0}})]")

    def days(self, w: "Writer") -> tuple[str, str]:
        """Of one that reaches until now, the names of its first day, and of a list: until when each from that day on
        stays in it, today being the last."""
        oldest = w.daily(f"oldest {self._name}", self._oldest_day)
        ends = w.daily(f"ends of days {self._name}", self._ends_of_days)
        return oldest, ends

    def periods(self, w: "Writer") -> tuple[str, str]:
        """The same of periods."""
        oldest = w.daily(f"oldest of {self._name}", lambda now: self._lasting(now)[0])
        return oldest, w.daily(f"ends of {self._name}", lambda now: [self._end(each) for each in self._lasting(now)])

    def _oldest_day(self, now: int) -> int:
        return self._first(self._lasting(now)[0])

    def _ends_of_days(self, now: int) -> list[int]:
        days = range(self._oldest_day(now), calendar.day(now, self._zone) + 1)
        return [self._end(self._of(day)) for day in days]

    def _lasting(self, now: int) -> range:
        period = self._of(calendar.day(now, self._zone))
        return range(period - self._oldest, period + 1)

    def _begin(self, period: int) -> int:
        return calendar.start(self._first(period), self._zone)

    def _end(self, period: int) -> int:
        return self._begin(period + self._oldest + 1)


Daily = Fixed | Periods
"""Of which days are in it can be told."""


def span(window: Literal["ever"] | windows.Span, zone: tzinfo) -> Always | Back | Daily:
    """`zone` is that of the workspace."""
    return Always() if isinstance(window, str) else reaching(window, zone)


def reaching(window: windows.Span, zone: tzinfo) -> Back | Daily:
    """Of one that begins some time."""
    if isinstance(window, Rolling):
        return Back(window.milliseconds)
    if isinstance(window, Between):
        bounds = window.between
        return Fixed(_begin(bounds.from_, zone, PAST), _begin(bounds.to, zone, NEVER))
    return _periods(window, zone)


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
    return ms_of(datetime.fromisoformat(bound))
