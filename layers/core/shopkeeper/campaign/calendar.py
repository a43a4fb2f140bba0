"""On which days a campaign goes out, and at which instants that is. Pure.

A schedule speaks of the wall clock, as people do: every Monday at nine. A time that comes twice in an autumn night is
the first one, as something starts; one that a spring night leaves out comes as much later.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from shopkeeper import zones
from shopkeeper.customer.recurring import FIRST_ZONE, LAST_ZONE, LEAD, Recurring

_DAY = timedelta(days=1)


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
