"""A file is worked through in chunks of rows. What a chunk says is the same whenever it is read again.

So a run that was killed starts with the chunk it was in, and nothing it had already sent counts twice.
"""

import csv
import hashlib
import io
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from shopkeeper.customer.importing.file import Row, Table
from shopkeeper.customer.importing.rows import Finding, Refused, RowReader
from shopkeeper.customer.interaction import Interaction

ROWS = 1_000
# What a spreadsheet would run as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True, slots=True)
class Refusal:
    row: Row
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows number `start` + 1 to `end` of the file."""

    start: int
    end: int
    interactions: tuple[Interaction, ...]
    refused: tuple[Refusal, ...]

    @property
    def accepted(self) -> int:
        return self.end - self.start - len(self.refused)


_Numbered = tuple[Row, str, int]  # With its content, and which of the rows with this content it is.


class EqualRows:
    """Which of the rows with this content it is, counted from 1.

    Counted in a database on disk that only this process sees and that goes with it: memory stays flat.
    """

    def __init__(self) -> None:
        self._seen = sqlite3.connect("", isolation_level=None)
        for setting in ("journal_mode = off", "synchronous = off", "cache_size = -8000"):
            self._seen.execute(f"PRAGMA {setting}")
        self._seen.execute("CREATE TABLE seen (content BLOB PRIMARY KEY, times INTEGER) WITHOUT ROWID")
        self._seen.execute("BEGIN")

    def nth(self, content: str) -> int:
        key = hashlib.blake2b(content.encode(), digest_size=12).digest()
        counted = "INSERT INTO seen VALUES (?, 1) ON CONFLICT DO UPDATE SET times = times + 1 RETURNING times"
        return int(self._seen.execute(counted, (key,)).fetchone()[0])

    def close(self) -> None:
        self._seen.close()


def chunks(table: Table, reader: RowReader, start: int = 0) -> Iterator[Chunk]:
    """From the row after number `start` on. Those before it are gone through again, for equal rows among them."""
    numbered = _numbered(table.rows, reader)
    for _ in islice(numbered, start):
        pass
    while rows := list(islice(numbered, ROWS)):
        yield _chunk(rows, reader)


def _numbered(rows: Iterable[Row], reader: RowReader) -> Iterator[_Numbered]:
    equal = EqualRows() if reader.counts_equal_rows else None
    try:
        for row in rows:
            content = reader.content(row)
            yield row, content, equal.nth(content) if equal else 1
    finally:
        if equal:
            equal.close()


def _chunk(rows: list[_Numbered], reader: RowReader) -> Chunk:
    interactions: list[Interaction] = []
    refused: list[Refusal] = []
    for row, content, nth in rows:
        try:
            interactions += reader.read(row, content, nth)
        except Refused as error:
            refused.append(Refusal(row, error.findings))
    return Chunk(rows[0][0].number - 1, rows[-1][0].number, tuple(interactions), tuple(refused))


def error_header(header: tuple[str, ...], separator: str) -> str:
    """The first line of the error file: what was wrong, then the columns of the file itself."""
    return _csv([("line", "column", "field", "reason", *header)], separator)


def error_lines(refused: Iterable[Refusal], separator: str) -> str:
    """One line per refused row, its cells as they were read: corrected, it can be imported again."""
    return _csv((_error_line(refusal) for refusal in refused), separator)


def _error_line(refusal: Refusal) -> tuple[str, ...]:
    findings = refusal.findings
    several = len(findings) > 1
    reasons = (f"{finding.column}: {finding.reason}" if several else finding.reason for finding in findings)
    columns, targets = (finding.column for finding in findings), (finding.field for finding in findings)
    return str(refusal.row.line), "; ".join(columns), "; ".join(targets), "; ".join(reasons), *refusal.row.cells


def _csv(rows: Iterable[tuple[str, ...]], separator: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows([neutral(cell) for cell in row] for row in rows)
    return text.getvalue()


def neutral(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
