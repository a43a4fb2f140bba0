"""A campaign that goes out again and again: each time is a launch of its own, named by its time of the wall clock.

The launch that says so, the series, waits for its next time as others wait for theirs, and never goes out itself. When
it is due, the occurrence is put down first, if it is not there, and then the series moves on to its next time: whoever
dies in between does both again. The occurrence begins when it is woken, and looks at its series then: so whoever calls
off or pauses all reaches also one that is put down in the same moment. Of several times that passed unseen the last one
alone counts: nobody wants a week's mail in one night. Pure.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice, takewhile

from msgspec import structs

from shopkeeper import clock
from shopkeeper.campaign import by_hand, calendar
from shopkeeper.campaign import launch as launches
from shopkeeper.campaign.launch import Launch

MOST_PAST = 100
_LOOKS_AGAIN = timedelta(minutes=15)
_JUST_BEFORE = timedelta(milliseconds=1)


def name(campaign: str, wall: datetime) -> str:
    """The same whenever one asks, and of no other launch of any campaign."""
    return f"{campaign}-{wall:%y%m%d%H%M}"


def is_due(launch: Launch, now: datetime) -> bool:
    """A series, or an occurrence that is put down."""
    waits = launch.state == "scheduled" and not launch.paused_at and bool(launch.due_at)
    return waits and launch.due_at <= clock.to_text(now)


def begun(series: Launch, now: datetime) -> Launch:
    """The occurrence that it is time for, which is due at once."""
    wall = _newest(series, now)
    schedule = structs.replace(series.pins.schedule, recurring=None)
    pins, run_at = replace(series.pins, schedule=schedule, needs_approval=False), schedule.begins_at(wall)
    planned = by_hand.planned(series.campaign, pins, run_at, now, wall_at=calendar.to_text(wall), by=series.launched_by)
    return replace(
        planned,
        id=name(series.campaign, wall),
        series=series.id,
        state="scheduled",
        due_at=clock.to_text(now),
        approved_by=series.approved_by,
    )


def _newest(series: Launch, now: datetime) -> datetime:
    since = clock.from_text(series.run_at)
    begins_at = series.pins.schedule.begins_at
    passed = takewhile(lambda each: begins_at(each) <= now, coming(series, since - _JUST_BEFORE))
    *_, wall = (calendar.from_text(series.wall_at), *passed)
    return wall


def moved_on(series: Launch, now: datetime) -> Launch:
    """Behind what has begun: to its next time, or to its end."""
    past = (name(series.campaign, _newest(series, now)), *series.past)[:MOST_PAST]
    return _waiting(replace(series, past=past), now)


def _waiting(series: Launch, now: datetime) -> Launch:
    """For the first of its times behind now that was not called off."""
    wall = next(coming(series, now), None)
    if wall is None:
        return launches.ended(series, "done", now)
    run_at = series.pins.schedule.begins_at(wall)
    return launches.due(replace(series, wall_at=calendar.to_text(wall), run_at=clock.to_text(run_at)), run_at)


def coming(series: Launch, after: datetime) -> Iterator[datetime]:
    """Its times of the wall clock that begin behind an instant, and were not called off."""
    walls = series.pins.schedule.walls(after)
    return (wall for wall in walls if name(series.campaign, wall) not in series.called_off)


def without(series: Launch, occurrence: str, now: datetime) -> Launch | None:
    """With one of its coming times called off; None if it has none of that name in the next year."""
    since = max(now, clock.from_text(series.run_at) - _JUST_BEFORE)
    if series.state not in ("scheduled", "awaiting_approval") or not _is_coming(series, occurrence, since):
        return None
    less = replace(series, called_off=(occurrence, *series.called_off)[:MOST_PAST])
    if name(series.campaign, calendar.from_text(series.wall_at)) != occurrence:
        return replace(less, revision=series.revision + 1)
    moved = _waiting(less, now)
    return moved if series.due_at else replace(moved, due_at="")


def _is_coming(series: Launch, occurrence: str, since: datetime) -> bool:
    soon = islice(coming(series, since), 366)
    return any(name(series.campaign, wall) == occurrence for wall in soon)


def checked(occurrence: Launch, series: Launch | None, now: datetime) -> Launch:
    """One that is put down and due: it begins, unless somebody has called it off or paused the series meanwhile."""
    if series and (series.state == "cancelled" or occurrence.id in series.called_off):
        return by_hand.cancelled(occurrence, now)
    if series and series.paused_at:
        return launches.due(occurrence, now + _LOOKS_AGAIN)
    return launches.on_time(replace(occurrence, due_at=occurrence.run_at), now)
