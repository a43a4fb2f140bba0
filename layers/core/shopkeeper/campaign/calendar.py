"""On which days a campaign goes out, and at which instants that is. Pure.

A schedule speaks of the wall clock, as people do: every Monday at nine. A time that comes twice in an autumn night is
the first one, as something starts; one that a spring night leaves out comes as much later. In a month that has not the
day nothing goes out.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import count, islice, takewhile
from typing import Literal

import msgspec

from shopkeeper import zones

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Where a day begins first, and where it ends last.
FIRST_ZONE, LAST_ZONE = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
# So long before the first of its recipients' hours an audience is frozen.
LEAD = timedelta(hours=1)
# The 29th of February comes again within eight years.
_FURTHEST = timedelta(days=366 * 9)
_DAY = timedelta(days=1)


class Recurring(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"from_": "from"}):
    """Every so many days, weeks or months from the day `from_` on, at `at`; weekly on `weekdays`, monthly on `days`, of
    which "last" is whichever that is. It ends with the day `until`, or with the `count`th time."""

    frequency: Literal["daily", "weekly", "monthly"]
    at: str
    every: int = 1
    weekdays: tuple[Weekday, ...] = ()
    days: tuple[int | Literal["last"], ...] = ()
    from_: str = ""
    until: str = ""
    count: int = 0

    def walls(self, after: date) -> Iterator[datetime]:
        """Times of the wall clock from that day on, which have no zone; none where the next one is years away."""
        begins = date.fromisoformat(self.from_) if self.from_ else after
        furthest = max(begins, after) + _FURTHEST
        ends = min(date.fromisoformat(self.until), furthest) if self.until else furthest
        found = takewhile(lambda day: day <= ends, (day for day in self._days(begins, ends) if day >= begins))
        for day in islice(found, self.count or None):
            if day >= after:
                yield datetime.combine(day, time.fromisoformat(self.at))

    def _days(self, begins: date, ends: date) -> Iterator[date]:
        if self.frequency == "monthly":
            return self._of_months(begins, ends)
        if self.frequency == "weekly":
            return self._of_weeks(begins)
        return (begins + _DAY * (self.every * number) for number in count())

    def _of_weeks(self, begins: date) -> Iterator[date]:
        """Weeks begin on Mondays."""
        monday = begins - _DAY * begins.weekday()
        numbers = sorted(map(WEEKDAYS.index, self.weekdays))
        for week in count(0, self.every):
            yield from (monday + _DAY * (7 * week + number) for number in numbers)

    def _of_months(self, begins: date, ends: date) -> Iterator[date]:
        for number in count(begins.year * 12 + begins.month - 1, self.every):
            first = date(number // 12, number % 12 + 1, 1)
            if first > ends:
                break
            last = (first + 31 * _DAY).replace(day=1) - _DAY
            numbers = {last.day if each == "last" else each for each in self.days}
            yield from (first.replace(day=each) for each in sorted(numbers) if each <= last.day)


class Schedule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`zone` is the workspace's. With `local` each recipient gets it at that time of their own clock. Without
    `recurring` it is once."""

    zone: str = "UTC"
    recurring: Recurring | None = None
    local: bool = False

    def begins_at(self, wall: datetime) -> datetime:
        """Of a launch; before the first of the recipients' hours, where they have hours of their own."""
        return zones.instant(wall, FIRST_ZONE) - LEAD if self.local else self.here_at(wall)

    def here_at(self, wall: datetime) -> datetime:
        """Where the workspace is."""
        return zones.instant(wall, zones.zone(self.zone))

    def last_at(self, wall: datetime) -> datetime:
        """When its hour has come for the last of its recipients."""
        return zones.instant(wall, LAST_ZONE) if self.local else self.here_at(wall)

    def walls(self, after: datetime) -> Iterator[datetime]:
        """Those that begin behind an instant, in order."""
        since = (after + (LEAD if self.local else timedelta())).astimezone(UTC).date() - _DAY
        walls = self.recurring.walls(since) if self.recurring else iter(())
        return (wall for wall in walls if self.begins_at(wall) > after)


ONCE = Schedule()
"""Of what goes out at an instant."""


def to_text(wall: datetime) -> str:
    return wall.strftime("%Y-%m-%dT%H:%M")


def from_text(text: str) -> datetime:
    return datetime.fromisoformat(text)
