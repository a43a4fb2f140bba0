"""How the cells of a CSV are told apart: the separator and quotation mark under which most rows have equally many."""

import csv
import json
import re
from collections.abc import Iterable, Sequence

from shopkeeper.customer.importing import file
from shopkeeper.customer.importing.forms import SEPARATORS
from shopkeeper.customer.importing.sniffing.guess import Guess

_ROWS = 200
_QUOTES = ('"', "'")
_LEAST_QUOTED = 0.2  # of all cells
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_VALUE = re.compile(r"[+-]?[\d.,:/ -]*\d[\d.,:/ -]*|\S+@\S+\.\S+", re.ASCII)

Rows = list[tuple[str, ...]]


def is_ndjson(lines: Sequence[str]) -> bool:
    first = next((line for line in lines if line.strip()), "")
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def separator(lines: Sequence[str], said: str | None) -> Guess:
    """One that the header and nearly all rows agree on. Where none divides anything, there is one column."""
    scores = {each: _score(rows(lines, each, '"')) for each in ([said] if said else SEPARATORS)}
    best = max(scores, key=lambda each: scores[each])
    agreeing, cells = scores[best]
    if cells < 2:
        return Guess("separator", said or ",", "there is one column")
    return Guess("separator", best, f"{agreeing:.0%} of the rows have {cells} cells between {_NAMES[best]}")


def _score(found: Rows) -> tuple[float, int]:
    """Which part of the rows has as many cells as the first one, and how many those are; nothing for a single cell."""
    wanted = len(found[0]) if found else 0
    if wanted < 2:
        return 0.0, wanted
    agreeing = sum(len(row) == wanted for row in found) / len(found)
    # A few bad rows must not count for more than a column: decimal commas divide some rows evenly, too.
    return round(agreeing, 1), wanted


def quote(lines: Sequence[str], separated_by: str) -> Guess:
    found = rows(lines, separated_by, "")
    double, single = (_quoted(found, mark) for mark in _QUOTES)
    # Here and there an apostrophe stands at both ends of a cell by chance.
    if not double and single > sum(map(len, found)) * _LEAST_QUOTED:
        return Guess("quote", "'", f"{single} cells stand between '")
    # A cell that holds the separator or a line break is in pieces here, of which the first begins with the mark.
    opened = sum(cell.startswith('"') for row in found for cell in row)
    return Guess("quote", '"', f'{opened} cells stand between "' if opened else "no cell that was looked at is quoted")


def _quoted(found: Rows, mark: str) -> int:
    return sum(len(cell) > 1 and cell[0] == cell[-1] == mark for row in found for cell in row)


def header(found: Rows) -> Guess:
    """The first line names the columns, unless a number, a date or an address stands in it."""
    values = [name for name in found[0] if _VALUE.fullmatch(name)] if found else []
    if values:
        return Guess("header", value=False, why=f"{values[0]!r} in the first line is no name of a column")
    return Guess("header", value=True, why="the first line holds no values")


def rows(lines: Iterable[str], separated_by: str, quoted_by: str) -> Rows:
    """Read with forbearance, blank ones left out."""
    reader = csv.reader(lines, delimiter=separated_by, **file.quoting(quoted_by))
    found: Rows = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                found.append(tuple(cell.strip() for cell in row))
            if len(found) == _ROWS:
                break
    except csv.Error:
        pass
    return found
