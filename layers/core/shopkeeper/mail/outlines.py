"""The text of pages that differ in nothing but some words: each such page is read once, and its words filled in.

What is written into a template is a word where nobody who reads the page takes it for anything else. Two pages of one
template that have words in the same places, and the same in all others, are of one outline: it is read with a character
in place of each word, a hole. All that cannot be filled in so is read as a whole, with the same result.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import groupby, repeat
from typing import NamedTuple, TypeVar

from shopkeeper.mail import markup, plain_text
from shopkeeper.mail.lines import Row, laid_out
from shopkeeper.mail.markup import Tag
from shopkeeper.mail.plain_text import Reading, leads_elsewhere
from shopkeeper.mail.quoted import Frame

MOST_OUTLINES = 64
"""Of one template."""
_FIRST, _LAST = 0xF0000, 0xFFFFC
_LEAVE = "\U000ffffd"
_CLICK, _OPEN_ADDRESS = "https://outline.invalid/c/", "https://outline.invalid/o"
_HOLE = re.compile("[\U000f0000-\U000ffffd]")
# White space would be collapsed and what is invisible left out; quotes and brackets might end or begin a tag.
_LETTERS = "(?:[^\\s<>\"'&\u00ad\u034f\u200b\u2060\ufeff\U000f0000-\U000ffffd]++|&(?:amp|lt|gt|#34|#39);)++"
_WORDS = re.compile(f"{_LETTERS}(?: {_LETTERS})*+")
# What stands before a word may begin a tag or a reference that the word would go on with.
_OPEN = re.compile(r"[&<][^\s;]*\Z")
_REACH = 60
_LOOKED_AT = frozenset(("style", "width", "href", "hidden"))

_Key = tuple[str | None, ...]
_Name = TypeVar("_Name")
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Outline:
    """`parts` are lines as they are, or a row with holes. `compared` are links of which one side has a hole."""

    parts: tuple[str | Row, ...]
    followed: frozenset[str]
    blank: bool
    compared: tuple[tuple[str, str], ...]

    def filled(self, words: Mapping[str, str]) -> str | None:
        """None if a link now shows where it leads, or no longer does."""

        def fill(text: str) -> str:
            return _HOLE.sub(lambda hole: words[hole[0]], text)

        for shown, url in self.compared:
            if leads_elsewhere(fill(shown), fill(url)) != leads_elsewhere(shown, url):
                return None
        parts = (
            part if isinstance(part, str) else laid_out([part._replace(text=fill(part.text))]) for part in self.parts
        )
        return "".join(parts) or "\n"


class Ours(NamedTuple):
    """Our own addresses in a page. They are signed, so no fact holds them."""

    click: str
    open: str
    unsubscribe: str


class Glance(NamedTuple):
    """What a letter needs of a `Reading`; `text` is empty where it is not wanted."""

    text: str
    blank: bool
    leaves: bool


class Outlines:
    """Of one template: `standing` are the pieces of its own, `links` where its numbered links lead."""

    def __init__(self, standing: Iterable[str], links: Sequence[str]) -> None:
        self._destinations = {f"{_CLICK}{n}": url for n, url in enumerate(links)}
        self._places: dict[Frame, frozenset[int] | None] = {}
        self._outlines: dict[tuple[Frame, _Key], Outline | None] = {}
        self._fit = not any(map(_HOLE.search, standing))

    def glance(self, pieces: Sequence[str], frame: Frame, ours: Ours, *, text: bool) -> Glance | None:
        """None for a page that has to be read by itself, as the first of its kind has. `text`: whether it is wanted."""
        written = [piece for piece, own in zip(pieces, frame, strict=True) if own is None]
        places = self._places_in(frame) if self._fit and len(written) < _LAST - _FIRST else None
        if places is None:
            return None
        others = {ours.click: _CLICK, ours.open: _OPEN_ADDRESS, ours.unsubscribe: _LEAVE}
        words = {n: written[n] for n in places if _WORDS.fullmatch(written[n])}
        key = tuple([None if n in words else others.get(piece, piece) for n, piece in enumerate(written)])
        outline = self._outline(frame, key)
        if outline is None:
            return None
        filled = outline.filled(_said(words, ours)) if text else ""
        return None if filled is None else Glance(filled, outline.blank, _LEAVE in outline.followed)

    def _places_in(self, frame: Frame) -> frozenset[int] | None:
        if places := self._places.get(frame):
            return places
        if frame not in self._places:
            _add(self._places, frame, None)
        elif self._places[frame] is None:
            self._places[frame] = frozenset(_places(_page(frame, repeat(None))))
        return self._places[frame]

    def _outline(self, frame: Frame, key: _Key) -> Outline | None:
        if outline := self._outlines.get((frame, key)):
            return outline
        if (frame, key) not in self._outlines:
            _add(self._outlines, (frame, key), self._read(frame, key))
        return self._outlines[frame, key]

    def _read(self, frame: Frame, key: _Key) -> Outline | None:
        """None where a fact holds what stands for something else here."""
        if any(_HOLE.search(piece) for piece in key if piece and piece != _LEAVE):
            return None
        read = plain_text.read(_page(frame, key), self._destinations)
        told = any(address in row.text for row in read.rows for address in (_CLICK, _OPEN_ADDRESS))
        return None if told else _outline_of(read)


def _said(words: Mapping[int, str], ours: Ours) -> dict[str, str]:
    """By the hole in which it is put."""
    said = {chr(_FIRST + n): unescape(word) if "&" in word else word for n, word in words.items()}
    return said | {_LEAVE: ours.unsubscribe}


def _add(kept: dict[_Name, _Value], key: _Name, value: _Value) -> None:
    if len(kept) >= MOST_OUTLINES:
        del kept[next(iter(kept))]
    kept[key] = value


def _page(frame: Frame, key: Iterable[str | None]) -> str:
    """With holes for words."""
    written = enumerate(key)
    return "".join(_in_place(*next(written)) if piece is None else piece for piece in frame)


def _in_place(n: int, piece: str | None) -> str:
    return chr(_FIRST + n) if piece is None else piece


def _outline_of(read: Reading) -> Outline:
    parts: list[str | Row] = []
    for has_holes, run in groupby(read.rows, lambda row: bool(_HOLE.search(row.text))):
        rows = list(run)
        parts += rows if has_holes else [laid_out(rows)]
    compared = tuple(pair for pair in read.compared if _HOLE.search("".join(pair)))
    return Outline(tuple(parts), read.followed, read.blank, compared)


def _places(page: str) -> Iterator[int]:
    """Where a word is a word: in text, or in an attribute in quotes that nobody reads for more than its words."""
    for token in markup.read(page, outlook=False):
        spans = _quoted(page, token) if isinstance(token, Tag) else [(token.start, token.end)]
        for start, end in spans:
            for hole in _HOLE.finditer(page, start, end):
                if not _OPEN.search(page, max(start, hole.start() - _REACH), hole.start()):
                    yield ord(hole[0]) - _FIRST


def _quoted(page: str, tag: Tag) -> Iterator[tuple[int, int]]:
    for attribute in tag.attributes:
        if attribute.name not in _LOOKED_AT and page[attribute.start - 1] in "\"'":
            yield attribute.start, attribute.end
