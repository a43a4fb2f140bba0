"""Settles by itself, so that somebody who looks sees what became of their request."""

import sys
import time
import traceback
from collections.abc import Callable
from threading import Condition, Thread

from local.steps import Steps
from local.turns import Turns
from local.world import World

_LONGEST_NAP_S = 1.0


class Worker:
    """Works step by step, and lets whoever asks for a turn go in between."""

    def __init__(self, turns: Turns, steps: Steps, world: Callable[[], World]) -> None:
        self._turns = turns
        self._steps = steps
        self._world = world
        self._changed = Condition()
        self._woken = False
        self._closing = False
        self._thread = Thread(target=self._run, name="local-worker", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        with self._changed:
            self._woken = True
            self._changed.notify()

    def close(self) -> None:
        """Finishes the step it is at."""
        self._closing = True
        self.wake()
        self._thread.join()

    def _run(self) -> None:
        while not self._closing:
            try:
                busy = self._steps.step()
            except Exception:  # A fault of the stack itself: shown, and the next request may still be served.
                traceback.print_exc(file=sys.stderr)
                busy = False
            if not busy:
                self._nap()

    def _nap(self) -> None:
        """Until somebody asks for something, or until what waits may be due."""
        with self._turns:
            due = self._world().next_due()
        left = due.timestamp() - time.time() if due else _LONGEST_NAP_S
        with self._changed:
            self._changed.wait_for(lambda: self._woken, timeout=max(0.0, min(left, _LONGEST_NAP_S)))
            self._woken = False
