"""Who may run handlers: one thread at a time, in the order they asked."""

from collections import deque
from threading import Condition, get_ident
from typing import Self


class Turns:
    """A lock that the thread holding it may take again, and that is fair: nobody waits for the same one twice.

    Python's own RLock may be taken again and again by the thread that settles, while requests wait.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: deque[object] = deque()
        self._holder: int | None = None
        self._depth = 0

    def __enter__(self) -> Self:
        with self._changed:
            if self._holder != get_ident():
                self._wait()
            self._depth += 1
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._depth -= 1
            if self._depth == 0:
                self._holder = None
                self._changed.notify_all()

    def _wait(self) -> None:
        ticket = object()
        self._waiting.append(ticket)
        self._changed.wait_for(lambda: self._holder is None and self._waiting[0] is ticket)
        self._waiting.popleft()
        self._holder = get_ident()
