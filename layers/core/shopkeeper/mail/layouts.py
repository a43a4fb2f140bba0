"""A template put together with its layout, its snippets and its blocks: as text, and before anything else reads it.

    {% snippet "footer" %}              in a template or a layout: what the snippet says stands there
    {% snippet "button", to: "..." %}   the same, with what it is told
    {% block "hero" %}                  the same: all variants of the block stand there, of which each customer gets one
    {{ content }}                       in a layout, once: what the template says stands there

This is done when a template is put. Its version is the whole, so nothing is looked up when a letter is made, and
whatever holds for a template (its size, its limits, what its links may be) holds for the whole.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from shopkeeper.mail import liquid, values
from shopkeeper.mail.errors import Problem
from shopkeeper.mail.liquid import RefusedError, line_of
from shopkeeper.mail.shelf import EMPTY, Block, Part, Shared, Shelf
from shopkeeper.mail.spans import matches, trims

SNIPPET, BLOCK, CONTENT = "snippet", "block", "content"
MOST_SNIPPETS, MOST_BLOCKS = 50, 10
"""Different ones in one letter."""
NAMED = re.compile(r"""(["'])([a-z0-9][a-z0-9._-]{0,63})\1""")
_NO_NAME = (
    'a snippet is named in quotes, and what it is told stands behind that: {% snippet "button", label: "Look" %}; '
    "a value is a text without braces, a number or the name of a fact"
)
_NO_BLOCK = 'a block is named in quotes, and nothing else stands beside it: {% block "hero" %}'


class Hole(NamedTuple):
    """Where something else is to stand: the snippet or the block of that name, or the content of a layout.

    `before` and `after` take away the white space beside it, where the hole asks for that. `told` are the values for
    the snippet, as they are written.
    """

    start: int
    end: int
    before: str
    after: str
    kind: str = CONTENT
    name: str = ""
    told: Mapping[str, str] = {}


class Place(NamedTuple):
    """`inside` is "" for the template itself, else e.g. `snippet footer`; `line` counts from 1 in there."""

    line: int
    inside: str = ""

    def problem(self, part: str, message: str) -> Problem:
        return Problem(part, self.line, f"in {self.inside}: {message}" if self.inside else message)


class _Piece(NamedTuple):
    at: int
    inside: str
    source: str
    start: int


@dataclass(frozen=True, slots=True)
class Whole:
    text: str
    pieces: tuple[_Piece, ...]

    def place(self, at: int) -> Place:
        """Whence the character there came."""
        if not self.pieces:
            return Place(1)
        piece = self.pieces[max(bisect_right(self.pieces, at, key=lambda piece: piece.at) - 1, 0)]
        return Place(line_of(piece.source, piece.start + at - piece.at), piece.inside)


def holes(source: str, *, layout: bool = False) -> Iterator[Hole]:
    """In their order; `layout`: that of the content as well. Raises RefusedError."""
    liquid.refuse_oddities(source)
    for match, hidden in matches(source):
        if hidden:
            continue
        if match.lastgroup == "TAG" and match["name"] in (SNIPPET, BLOCK):
            yield Hole(*match.span(), *trims(match.group()), match["name"], *_said(match, source))
        elif layout and match.lastgroup == "output" and match["stmt"].strip() == CONTENT:
            yield Hole(*match.span(), *trims(match.group()))


def named(*sources: str | None, kind: str = SNIPPET) -> tuple[str, ...]:
    """The snippets they name, or the blocks, each once; none of a source that cannot be read."""
    names: dict[str, None] = {}
    for source in filter(None, sources):
        try:
            names |= dict.fromkeys(hole.name for hole in holes(source) if hole.kind == kind)
        except RefusedError:
            continue
    return tuple(names)


def outline(source: str, *, layout: bool = False) -> str:
    """The source with blanks where something else is to stand, each line where it was; the facts that a snippet is told
    stay, so that they are looked at. Raises RefusedError."""
    kept: list[str] = []
    at = 0
    for hole in holes(source, layout=layout):
        facts = "".join(f"{{{{ {value} }}}}" for value in hole.told.values() if values.is_fact(value))
        kept += source[at : hole.start], facts, re.sub(r"[^\n]", " ", source[hole.start : hole.end])
        at = hole.end
    return "".join([*kept, source[at:]])


def whole(part: Part, source: str, shelf: Shelf) -> Whole:
    """A layout that has nothing of this part is left out. Raises RefusedError."""
    writer = _Writer(part, shelf)
    frame = shelf.layout.says(part) if shelf.layout else None
    if shelf.layout and frame is not None:
        writer.write(frame, shelf.layout.name, content=source)
    else:
        writer.write(source)
    return Whole("".join(writer.texts), tuple(writer.pieces))


def alone(part: Part, snippet: Shared) -> Whole:
    """A snippet that is told something made up. Raises RefusedError."""
    writer = _Writer(part, EMPTY)
    made_up = {name: values.STANDS_IN for name, usual in snippet.values.items() if usual is None}
    writer.fill(snippet.says(part) or "", _values(snippet, made_up), "")
    return Whole("".join(writer.texts), tuple(writer.pieces))


class _Writer:
    def __init__(self, part: Part, shelf: Shelf) -> None:
        self._part = part
        self._shelf = shelf
        self._length = 0
        self.texts: list[str] = []
        self.pieces: list[_Piece] = []

    def write(self, source: str, inside: str = "", content: str | None = None) -> None:
        at = 0
        for hole in holes(source, layout=content is not None):
            self._add(source[at : hole.start] + hole.before, inside, source, at)
            if hole.kind == CONTENT:
                self.write(content or "")
            else:
                self._insert(hole, source, inside)
            self._add(hole.after, inside, source, hole.end)
            at = hole.end
        self._add(source[at:], inside, source, at)

    def _insert(self, hole: Hole, source: str, inside: str) -> None:
        try:
            held = self._held(hole)
            told = _values(held, hole.told)
            for said, whence in held.pieces(self._part):
                if said is None:
                    raise ValueError(f"{whence} has no {self._part}")
                self.fill(said, told, whence)
        except ValueError as error:
            where = f"in {inside}: " if inside else ""
            raise RefusedError(line_of(source, hole.start), f"{where}{error}") from None

    def _held(self, hole: Hole) -> Shared | Block:
        """Raises ValueError for what is not there."""
        held = (self._shelf.snippets if hole.kind == SNIPPET else self._shelf.blocks).get(hole.name)
        if held is None:
            raise ValueError(f"there is no {hole.kind} {hole.name}")
        return held

    def fill(self, said: str, told: Mapping[str, str], inside: str) -> None:
        for text, start in values.filled(said, told, html=self._part == "html"):
            self._add(text, inside, said, start)

    def _add(self, text: str, inside: str, source: str, start: int) -> None:
        """Counted as it grows: a few lines may name a large snippet ten thousand times."""
        self._length += len(text)
        if self._length > liquid.LARGEST:
            size = f"{liquid.LARGEST // 1024} KB"
            raise RefusedError(1, f"the template is larger than {size} with its layout, snippets and blocks")
        if text:
            self.texts.append(text)
            self.pieces.append(_Piece(self._length - len(text), inside, source, start))


def _said(tag: re.Match[str], source: str) -> tuple[str, dict[str, str]]:
    said, is_block = tag["expr"].strip(), tag["name"] == BLOCK
    name = NAMED.match(said)
    told = values.told(said[name.end() :]) if name else None
    if not name or told is None or (is_block and told):
        raise RefusedError(line_of(source, tag.start()), _NO_BLOCK if is_block else _NO_NAME)
    return name[2], told


def _values(snippet: Shared | Block, told: Mapping[str, str]) -> Mapping[str, str]:
    """Raises ValueError for what is told too much or too little."""
    wrong = [f"knows no value {name}" for name in told if name not in snippet.values]
    wrong += [f"has to be told {name}" for name, usual in snippet.values.items() if usual is None and name not in told]
    if wrong:
        raise ValueError(f"{snippet.name} {' and '.join(wrong)}")
    usual = {name: values.quoted(said) for name, said in snippet.values.items() if said is not None}
    return {**usual, **told}
