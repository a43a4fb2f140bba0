"""The time of the whole process, which starts at the real one, runs on, and can be moved forward."""

import time
from datetime import UTC, datetime, timedelta

import time_machine


class ClockError(ValueError):
    """The clock was asked to go backwards."""


class VirtualClock:
    """Moves `time.time()` and with it everything that asks for the time: handlers, moto, signatures, tokens.

    `time.monotonic()` and sleeping stay real, so time-outs between threads keep their length.
    """

    def __init__(self) -> None:
        self._travel = time_machine.travel(time.time(), tick=True)
        self._traveller = self._travel.start()

    def now(self) -> datetime:
        return datetime.fromtimestamp(time.time(), UTC)

    def advance(self, by: timedelta) -> None:
        """Raises ClockError."""
        if by < timedelta(0):
            raise ClockError(f"the clock cannot go back by {-by}")
        self._traveller.shift(by)

    def move_to(self, instant: datetime) -> None:
        """Raises ClockError."""
        if instant < self.now():
            raise ClockError(f"the clock cannot go back to {instant.isoformat()}; it is {self.now().isoformat()}")
        self._traveller.move_to(instant.timestamp(), tick=True)

    def close(self) -> None:
        """The real time again."""
        self._travel.stop()
