"""A file is worked through in chunks of rows. What a chunk says is the same whenever it is read again.

So a run that was killed starts with the chunk it was in, and nothing it had already sent counts twice.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shopkeeper.customer.importing.file import Row
from shopkeeper.customer.importing.lines import Place
from shopkeeper.customer.importing.notes import Notes
from shopkeeper.customer.importing.rows import Finding, Refused, RowReader
from shopkeeper.customer.interaction import Interaction

ROWS = 1_000
# Long rows make a chunk shorter, so that a chunk is never more than a few megabytes.
BYTES = 2 << 20


@dataclass(frozen=True, slots=True)
class Refusal:
    row: Row
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Chunk:
    """The rows after number `start`, up to `end`."""

    start: int
    end: Place
    interactions: tuple[Interaction, ...]
    refused: tuple[Refusal, ...]

    @property
    def accepted(self) -> int:
        return self.end.rows - self.start - len(self.refused)


def chunks(rows: Iterable[Row], reader: RowReader, notes: Notes, mark: int = 0) -> Iterator[Chunk]:
    """One of them ends with the row of number `mark`, if that is among the rows.

    `notes` hold the rows that are behind, where equal rows must be told apart.
    """
    return (_chunk(each, reader, notes) for each in stretches(rows, mark))


def stretches(rows: Iterable[Row], mark: int = 0) -> Iterator[list[Row]]:
    stretch: list[Row] = []
    size = 0
    for row in rows:
        stretch.append(row)
        size += sum(map(len, row.cells))
        if len(stretch) == ROWS or size >= BYTES or row.number == mark:
            yield stretch
            stretch, size = [], 0
    if stretch:
        yield stretch


def _chunk(rows: list[Row], reader: RowReader, notes: Notes) -> Chunk:
    interactions: list[Interaction] = []
    refused: list[Refusal] = []
    for row in rows:
        content = reader.content(row)
        nth = notes.times(content) if reader.wanted.counts_equal_rows else 1
        try:
            interactions += reader.read(row, content, nth)
        except Refused as error:
            refused.append(Refusal(row, error.findings))
    return Chunk(rows[0].number - 1, rows[-1].end, tuple(interactions), tuple(refused))
