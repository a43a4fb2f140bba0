"""When a journey may speak to somebody, by the hours that it keeps on the customer's own clock. Pure."""

from datetime import datetime, time, timedelta, tzinfo

from shopkeeper import zones
from shopkeeper.journey.graph import Hours, Terms

FURTHEST = timedelta(days=15)
"""Hours that leave no instant free in as long leave none at all."""
_DAY = timedelta(days=1)


def free_from(terms: Terms, zone: tzinfo, now: datetime) -> datetime | None:
    """The first instant from now on that is not quiet, on no closed day, and in open hours where there are any; None if
    there is none."""
    at = now
    while at - now <= FURTHEST:
        until = _closed(terms, zone, at) or _quiet(terms, zone, at) or _opens(terms, zone, at)
        if until is None:
            return at
        at = until
    return None


def _closed(terms: Terms, zone: tzinfo, at: datetime) -> datetime | None:
    """The end of that day."""
    day = at.astimezone(zone).date()
    return zones.span(day, time.min, time.min, zone)[1] if day.isoformat() in terms.closed else None


def _quiet(terms: Terms, zone: tzinfo, at: datetime) -> datetime | None:
    spans = (span for each in terms.quiet for span in _spans(each, zone, at))
    return max((end for start, end in spans if start <= at < end), default=None)


def _opens(terms: Terms, zone: tzinfo, at: datetime) -> datetime | None:
    """When it opens next; None where it is open, or always is."""
    if not terms.open:
        return None
    spans = [span for each in terms.open for span in _spans(each, zone, at)]
    if any(start <= at < end for start, end in spans):
        return None
    return min((start for start, _ in spans if start > at), default=at + FURTHEST + _DAY)


def _spans(hours: Hours, zone: tzinfo, at: datetime) -> list[tuple[datetime, datetime]]:
    """Those that begin from yesterday to a week from now."""
    begins, ends = time.fromisoformat(hours.from_), time.fromisoformat(hours.to)
    today = at.astimezone(zone).date()
    days = (today + _DAY * ahead for ahead in range(-1, 8))
    return [zones.span(day, begins, ends, zone) for day in days if not hours.days or day.isoweekday() in hours.days]
