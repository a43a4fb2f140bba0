"""A template put together with its layout and its snippets: as text, and before anything else reads it.

    {% snippet "footer" %}              in a template or a layout: what the snippet says stands there
    {% snippet "button", to: "..." %}   the same, with what it is told
    {{ content }}                       in a layout, once: what the template says stands there

This is done when a template is put. Its version is the whole, so nothing is looked up when a letter is made, and
whatever holds for a template (its size, its limits, what its links may be) holds for the whole.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from shopkeeper.mail import liquid, values
from shopkeeper.mail.errors import Problem
from shopkeeper.mail.liquid import RefusedError, line_of
from shopkeeper.mail.spans import matches, trims

TAG, CONTENT = "snippet", "content"
MOST_SNIPPETS = 50
"""Different ones in one letter."""
_NAME = re.compile(r"""(["'])([a-z0-9][a-z0-9._-]{0,63})\1""")
_NO_NAME = (
    'a snippet is named in quotes, and what it is told stands behind that: {% snippet "button", label: "Look" %}; '
    "a value is a text without braces, a number or the name of a fact"
)

Part = Literal["html", "text"]


@dataclass(frozen=True, slots=True)
class Shared:
    """A version of a layout or of a snippet; `kind` says which. `text` is for letters whose text is written by hand.
    `values` are those that a snippet may be told, each with what it is if it is not; None is for what must be told.
    With `mjml`, the `html` of a layout is written in that, and so are its templates."""

    kind: str
    id: str
    version: int
    html: str
    text: str | None = None
    values: Mapping[str, str | None] = field(default_factory=dict)
    mjml: bool = False

    @property
    def name(self) -> str:
        return f"{self.kind} {self.id}"

    def says(self, part: Part) -> str | None:
        return self.html if part == "html" else self.text


@dataclass(frozen=True, slots=True)
class Shelf:
    """The layout that a template names, and by their ids the snippets that either of them does."""

    layout: Shared | None = None
    snippets: Mapping[str, Shared] = field(default_factory=dict)


EMPTY = Shelf()


class Hole(NamedTuple):
    """Where something else is to stand: the snippet of that name, or with "" the content of a layout.

    `before` and `after` take away the white space beside it, where the hole asks for that. `told` are the values for
    the snippet, as they are written.
    """

    start: int
    end: int
    before: str
    after: str
    snippet: str = ""
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
        if match.lastgroup == "TAG" and match["name"] == TAG:
            yield Hole(*match.span(), *trims(match.group()), *_said(match, source))
        elif layout and match.lastgroup == "output" and match["stmt"].strip() == CONTENT:
            yield Hole(*match.span(), *trims(match.group()))


def named(*sources: str | None) -> tuple[str, ...]:
    """The snippets they name, each once; none of a source that cannot be read."""
    names: dict[str, None] = {}
    for source in filter(None, sources):
        try:
            names |= dict.fromkeys(hole.snippet for hole in holes(source))
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
    writer = _Writer(part, shelf.snippets)
    frame = shelf.layout.says(part) if shelf.layout else None
    if shelf.layout and frame is not None:
        writer.write(frame, shelf.layout.name, content=source)
    else:
        writer.write(source)
    return Whole("".join(writer.texts), tuple(writer.pieces))


def alone(part: Part, snippet: Shared) -> Whole:
    """A snippet that is told something made up. Raises RefusedError."""
    writer = _Writer(part, {})
    made_up = {name: values.STANDS_IN for name, usual in snippet.values.items() if usual is None}
    writer.fill(snippet.says(part) or "", _values(snippet, made_up), "")
    return Whole("".join(writer.texts), tuple(writer.pieces))


class _Writer:
    def __init__(self, part: Part, snippets: Mapping[str, Shared]) -> None:
        self._part = part
        self._snippets = snippets
        self._length = 0
        self.texts: list[str] = []
        self.pieces: list[_Piece] = []

    def write(self, source: str, inside: str = "", content: str | None = None) -> None:
        at = 0
        for hole in holes(source, layout=content is not None):
            self._add(source[at : hole.start] + hole.before, inside, source, at)
            if hole.snippet:
                self._insert(hole, source, inside)
            else:
                self.write(content or "")
            self._add(hole.after, inside, source, hole.end)
            at = hole.end
        self._add(source[at:], inside, source, at)

    def _insert(self, hole: Hole, source: str, inside: str) -> None:
        where = f"in {inside}: " if inside else ""
        snippet = self._snippets.get(hole.snippet)
        said = snippet.says(self._part) if snippet else None
        if snippet is None or said is None:
            missing = f"{snippet.name} has no {self._part}" if snippet else f"there is no snippet {hole.snippet}"
            raise RefusedError(line_of(source, hole.start), where + missing)
        try:
            told = _values(snippet, hole.told)
        except ValueError as error:
            raise RefusedError(line_of(source, hole.start), f"{where}{error}") from None
        self.fill(said, told, snippet.name)

    def fill(self, said: str, told: Mapping[str, str], inside: str) -> None:
        for text, start in values.filled(said, told, html=self._part == "html"):
            self._add(text, inside, said, start)

    def _add(self, text: str, inside: str, source: str, start: int) -> None:
        """Counted as it grows: a few lines may name a large snippet ten thousand times."""
        self._length += len(text)
        if self._length > liquid.LARGEST:
            size = f"{liquid.LARGEST // 1024} KB"
            raise RefusedError(1, f"the template is larger than {size} with its layout and snippets")
        if text:
            self.texts.append(text)
            self.pieces.append(_Piece(self._length - len(text), inside, source, start))


def _said(tag: re.Match[str], source: str) -> tuple[str, dict[str, str]]:
    said = tag["expr"].strip()
    name = _NAME.match(said)
    told = values.told(said[name.end() :]) if name else None
    if not name or told is None:
        raise RefusedError(line_of(source, tag.start()), _NO_NAME)
    return name[2], told


def _values(snippet: Shared, told: Mapping[str, str]) -> Mapping[str, str]:
    """Raises ValueError for what is told too much or too little."""
    wrong = [f"knows no value {name}" for name in told if name not in snippet.values]
    wrong += [f"has to be told {name}" for name, usual in snippet.values.items() if usual is None and name not in told]
    if wrong:
        raise ValueError(f"{snippet.name} {' and '.join(wrong)}")
    usual = {name: values.quoted(said) for name, said in snippet.values.items() if said is not None}
    return {**usual, **told}
