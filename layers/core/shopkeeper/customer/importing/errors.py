"""The error file: a line for each refused row, complete however many there are, and never held in memory whole.

S3 takes a file in parts of some megabytes that are put together at the end. What does not fill a part yet is put down
chunk by chunk, so that it outlives a crash, and is taken up again by the next run.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from shopkeeper.customer.importing.chunks import Refusal
from shopkeeper.customer.importing.rows import ABOUT

PART = 8 << 20
MOST_LOOSE = 200
MAX_SHOWN = 32_000
# What a spreadsheet would run as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True, slots=True)
class Errors:
    """What is put down: `parts` whole ones of an `upload`, and then loose pieces, each named after a row."""

    upload: str = ""
    parts: int = 0
    loose: tuple[int, ...] = ()


NONE = Errors()


class ErrorStore(Protocol):
    """`name` is that of the error file."""

    def begin_errors(self, name: str) -> str: ...
    def put_error_part(self, name: str, upload: str, number: int, text: bytes) -> None: ...
    def put_loose_errors(self, name: str, start: int, text: bytes) -> None: ...
    def loose_errors(self, name: str, start: int) -> bytes: ...
    def put_errors(self, name: str, text: bytes) -> None:
        """The whole of it at once."""

    def join_errors(self, name: str, upload: str) -> None:
        """Makes a file of all parts of the upload. Again, it changes nothing."""


class ErrorFile:
    """`header` is its first line. `state` is what is put down: to be kept with what else a chunk brought."""

    def __init__(self, store: ErrorStore, name: str, header: str, state: Errors) -> None:
        self._store, self._name, self._header, self.state = store, name, header.encode(), state
        self._text = b"".join(store.loose_errors(name, start) for start in state.loose)

    def add(self, start: int, text: str) -> Errors:
        """Lines about the rows after number `start`; what is put down then."""
        added = text.encode()
        self._text += added
        if len(self._text) >= PART:
            self._put_part()
        elif added:
            self._put_loose(start, added)
        return self.state

    def flush(self) -> Errors:
        """To be kept before the file is joined: a part that was joined cannot be put again."""
        if self.state.parts and self._text:
            self._put_part()
        return self.state

    def join(self) -> None:
        if self.state.parts:
            self._store.join_errors(self._name, self.state.upload)
        else:
            self._store.put_errors(self._name, self._header + self._text)

    def _put_part(self) -> None:
        upload = self.state.upload or self._store.begin_errors(self._name)
        first = b"" if self.state.parts else self._header
        self._store.put_error_part(self._name, upload, self.state.parts + 1, first + self._text)
        self._text, self.state = b"", Errors(upload, self.state.parts + 1)

    def _put_loose(self, start: int, added: bytes) -> None:
        """Many small pieces become one."""
        is_one = len(self.state.loose) >= MOST_LOOSE
        self._store.put_loose_errors(self._name, start, self._text if is_one else added)
        self.state = replace(self.state, loose=(start,) if is_one else (*self.state.loose, start))


def error_header(header: tuple[str, ...], separator: str) -> str:
    """The first line of the error file: what was wrong, then the columns of the file itself."""
    return _csv([(*ABOUT, *header)], separator)


def error_lines(refused: Iterable[Refusal], separator: str) -> str:
    """One line per refused row, its cells as they were read: corrected, it can be imported again."""
    return _csv((_error_line(refusal) for refusal in refused), separator)


def _error_line(refusal: Refusal) -> tuple[str, ...]:
    findings = refusal.findings
    several = len(findings) > 1
    reasons = (f"{finding.column}: {finding.reason}" if several else finding.reason for finding in findings)
    columns, targets = (finding.column for finding in findings), (finding.field for finding in findings)
    return str(refusal.row.line), "; ".join(columns), "; ".join(targets), "; ".join(reasons), *_shown(refusal.row.cells)


def _shown(cells: tuple[str, ...]) -> Iterable[str]:
    """A row that is refused for its length is not shown in full."""
    room = MAX_SHOWN
    for cell in cells:
        yield cell if len(cell) <= room else f"{cell[:room]}…"
        room = max(0, room - len(cell))


def _csv(rows: Iterable[tuple[str, ...]], separator: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows([neutral(cell) for cell in row] for row in rows)
    return text.getvalue()


def neutral(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
