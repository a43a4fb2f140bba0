"""What the clock does about a source that is due: it has somebody look after it."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from shopkeeper.clock import Clock


class States(Protocol):
    def wake(self, source_id: str, now: datetime) -> bool:
        """Whether it is due; then it is not due again for a while, in which whoever was woken should have come."""


class Queue(Protocol):
    def send(self, messages: Sequence[bytes]) -> None: ...


def message(source_id: str) -> bytes:
    return json.dumps({"source": source_id}).encode()


class Waker:
    def __init__(self, states: States, queue: Queue, now: Clock) -> None:
        self._states, self._queue, self._clock = states, queue, now

    def visit(self, source_id: str) -> None:
        if self._states.wake(source_id, self._clock.now()):
            self._queue.send([message(source_id)])
