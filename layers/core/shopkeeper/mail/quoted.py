"""Quoted-printable, of which each line is encoded by itself: so lines that stand in a template are encoded once.

So are lines in which nothing but one of our addresses changes. Those are as long in each letter, and every character of
them stands for itself: only which characters go where is kept.
"""

from binascii import b2a_qp
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

MOST_SHEETS = 64
"""Of one template."""
# A line where lines that are encoded already belong: what stands around it is encoded in one go.
_MARK, _MARKED = "\0\n", b"=00\r\n"

Frame = tuple[str | None, ...]
"""Of the pieces of a page those that stand in its template, and None for each other."""


class Ready(NamedTuple):
    """A piece of a template: `lines` are its whole lines, encoded; it begins with `head` and ends with `tail`."""

    head: str
    lines: bytes
    tail: str


class Cut(NamedTuple):
    """Some characters of one of our addresses."""

    address: int
    start: int
    end: int


class Gap(NamedTuple):
    """A piece of a page that is another in each letter: its place, which of our addresses it is, and how long."""

    place: int
    address: int | None
    length: int


class Sheet(NamedTuple):
    """Pages whose own pieces are the same. `loose` is to be encoded, with a place for each fact; `done` is encoded,
    with places in `rows` for what is loose, and in `cuts` for our addresses, which are the pieces of `fixed`."""

    fixed: tuple[tuple[int, int], ...]
    loose: tuple[str, ...]
    facts: tuple[tuple[int, int], ...]
    done: tuple[bytes, ...]
    rows: tuple[int, ...]
    cuts: tuple[tuple[Cut, tuple[int, ...]], ...]

    def fits(self, pieces: Sequence[str], ours: Sequence[str]) -> bool:
        """Whether our addresses stand where they do on this sheet."""
        return all(pieces[place] == ours[address] for place, address in self.fixed)

    def filled(self, pieces: Sequence[str], ours: Sequence[str]) -> bytes:
        """The same bytes as `printable` of the whole."""
        loose, done = list(self.loose), list(self.done)
        for at, place in self.facts:
            loose[at] = pieces[place]
        text = "".join(loose)
        encoded = printable(text).split(_MARKED) if "\r" not in text else []
        if len(encoded) != len(self.rows):
            return printable("".join(pieces))
        for at, row in zip(self.rows, encoded, strict=True):
            done[at] = row
        for cut, places in self.cuts:
            found = ours[cut.address][cut.start : cut.end].encode()
            for at in places:
                done[at] = found
        return b"".join(done)


class Sheets:
    """Of one template, whose own pieces are `standing`."""

    def __init__(self, standing: Iterable[str]) -> None:
        self._ready = prepared(standing)
        self._sheets: dict[tuple[Frame, tuple[int, ...]], Sheet] = {}

    def joined(self, pieces: Sequence[str], frame: Frame, ours: Sequence[str]) -> bytes:
        """The same bytes as `printable` of the whole. `ours` are our addresses, of characters that stand for
        themselves."""
        key = frame, tuple(map(len, ours))
        sheet = self._sheets.get(key)
        if sheet is None or not sheet.fits(pieces, ours):
            if len(self._sheets) >= MOST_SHEETS:
                del self._sheets[next(iter(self._sheets))]
            sheet = self._sheets[key] = _sheet(self._ready, frame, pieces, ours)
        return sheet.filled(pieces, ours)


def printable(text: str) -> bytes:
    """Lines of at most 76 characters, ended by CRLF. A lone CR is no line end of a mail and is encoded."""
    raw = text.encode("utf-8", "replace").replace(b"\r\n", b"\n")
    if b"\r" not in raw:
        return b2a_qp(raw, istext=True).replace(b"\n", b"\r\n")
    return b"\r\n".join(b2a_qp(line, istext=False).replace(b"\n", b"\r\n") for line in raw.split(b"\n"))


def prepared(pieces: Iterable[str]) -> dict[str, Ready]:
    """Those that hold a line end. With a CR among its lines a page is encoded in another way, as a whole."""
    return {piece: _ready(piece) for piece in pieces if "\n" in piece and "\r" not in piece}


def _ready(piece: str) -> Ready:
    first, last = piece.index("\n") + 1, piece.rindex("\n") + 1
    return Ready(piece[:first], printable(piece[first:last]), piece[last:])


def joined(pieces: Sequence[str], ready: Mapping[str, Ready]) -> bytes:
    """The same bytes as `printable` of the whole."""
    frame = tuple(piece if piece in ready else None for piece in pieces)
    return _sheet(ready, frame, pieces, ()).filled(pieces, ())


def _sheet(ready: Mapping[str, Ready], frame: Frame, pieces: Sequence[str], ours: Sequence[str]) -> Sheet:
    made = _Made()
    line: list[str | Gap] = []
    for place, piece in enumerate(frame):
        if piece is None:
            written = pieces[place]
            line.append(Gap(place, ours.index(written) if written in ours else None, len(written)))
        elif found := ready.get(piece):
            made.add([*line, found.head])
            made.done += [found.lines] if found.lines else []
            line = [found.tail]
        else:
            line.append(piece)
    made.add(line)
    return made.sheet()


class _Made:
    """A sheet in the making."""

    def __init__(self) -> None:
        self.fixed: list[tuple[int, int]] = []
        self.loose: list[str] = []
        self.facts: list[tuple[int, int]] = []
        self.done: list[bytes] = [b""]
        self.rows: list[int] = [0]
        self.cuts: defaultdict[Cut, list[int]] = defaultdict(list)

    def add(self, line: Sequence[str | Gap]) -> None:
        gaps = [piece for piece in line if isinstance(piece, Gap)]
        ours = [(gap.place, gap.address) for gap in gaps if gap.address is not None]
        if len(ours) < len(gaps) or len(gaps) > 1 or "\r" in "".join(_with("", line)):
            self._add_loose(line)
        else:
            self.fixed += ours
            self._add_done(line)

    def _add_loose(self, line: Iterable[str | Gap]) -> None:
        if self.rows[-1] != len(self.done) - 1:
            self.loose.append(_MARK)
            self.rows.append(len(self.done))
            self.done.append(b"")
        for piece in line:
            if isinstance(piece, Gap):
                self.facts.append((len(self.loose), piece.place))
            self.loose.append("" if isinstance(piece, Gap) else piece)

    def _add_done(self, line: Sequence[str | Gap]) -> None:
        start = 0
        for is_ours, text in _told_apart(line):
            if is_ours:
                _, address = self.fixed[-1]
                self.cuts[Cut(address, start, start + len(text))].append(len(self.done))
                start += len(text)
            self.done.append(b"" if is_ours else text)

    def sheet(self) -> Sheet:
        cuts = tuple((cut, tuple(places)) for cut, places in self.cuts.items())
        fixed, loose, facts = tuple(self.fixed), tuple(self.loose), tuple(self.facts)
        return Sheet(fixed, loose, facts, tuple(self.done), tuple(self.rows), cuts)


def _told_apart(line: Iterable[str | Gap]) -> Iterator[tuple[bool, bytes]]:
    """An encoded line by whether it is the template's own or of an address: that is where two addresses differ."""
    one, other = (printable("".join(_with(char, line))) for char in "xy")
    for is_ours, chars in groupby(zip(one, other, strict=True), lambda pair: pair[0] != pair[1]):
        yield is_ours, bytes(char for char, _ in chars)


def _with(char: str, line: Iterable[str | Gap]) -> Iterator[str]:
    return (char * piece.length if isinstance(piece, Gap) else piece for piece in line)
