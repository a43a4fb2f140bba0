"""The one place where the time of day is read, and how instants are written.

Every instant is UTC. As text it has a fixed width, `2026-11-21T09:30:00.250Z`, so that text sorts as time does.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime


class Clock:
    """Where a handler takes the time from; `seconds` counts seconds since 1970 in UTC."""

    def __init__(self, seconds: Callable[[], float] = time.time) -> None:
        self._seconds = seconds

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._seconds(), UTC)


def day(instant: datetime) -> str:
    """In UTC, e.g. 2026-11-21."""
    return to_text(instant)[:10]


def to_text(instant: datetime) -> str:
    """Cut to the millisecond. Raises ValueError for an instant without a zone: it would not name one moment."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def from_text(text: str) -> datetime:
    """Read any ISO 8601 instant that carries its offset. Raises ValueError for anything else."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} names no time zone")
    return instant if instant.tzinfo is UTC else instant.astimezone(UTC)
