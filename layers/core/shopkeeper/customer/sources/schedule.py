"""When a source is asked next."""

from datetime import date, datetime, time, timedelta, tzinfo

from shopkeeper import zones
from shopkeeper.customer.importing import cells
from shopkeeper.customer.sources.definition import Schedule


def following(schedule: Schedule, after: datetime) -> datetime:
    """The first instant after `after`. A local time that occurs twice is the first; one left out moves forward."""
    zone = cells.zone(schedule.zone)
    today = after.astimezone(zone).date()
    days = (today + timedelta(days=distance) for distance in (-1, 0, 1, 2))
    return min(instant for day in days for instant in _on(day, schedule, zone) if instant > after)


def _on(day: date, schedule: Schedule, zone: tzinfo) -> list[datetime]:
    first = datetime.combine(day, time.fromisoformat(schedule.at))
    hours = range(0, 24, schedule.every_hours)
    return [zones.instant(first + timedelta(hours=each), zone) for each in hours]
