"""A file as it was uploaded, read row by row; however long it is, only the row at hand is held.

A quotation mark that is never closed costs its own line and no other: reading goes on with the line after it.
"""

import csv
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from shopkeeper.customer.importing.request import FileForm

# A row may hold line breaks inside quotation marks, within reason.
MAX_ROW_LINES = 100
MAX_LINE = 1 << 20
MAX_ROW_BYTES = 32_000


class UnreadableFile(ValueError):
    """Nothing of the file can be trusted; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Row:
    """`line` counts lines from 1, the header's included; `number` counts rows from 1, without blank ones.

    `fault` says why the cells of the line could not be told apart.
    """

    number: int
    line: int
    cells: tuple[str, ...]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` can be gone through once."""

    header: tuple[str, ...]
    rows: Iterator[Row]


class _Lines:
    """Hands lines to the CSV reader and keeps those of the row at hand, so that they can be read again."""

    def __init__(self, text: IO[str], encoding: str) -> None:
        self._text, self._encoding = text, encoding
        self._again: deque[str] = deque()
        self.row: list[str] = []
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.row) == MAX_ROW_LINES:
            raise csv.Error("unexpected end of data")
        line = self._again.popleft() if self._again else self._read()
        if not line:
            raise StopIteration
        self.row.append(line)
        self.number += 1
        return line

    def give_back(self) -> None:
        """All of the row at hand but its first line."""
        self._again.extendleft(reversed(self.row[1:]))
        self.number -= len(self.row) - 1

    def _read(self) -> str:
        try:
            line = self._text.readline(MAX_LINE)
        except UnicodeError as error:
            fault = f"line {self.number + 1 + _lines_before(error)} is not {self._encoding}"
            raise UnreadableFile(f"{fault}: say in file.encoding what it is, e.g. windows-1252") from None
        if len(line) == MAX_LINE and not line.endswith("\n"):
            raise UnreadableFile(f"line {self.number + 1} is longer than {MAX_LINE:,} characters: is this a CSV file?")
        return line


def _lines_before(error: UnicodeError) -> int:
    """What was decoded with the bad byte begins in the line that is wanted next."""
    return error.object[: error.start].count(b"\n") if isinstance(error, UnicodeDecodeError) else 0


def open_table(stream: IO[bytes], form: FileForm) -> Table:
    """Raises UnreadableFile, here or while the rows are gone through."""
    encoding = {"utf-8": "utf-8-sig"}.get(form.encoding, form.encoding)
    records = _records(_Lines(io.TextIOWrapper(stream, encoding, newline=""), form.encoding), form.separator)
    filled = (record for record in records if any(record[1]))
    _, header, fault = next(filled, (0, (), "is missing"))
    if fault:
        raise UnreadableFile("the file has no header: its first line must name the columns")
    return Table(header, (Row(number, *record) for number, record in enumerate(filled, 1)))


def _records(lines: _Lines, separator: str) -> Iterator[tuple[int, tuple[str, ...], str]]:
    """The line each begins at, its cells, and what is wrong."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        lines.row.clear()
        line = lines.number + 1
        try:
            cells = tuple(cell.strip() for cell in next(reader))
        except StopIteration:
            return
        except csv.Error as error:
            yield line, (lines.row[0].rstrip("\r\n"),), _fault(error)
            lines.give_back()
            reader = csv.reader(lines, delimiter=separator, strict=True)
            continue
        yield line, cells, ""


def _fault(error: csv.Error) -> str:
    if "end of data" in str(error):
        return "a quotation mark is opened and never closed"
    if "expected after" in str(error):
        return "a closing quotation mark is followed by more text"
    return "a cell is too long"


def check(stream: IO[bytes], form: FileForm, columns: list[str]) -> int:
    """How many rows there are. Raises UnreadableFile, so that nothing is taken in from a file that breaks off."""
    table = open_table(stream, form)
    for column in columns:
        times = table.header.count(column)
        if times != 1:
            found = "stands more than once" if times else "is not"
            raise UnreadableFile(f"column {column!r} of the mapping {found} in the header: {_shown(table.header)}")
    return sum(1 for _ in table.rows)


def _shown(header: tuple[str, ...]) -> str:
    return ", ".join(repr(name) for name in header[:50])[:2000]
