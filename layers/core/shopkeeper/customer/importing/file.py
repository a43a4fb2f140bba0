"""A file as it was uploaded, read row by row; however long it is, only the row at hand is held.

A quotation mark that is never closed costs its own line and no other: reading goes on with the line after it.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

from shopkeeper.customer.importing import objects
from shopkeeper.customer.importing.forms import Form
from shopkeeper.customer.importing.lines import START, Lines, Place
from shopkeeper.customer.importing.plain import OpenAt, UnreadableFile, plain

# A row may hold line breaks inside quotation marks, within reason.
MAX_ROW_LINES = 100
MAX_ROW_BYTES = 32_000


@dataclass(frozen=True, slots=True)
class Row:
    """`line` counts lines from 1, the header's included; `number` counts rows from 1, without blank ones.

    `fault` says why the cells of the line could not be told apart. Reading may begin again at `end`. `said` is all that
    the object says, where the row is one: its cells are those of the columns that were asked for.
    """

    number: int
    line: int
    cells: tuple[str, ...]
    fault: str
    end: Place
    said: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` can be gone through once."""

    header: tuple[str, ...]
    rows: Iterator[Row]


class _Record(NamedTuple):
    """What stands from `line` on; after it so many lines and bytes are behind."""

    line: int
    cells: tuple[str, ...]
    fault: str
    lines: int
    offset: int
    said: Mapping[str, Any] | None = None


def open_table(open_at: OpenAt, form: Form, columns: Sequence[str] = (), start: Place = START) -> Table:
    """The rows after `start`. Raises UnreadableFile, here or while the rows are gone through.

    NDJSON has no header: its cells are those of the `columns` that are asked for.
    """
    if form.format == "ndjson":
        return Table(tuple(columns), _rows(_objects(_lines(open_at, form, start), form, columns), start))
    records = _filled(_records(_lines(open_at, form, START), form))
    header, records = _header(records, form)
    if start.rows:
        records = _filled(_records(_lines(open_at, form, start), form))
    return Table(header, _rows(records, start))


def _lines(open_at: OpenAt, form: Form, start: Place) -> Lines:
    return Lines(plain(open_at, form, start.offset), form.encoding, start)


def _header(records: Iterator[_Record], form: Form) -> tuple[tuple[str, ...], Iterator[_Record]]:
    """And the rows that follow. A file without a header has `column 1` and so on."""
    first = next(records, None)
    if first is None or first.fault:
        raise UnreadableFile("the file has no header: its first line must name the columns")
    if form.header:
        return first.cells, records
    return tuple(f"column {n}" for n, _ in enumerate(first.cells, 1)), chain([first], records)


def _filled(records: Iterable[_Record]) -> Iterator[_Record]:
    return (record for record in records if any(record.cells))


def _rows(records: Iterable[_Record], start: Place) -> Iterator[Row]:
    for number, (line, cells, fault, lines, offset, said) in enumerate(records, start.rows + 1):
        yield Row(number, line, cells, fault, Place(number, lines, offset), said)


def _records(lines: Lines, form: Form) -> Iterator[_Record]:
    bounded = _Bounded(lines)
    reader = _reader(bounded, form)
    while True:
        lines.row.clear()
        line = lines.number + 1
        try:
            cells, fault = tuple([cell.strip() for cell in next(reader)]), ""
        except StopIteration:
            return
        except csv.Error as error:
            cells, fault = (lines.first_of_row(),), _fault(error)
            lines.give_back()
            reader = _reader(bounded, form)
        yield _Record(line, cells, fault, lines.number, lines.offset)


class _Bounded:
    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self._lines.row) == MAX_ROW_LINES:
            raise csv.Error("unexpected end of data")
        return next(self._lines)


def _reader(lines: Iterable[str], form: Form) -> Any:
    return csv.reader(lines, delimiter=form.separator, **quoting(form.quote), strict=True)


def quoting(mark: str) -> dict[str, Any]:
    """How `csv` is told of the quotation mark, or that there is none."""
    return {"quotechar": mark} if mark else {"quotechar": None, "quoting": csv.QUOTE_NONE}


def _fault(error: csv.Error) -> str:
    if "end of data" in str(error):
        return "a quotation mark is opened and never closed"
    if "expected after" in str(error):
        return "a closing quotation mark is followed by more text"
    return "a cell is too long"


def _objects(lines: Lines, form: Form, columns: Sequence[str]) -> Iterator[_Record]:
    for text in lines:
        lines.row.clear()
        if text.isspace():
            continue
        said = None
        try:
            said = objects.read(text)
            cells, fault = objects.cells(said, columns, form.decimal), ""
        except objects.NoObject as error:
            cells, fault = (text.strip(),), str(error)
        yield _Record(lines.number, cells, fault, lines.number, lines.offset, said)


def check_columns(header: Sequence[str], columns: Iterable[str]) -> None:
    """Raises UnreadableFile unless each column that is asked for stands in the header once."""
    for column in columns:
        times = header.count(column)
        if times != 1:
            found = "stands more than once" if times else "is not"
            raise UnreadableFile(f"column {column!r} of the mapping {found} in the header: {_shown(header)}")


def _shown(header: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in header[:50])[:2000]
