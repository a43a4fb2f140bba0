"""Recurring schedules of EventBridge. After a jump of the clock each fires once, however often its time has passed."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from local.emulator.account import ACCOUNT, REGION
from local.pumps.timetable import Timetable


@dataclass(slots=True)
class Schedule:
    """`deliver` takes the event of each firing, or in its place the constant input of a target."""

    arn: str
    timetable: Timetable
    deliver: Callable[[dict[str, Any]], None]
    next: float = 0.0


class Schedules:
    """Their next firings are no reason to move the clock, or it would never come past the next minute."""

    def __init__(self) -> None:
        self._schedules: list[Schedule] = []

    def add(self, schedule: Schedule) -> None:
        schedule.next = schedule.timetable.after(time.time())
        self._schedules.append(schedule)

    def step(self) -> bool:
        now = time.time()
        due = [schedule for schedule in self._schedules if schedule.next <= now]
        for schedule in due:
            schedule.deliver(_event(schedule, now))
            schedule.next = schedule.timetable.after(now)
        return bool(due)

    def next_due(self) -> float | None:
        return None

    def first_at_or_after(self, instant: float) -> float:
        """When a schedule first fires that has not fired yet; the instant itself if there is no schedule."""
        firings = [max(each.next, each.timetable.after(instant - 0.001)) for each in self._schedules]
        return min(firings, default=instant)


def _event(schedule: Schedule, now: float) -> dict[str, Any]:
    said = f"{datetime.fromtimestamp(now, UTC):%Y-%m-%dT%H:%M:%SZ}"
    return {
        "version": "0",
        "id": str(uuid5(NAMESPACE_URL, f"{schedule.arn}/{said}")),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": said,
        "region": REGION,
        "resources": [schedule.arn],
        "detail": {},
    }
