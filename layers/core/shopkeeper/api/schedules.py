"""When a campaign goes out, as people state it, and at which times that will be."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from itertools import chain, islice
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema
from typing_extensions import TypedDict

from shopkeeper import clock
from shopkeeper.api.calls import Call
from shopkeeper.api.launches import instant
from shopkeeper.aws.definitions import Version
from shopkeeper.campaign import by_hand, calendar, occurrences, terms
from shopkeeper.campaign.launch import Launch, is_too_late
from shopkeeper.campaign.pinning import FURTHEST
from shopkeeper.customer import recurring
from shopkeeper.customer.recurring import Weekday
from shopkeeper.customer.requests import Day, MonthDay, Strict, Time

MOST_SHOWN = 5
_WALL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_HOW = {
    True: "is a time of each recipient's own clock, without an offset, such as 2026-12-01T09:00",
    False: "is an instant with its offset from UTC, such as 2026-11-21T09:30:00+01:00",
}


class Recurring(Strict):
    """Every so many days, weeks or months at a time of the clock in the zone of the workspace: weekly on `weekdays`,
    monthly on `days`, of which `last` is the last one, and `last mon` the last Monday. A month that has not the day is
    left out.

    It begins with the day `from` and ends with the day `until`, or with the `count`th time; a time that was called off
    counts as well.
    """

    frequency: Literal["daily", "weekly", "monthly"]
    at: Time
    every: Annotated[int, Field(ge=1, le=99)] | None = None
    weekdays: Annotated[tuple[Weekday, ...], Field(max_length=7)] | None = None
    days: Annotated[tuple[MonthDay, ...], Field(max_length=31)] | None = None
    from_: Annotated[Day | None, Field(alias="from")] = None
    until: Day | None = None
    count: Annotated[int, Field(ge=1, le=1000)] | None = None


def _instant_or_wall(text: str) -> str:
    return text if _WALL.fullmatch(text) and _exists(text) else instant(text)


def _exists(wall: str) -> bool:
    try:
        return bool(calendar.from_text(wall))
    except ValueError:
        return False


At = Annotated[
    str,
    AfterValidator(_instant_or_wall),
    WithJsonSchema({"type": "string", "examples": ["2026-11-21T09:30:00+01:00", "2026-12-01T09:00"]}),
]


class Schedule(Strict):
    """Either once `at` an instant, or `recurring`. With `local` each recipient gets it at that time of their own clock,
    and `at` has no offset, such as 2026-12-01T09:00. Of whom no zone is known the zone of the workspace counts."""

    at: At | None = None
    recurring: Recurring | None = None
    local: bool | None = None


class NextView(TypedDict):
    """A time to come, and the `occurrence` that will go out then; `at` where the workspace is, if it goes out at the
    recipients' own time."""

    occurrence: str
    at: str


def faults(schedule: Schedule | None, now: datetime) -> Iterator[tuple[str, str]]:
    if schedule is None:
        return
    if (schedule.at is None) == (schedule.recurring is None):
        yield "schedule", "has either at or recurring"
    elif schedule.at and bool(schedule.local) != bool(_WALL.fullmatch(schedule.at)):
        yield "schedule.at", _HOW[bool(schedule.local)]
    elif schedule.recurring:
        yield from ((f"schedule.recurring.{field}", why) for field, why in _sense(schedule.recurring, now))


def _sense(said: Recurring, now: datetime) -> Iterator[tuple[str, str]]:
    yield from recurring.faults(recurring.of(said))
    if said.from_ and said.from_ > clock.day(now + FURTHEST):
        yield "from", "is more than a year ahead"


def coming(call: Call, version: Version, launch: Launch | None) -> list[NextView]:
    """The next times at which a campaign goes out that recurs: as launched, or else as its newest version says."""
    if launch and launch.pins.recurs and not by_hand.came_to_nothing(launch):
        schedule = launch.pins.schedule
        first = [calendar.from_text(launch.wall_at)]
        walls = chain(first, occurrences.coming(launch, clock.from_text(launch.run_at)))
    else:
        schedule = terms.schedule(json.loads(version.content), call.aws.zone)
        walls = chain(schedule.walls(call.now))
    return [
        {"occurrence": occurrences.name(version.id, wall), "at": clock.to_text(schedule.here_at(wall))}
        for wall in islice(walls, MOST_SHOWN)
    ]


def over(version: Version, launch: Launch | None, call: Call) -> tuple[str, str] | None:
    """The field of a schedule all of whose times have passed, and what to do about it."""
    said = json.loads(version.content).get("schedule", {})
    if (launch and not by_hand.came_to_nothing(launch)) or not said:
        return None
    if "recurring" in said:
        is_over = not coming(call, version, None)
        return ("schedule.recurring", "has no time that is to come: it cannot be launched") if is_over else None
    wall = terms.schedule(said and {"schedule": said}, call.aws.zone)
    last = wall.last_at(calendar.from_text(said["at"])) if wall.local else clock.from_text(said["at"])
    if not is_too_late(last, call.now):
        return None
    return "schedule.at", f"{said['at']} has passed: to launch it, name another instant there or as `at`"
