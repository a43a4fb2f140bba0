"""The error file: a line for each refused row, complete however many there are."""

import csv
import io
from collections.abc import Iterable

from shopkeeper.customer.importing.chunks import Refusal
from shopkeeper.customer.importing.rows import ABOUT

MAX_SHOWN = 32_000
# What a spreadsheet would run as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


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
