"""What handlers print, kept for tests, and shown where something failed."""

import io
import sys
from collections import deque
from threading import get_ident
from typing import TextIO

_KEPT_LINES = 10_000


class Logbook:
    """`echo` gets every line, if given; without it, only failures are shown, on standard error."""

    def __init__(self, echo: TextIO | None = None) -> None:
        self._echo = echo
        self._lines: deque[tuple[str, str]] = deque(maxlen=_KEPT_LINES)
        self._streams: dict[str, _Stream] = {}

    def stream(self, function: str) -> "_Stream":
        """Where standard output of this thread goes from now on, as that of the function.

        It is the same one each time, as loggers hold on to it.
        """
        stream = self._streams.setdefault(function, _Stream(self, function))
        stream.thread, stream.outside = get_ident(), sys.stdout
        return stream

    def lines(self, function: str | None = None) -> list[str]:
        return [line for name, line in self._lines if function in (None, name)]

    def add(self, function: str, line: str) -> None:
        self._lines.append((function, line))
        if self._echo:
            print(f"{function}: {line}", file=self._echo, flush=True)

    def failed(self, function: str, trace: str) -> None:
        self._lines.append((function, trace))
        print(f"{function} failed:\n{trace}", file=self._echo or sys.stderr, flush=True)


class _Stream(io.TextIOBase):
    def __init__(self, logbook: Logbook, function: str) -> None:
        self._logbook = logbook
        self._function = function
        self._rest = ""
        self.thread = 0
        self.outside: TextIO = sys.stdout

    def write(self, text: str) -> int:
        if get_ident() != self.thread:  # Somebody else prints while the handler runs.
            return self.outside.write(text)
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._logbook.add(self._function, line)
        return len(text)
