"""The lines of a file, each with the place where it ends."""

from collections import deque
from collections.abc import Iterator
from typing import IO, NamedTuple

from shopkeeper.customer.importing.plain import BLOCK, UnreadableFile

MAX_LINE = 1 << 20


class Place(NamedTuple):
    """So many rows, lines and bytes of a file are behind; bytes are counted as `plain` gives them."""

    rows: int = 0
    lines: int = 0
    offset: int = 0


START = Place()


class Lines:
    """Hands out lines as text, with their ends, and keeps those of the row at hand, so that they can be read again.

    Line ends are those of any system. Raises UnreadableFile for bytes that the encoding does not know.
    """

    def __init__(self, stream: IO[bytes], encoding: str, start: Place = START) -> None:
        self._encoding = "utf-8" if encoding.startswith("utf-16") else encoding
        self._raw = _raw_lines(stream)
        self._again: deque[bytes] = deque()
        self.row: list[bytes] = []
        self.number, self.offset = start.lines, start.offset

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        raw = self._again.popleft() if self._again else next(self._raw)
        if len(raw) > MAX_LINE:
            raise UnreadableFile(f"line {self.number + 1} is longer than {MAX_LINE:,} bytes: is this a text file?")
        self.row.append(raw)
        self.number += 1
        self.offset += len(raw)
        return self._text(raw)

    def give_back(self) -> None:
        """All of the row at hand but its first line."""
        self._again.extendleft(reversed(self.row[1:]))
        self.number -= len(self.row) - 1
        self.offset -= sum(map(len, self.row[1:]))

    def first_of_row(self) -> str:
        return self._text(self.row[0]).rstrip("\r\n")

    def _text(self, raw: bytes) -> str:
        try:
            text = raw.decode(self._encoding)
        except UnicodeDecodeError:
            fault = f"line {self.number} is not {self._encoding}"
            raise UnreadableFile(f"{fault}: say in file.encoding what it is, e.g. windows-1252") from None
        return text.removeprefix("\ufeff") if self.offset == len(raw) else text


def _raw_lines(stream: IO[bytes]) -> Iterator[bytes]:
    """The last piece of a block waits for the next one: it may go on there, or be half of a \\r\\n."""
    held = b""
    while block := stream.read(BLOCK):
        *pieces, held = (held + block).splitlines(keepends=True)
        yield from pieces
        if len(held) > MAX_LINE:
            break
    if held:
        yield from held.splitlines(keepends=True)
