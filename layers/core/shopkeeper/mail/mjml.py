"""MJML: a shorter way to write letters that fit any screen, of which HTML is made when a template is put.

To MJML, Liquid is a word like any other: a mark stands in its place while HTML is made of the rest, and it comes back
where the mark is then. Marks also tell where an address was written, as HTML has no lines that anybody wrote.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shopkeeper.mail.assets import Shown
from shopkeeper.mail.errors import MailError
from shopkeeper.mail.layouts import Place
from shopkeeper.mail.spans import PLACEHOLDER, opaque

MOST_DEEP = 100
"""Elements in each other. Some thousand would be the end of the process that reads them."""
MOST_SLIDES = 50
"""Each image of a carousel is written once for each of the others."""
_WITH_HTML = frozenset(
    """mj-accordion-text mj-accordion-title mj-button mj-navbar-link mj-preview mj-raw mj-social-element mj-style
    mj-table mj-text mj-title""".split()
)
_ELEMENTS = _WITH_HTML | frozenset(
    """mjml mj-accordion mj-accordion-element mj-all mj-attributes mj-body mj-breakpoint mj-carousel mj-carousel-image
    mj-class mj-column mj-divider mj-font mj-group mj-head mj-hero mj-image mj-navbar mj-section mj-social mj-spacer
    mj-wrapper""".split()
)
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_ADDRESSES = frozenset(("href", "src", "action"))
_NAME = "[A-Za-z][A-Za-z0-9:-]*"
_TAG = re.compile(
    rf"""
    <!--.*?-->
    | </(?P<closing>{_NAME})\s*>
    | <(?P<opening>{_NAME})
      (?P<attributes>(?:\s+[^\s=<>"'/{PLACEHOLDER}]+(?:\s*=\s*(?:"[^"]*"|'[^']*'))?)*)\s*(?P<whole>/?)>
    | <
    """,
    re.VERBOSE | re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
# MJML writes such characters of an attribute as Rust would.
_ODD = re.compile(rf'[^ -~{PLACEHOLDER}]+|["\\]+')
_LIQUID = re.compile(f"{PLACEHOLDER}+")
_NO_TAG = "a < that begins no tag of MJML: write &lt; for the sign, and attributes in quotes"
_LEFT_OUT = "MJML leaves out what stands here: Liquid can stand in texts, addresses and colours"
_POSITION = re.compile(r" in root template(?: at position ([0-9]+):[0-9]+)?")


class MarkupError(MailError):
    """`at` is the offset in the source."""

    def __init__(self, at: int, message: str) -> None:
        super().__init__(message)
        self.at = at


class Mark(NamedTuple):
    """What stands in the source from `start` to `end`, and what comes back there."""

    start: int
    end: int
    back: str


@dataclass(frozen=True, slots=True)
class Made:
    """HTML, and of each mark in it where it stands now, and where it was written."""

    text: str
    page: Shown
    places: tuple[tuple[int, int], ...]

    def place(self, at: int) -> Place:
        """Where the tag that begins there was written, or what stands there; else what stands before it."""
        near = bisect_left(self.places, (at, 0))
        is_in_tag = near < len(self.places) and self.places[near][0] <= self.text.find(">", at)
        return self.page.place(self.places[near if is_in_tag else max(near - 1, 0)][1] if self.places else 0)


def made(page: Shown) -> Made:
    """Raises MarkupError."""
    text = opaque(page.text).text
    liquid = (Mark(*found.span(), page.text[slice(*found.span())]) for found in _LIQUID.finditer(text))
    marks = sorted([*liquid, *_Reader(text).marks()])
    name = "mark"
    while name in page.text:
        name += "k"
    html = _converted(page.text, marks, name)
    return _restored(html, page, marks, re.compile(f"{name}([0-9]+)x"))


class _Reader:
    """The engine refuses what is not well-formed without saying where, and leaves out elements it does not know."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[tuple[str, int]] = []
        self._slides = 0

    def marks(self) -> Iterator[Mark]:
        for tag in _TAG.finditer(self._text):
            if tag["opening"]:
                self._begin(tag)
                yield from _in_attributes(tag)
            elif tag["closing"]:
                self._end(tag)
            elif tag[0] == "<":
                raise MarkupError(tag.start(), _NO_TAG)
        if self._open:
            name, at = self._open[-1]
            raise MarkupError(at, f"<{name}> is not closed")

    def _begin(self, tag: re.Match[str]) -> None:
        name = tag["opening"]
        if name.startswith("mj"):
            self._check(name, tag.start())
        if len(self._open) >= MOST_DEEP:
            raise MarkupError(tag.start(), f"more than {MOST_DEEP} elements in each other")
        if not tag["whole"] and name not in _VOID:
            self._open.append((name, tag.start()))

    def _check(self, name: str, at: int) -> None:
        if name == "mj-include":
            raise MarkupError(at, 'there are no files to include: {% snippet "..." %} does that')
        if name not in _ELEMENTS:
            raise MarkupError(at, f"there is no <{name}>")
        if around := next((each for each, _ in self._open if each in _WITH_HTML), ""):
            raise MarkupError(at, f"<{name}> cannot stand in <{around}>")
        self._slides += name == "mj-carousel-image"
        if self._slides > MOST_SLIDES:
            raise MarkupError(at, f"more than {MOST_SLIDES} images in carousels")

    def _end(self, tag: re.Match[str]) -> None:
        name, _ = self._open.pop() if self._open else ("", 0)
        if name != tag["closing"]:
            raise MarkupError(tag.start(), f"</{tag['closing']}> closes {f'no <{name}>' if name else 'nothing'}")


def _in_attributes(tag: re.Match[str]) -> Iterator[Mark]:
    for found in _ATTRIBUTE.finditer(tag.string, *tag.span("attributes")):
        start, end = found.span(2) if found[2] is not None else found.span(3)
        if found[1] in _ADDRESSES:
            yield Mark(start, start, "")
        for odd in _ODD.finditer(tag.string, start, end):
            yield Mark(*odd.span(), odd[0].replace('"', "&#34;"))


def _converted(source: str, marks: Sequence[Mark], name: str) -> str:
    from mjml import mjml2html  # Two megabytes that no other function is to load.

    pieces: list[str] = []
    at = 0
    for n, mark in enumerate(marks):
        pieces += source[at : mark.start], " " if mark.back.isspace() else f"{name}{n}x"
        at = mark.end
    hidden = "".join([*pieces, source[at:]])
    try:
        return mjml2html(hidden)
    except ValueError as error:
        position = _POSITION.search(str(error))
        before = hidden.encode()[: int(position[1] or 0)].decode(errors="ignore") if position else ""
        marked = re.compile(f"{name}[0-9]+x")
        passed = sum(mark.end - mark.start for mark in marks[: len(marked.findall(before))])
        raise MarkupError(len(marked.sub("", before)) + passed, f"MJML: {_POSITION.sub('', str(error))}") from None


def _restored(html: str, page: Shown, marks: Sequence[Mark], marked: re.Pattern[str]) -> Made:
    pieces: list[str] = []
    places: list[tuple[int, int]] = []
    at = length = 0
    seen = set()
    for found in marked.finditer(html):
        mark = marks[int(found[1])]
        seen.add(mark)
        length += found.start() - at
        places.append((length, mark.start))
        pieces += html[at : found.start()], mark.back
        length, at = length + len(mark.back), found.end()
    for mark in marks:
        if mark not in seen and "{" in mark.back:
            raise MarkupError(mark.start, _LEFT_OUT)
    return Made("".join([*pieces, html[at:]]), page, tuple(places))
