"""Windows in words, and why what happened comes into them or falls out of them."""

from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from typing import Literal, NamedTuple

from shopkeeper.customer.instants import ms_of
from shopkeeper.segment import calendar
from shopkeeper.segment.explaining import wording
from shopkeeper.segment.leaves import windows
from shopkeeper.segment.leaves.windows import Between, Calendar, Days, Months, Rolling, Weeks

_DAY = 86_400
Window = Literal["ever"] | windows.Span


class Stay(NamedTuple):
    """Something that is in a window from the one instant until before the other."""

    what: str
    enter: int
    leave: int
    is_several: bool = False


def noun(window: Window, zone: tzinfo) -> str:
    """The last 90 days, this week, the time from 1 until before 8 March 2026; empty for ever."""
    if isinstance(window, str):
        return ""
    if isinstance(window, Rolling):
        return _until_now(window.rolling.seconds)
    if isinstance(window, Between):
        return _between(window, zone)
    return window.calendar.replace("_", " ") if isinstance(window, Calendar) else _so_many(window)


def _until_now(seconds: int) -> str:
    """The last hour, the last 36 hours; but the 90 days until now, as the last 90 days are those of the calendar."""
    if seconds % _DAY == 0 and seconds != _DAY:
        return f"the {wording.lasting(seconds)} until now"
    return f"the last {wording.lasting(seconds).removeprefix('1 ')}"


def _so_many(window: Days | Weeks | Months) -> str:
    if isinstance(window, Days):
        return "today" if window.days.n == 1 else f"the last {window.days.n} days"
    name, n = ("week", window.weeks.n) if isinstance(window, Weeks) else ("month", window.months.n)
    return f"this {name}" + ("" if n == 1 else f" and the {'one' if n == 2 else n - 1} before it")


def _between(window: Between, zone: tzinfo) -> str:
    first, end = window.between.from_, window.between.to
    if first is None:
        return f"the time before {_bound(end or '', zone)}"
    since = f"the time from {_bound(first, zone)}"
    return f"{since} until before {_bound(end, zone)}" if end else f"{since} on"


def _bound(bound: str, zone: tzinfo) -> str:
    if windows.is_day(bound):
        return wording.day(calendar.from_date(date.fromisoformat(bound)))
    return wording.moment(ms_of(datetime.fromisoformat(bound)), zone)


def within(window: Window, zone: tzinfo) -> str:
    """With a blank in front: " in the last 90 days"; empty for ever."""
    named = noun(window, zone)
    return (" in " if named.startswith("the ") else " ") * bool(named) + named


def dated(ms: int, window: Window, zone: tzinfo) -> str:
    """The day on which it happened, with the time of day where the window is shorter than a day."""
    is_short = isinstance(window, Rolling) and window.rolling.seconds < _DAY
    return wording.moment(ms, zone) if is_short else wording.day_of(ms, zone)


def why(stays: Iterable[Stay], at: int, window: Window, zone: tzinfo) -> str:
    """What happened to the window at that instant; empty where nothing did."""
    return moved(stays, at, noun(window, zone) or "what has happened")


def moved(stays: Iterable[Stay], at: int, into: str) -> str:
    real = [each for each in stays if each.enter < each.leave]
    left, came = [each for each in real if each.leave == at], [each for each in real if each.enter == at]
    told = [_moved(left, "fall", f"out of {into}"), _moved(came, "come", f"into {into}")]
    return ", and ".join(filter(None, told))


def _moved(found: list[Stay], verb: str, where: str) -> str:
    if not found:
        return ""
    ending = "" if len(found) > 1 or found[0].is_several else "s"
    return f"{wording.listed(each.what for each in found)} {verb}{ending} {where}"
