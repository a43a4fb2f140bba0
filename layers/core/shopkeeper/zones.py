"""Zones by their IANA names, and the days they count in. A day is the number of days since 1970-01-01."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = _EPOCH.toordinal()
_DAY_MS = 86_400_000
_HOUR_MS = 3_600_000


class UnknownZone(ValueError):
    """No IANA name of a zone, such as Europe/Berlin."""


@cache
def zone(name: str) -> tzinfo:
    """Raises UnknownZone."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownZone(f"{name!r} is no time zone") from None


def instant(wall: datetime, of: tzinfo) -> datetime:
    """Of a time of the wall clock there. One that comes twice is the first; one that is left out comes as much
    later."""
    return wall.replace(tzinfo=of, fold=0).astimezone(UTC)


def last_instant(wall: datetime, of: tzinfo) -> datetime:
    """The same of what ends: one that comes twice is the second. Of one that is left out Python's second one would be
    the earlier."""
    return max(wall.replace(tzinfo=of, fold=fold).astimezone(UTC) for fold in (0, 1))


def span(day: date, begins: time, ends: time, of: tzinfo) -> tuple[datetime, datetime]:
    """From one time of that day's wall clock to another, which is the next day's unless it is later: so no instant
    of an hour that comes twice is outside."""
    last = day if begins < ends else day + timedelta(days=1)
    return instant(datetime.combine(day, begins), of), last_instant(datetime.combine(last, ends), of)


def hour(ms: int, of: tzinfo) -> int:
    """The hour of the day, 0 to 23, that it is in that zone at an instant in milliseconds since 1970."""
    try:
        return (_EPOCH + timedelta(milliseconds=ms)).astimezone(of).hour
    except OverflowError:  # As for days.
        return ms % _DAY_MS // _HOUR_MS


def day(ms: int, of: tzinfo) -> int:
    """The day in that zone on which the instant falls, given in milliseconds since 1970."""
    if of is UTC:
        return ms // _DAY_MS
    try:
        return (_EPOCH + timedelta(milliseconds=ms)).astimezone(of).toordinal() - _EPOCH_ORDINAL
    except OverflowError:  # The first hours of the year 1 and the last of 9999 fall out of the calendar elsewhere.
        return ms // _DAY_MS
