"""Lines of plain text: white space collapsed, wrapped at 72 characters, paragraphs one empty line apart.

Lines that are to be kept as they are stand among them with their white space, however long.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

WIDTH = 72


class Row(NamedTuple):
    """What becomes one line, or several where it is wrapped; `first` and `rest` are what those begin with. A row that
    is kept is not wrapped. `underline` is drawn below it, as long as its last line."""

    text: str
    first: str = ""
    rest: str = ""
    kept: bool = False
    underline: str = ""

    def laid_out(self) -> list[str]:
        lines = [self.first + self.text] if self.kept else _wrapped(self.text, self.first, self.rest)
        return [*lines, self.underline * len(lines[-1])] if self.underline else lines


_GAP = Row("", kept=True)


class Lines:
    def __init__(self) -> None:
        self._done: list[Row] = []
        self._line = ""
        self._written: list[str] = []
        self._kept = False
        self._gap = 0
        self._depth = 0
        self._bullet = ""

    def write(self, text: str) -> None:
        """`text` holds no line ends."""
        if not self._line or self._line.endswith(" "):
            text = text.lstrip(" ")
        self._line += text
        self._written.append(text)

    def keep(self, text: str) -> None:
        """`text` holds line ends, and white space that means something."""
        first, *others = text.split("\n")
        self._add_kept(first)
        for line in others:
            self._end_kept_line()
            self._add_kept(line)

    def position(self) -> int:
        return len(self._written)

    def since(self, position: int) -> str:
        return "".join(self._written[position:])

    def end_line(self) -> None:
        if text := self._line.strip():
            first, rest = self._margins()
            self._put(Row(self._line.rstrip(), first, kept=True) if self._kept else Row(text, first, rest))
            self._bullet = ""
        self._line, self._kept = "", False

    def end_paragraph(self) -> None:
        self.end_line()
        self._gap = 1

    def end_cell(self) -> None:
        """The next cell stands on the same line."""
        if text := self._line.rstrip():
            self._line = f"{text}  "

    def start_item(self, bullet: str) -> None:
        self.end_line()
        self._bullet = bullet

    def indent(self, depth: int) -> None:
        self.end_line()
        self._depth = depth

    def underline(self, char: str) -> None:
        if self._line.strip():
            self.end_line()
            self._done[-1] = self._done[-1]._replace(underline=char)

    def rule(self) -> None:
        self.end_paragraph()
        self._put(Row("-" * WIDTH))
        self._gap = 1

    def finished(self) -> tuple[Row, ...]:
        self.end_line()
        return tuple(self._done)

    def _put(self, row: Row) -> None:
        if self._done:
            self._done += [_GAP] * self._gap
        self._gap = 0
        self._done.append(row)

    def _add_kept(self, line: str) -> None:
        self._kept = True
        self._line += line
        self._written.append(line)

    def _end_kept_line(self) -> None:
        self._gap += not self._line.strip()
        self.end_line()

    def _margins(self) -> tuple[str, str]:
        outer = "  " * max(self._depth - bool(self._bullet), 0)
        return outer + self._bullet, outer + " " * len(self._bullet)


def laid_out(rows: Iterable[Row]) -> str:
    """Ends with one line end."""
    return "\n".join(line for row in rows for line in row.laid_out()) + "\n"


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    if len(first) + len(text) <= WIDTH:
        return [first + text]
    # Cells that don't fit side by side stand below each other.
    cells = [cell for cell in text.split("  ") if cell]
    lines = [line for cell in cells for line in _pieces(WIDTH - len(first)).findall(cell)]
    return [first + lines[0], *(rest + line for line in lines[1:])]


@cache
def _pieces(width: int) -> re.Pattern[str]:
    """An address longer than a line stays whole: broken, it would lead nowhere."""
    return re.compile(rf"\S(?:.{{0,{max(width, 2) - 2}}}\S)?(?!\S)|\S+")
