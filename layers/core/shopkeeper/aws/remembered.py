"""A value that is read from elsewhere now and then, and outlives the times in which it cannot be read."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

T = TypeVar("T")

_RETRY = timedelta(seconds=15)


class UnreadableError(Exception):
    """Raised by `read`: there was no answer, or none that could be understood."""


class Remembered(Generic[T]):
    """Read again once older than `fresh`; if that fails, the old value serves until it is older than `keep`.

    After a failure nothing is read for 15 seconds: otherwise each customer would wait for the same time-out.
    """

    def __init__(self, read: Callable[[], T], *, fresh: timedelta, keep: timedelta) -> None:
        self._read = read
        self._fresh = fresh
        self._keep = keep
        self._value: T | None = None
        self._good_until = self._next_read = datetime.min.replace(tzinfo=UTC)

    def get(self, now: datetime) -> T | None:
        """None if nothing could be read for longer than `keep`. Lets through what `read` raises but UnreadableError."""
        if now >= self._next_read:
            self._refresh(now)
        return self._value if now < self._good_until else None

    def _refresh(self, now: datetime) -> None:
        try:
            self._value = self._read()
        except UnreadableError:
            self._next_read = now + _RETRY
        else:
            self._good_until = now + self._keep
            self._next_read = now + self._fresh
