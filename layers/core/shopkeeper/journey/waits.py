"""Until when a wait lasts: instants in milliseconds since 1970, and the wall clocks they are told by. Pure.

Of a time that comes twice in a night the first one counts, but for the end of a window, which takes the last; a time
that a spring night leaves out comes as much later.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from shopkeeper import zones
from shopkeeper.customer.instants import ms_of
from shopkeeper.journey.untils import At, Local, OfTrait, Span, Window
from shopkeeper.segment import calendar

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WEEK = 8
"""Days in which a window of a weekday comes round, and one more for what has begun yesterday."""


def after(at: int, span: Span, zone: tzinfo, *, before: bool = False) -> int:
    """So long after an instant, or before it. A month later is the last day where that month is shorter."""
    sign = -1 if before else 1
    if span.months or span.days:
        local = _moment(at).astimezone(zone)
        day = calendar.shifted(calendar.from_date(local.date()), 0, sign * span.months, sign * span.days)
        at = instant(calendar.to_date(day), local.time(), zone)
    return at + sign * span.seconds * 1000


def instant(day: date, wall: time, zone: tzinfo) -> int:
    """When it is that time there on that day."""
    return ms_of(zones.instant(datetime.combine(day, wall), zone))


def local(text: str, zone: tzinfo) -> int:
    """Of `2025-11-24T09:00`."""
    wall = datetime.fromisoformat(text)
    return instant(wall.date(), wall.time(), zone)


def of_trait(until: OfTrait, held: int | date, zone: tzinfo) -> int:
    """`held` is an instant, or a day that has no time of its own."""
    told = held if isinstance(held, int) else instant(held, time.fromisoformat(until.time), zone)
    return after(told, until.span, zone, before=until.before)


def opens(window: Window, at: int, zone: tzinfo) -> int:
    """The first instant in it, `at` or later."""
    today = _moment(at).astimezone(zone).date()
    for ahead in range(-1, _WEEK + 1):
        day = today + timedelta(days=ahead)
        start, end = _open(window, day, zone)
        if (not window.days or day.isoweekday() in window.days) and max(start, at) < end:
            return max(start, at)
    return at  # A window that is never open keeps nobody.


def _open(window: Window, day: date, zone: tzinfo) -> tuple[int, int]:
    start, end = zones.span(day, time.fromisoformat(window.from_), time.fromisoformat(window.to), zone)
    return ms_of(start), ms_of(end)


def fixed(until: At | Local | Window, at: int, zone: tzinfo) -> int:
    """Of what nothing of the run is asked for but when it came."""
    if isinstance(until, At):
        return until.instant
    return local(until.time, zone) if isinstance(until, Local) else opens(until, at, zone)


def _moment(ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=ms)
