"""Pictures in a letter: {% asset "logo" %} stands for the address of one, in a template, a layout or a snippet.

It gives way to that address when the template is put, and once its parts are together. Each brand has an address of its
own for what is ours, so that alone is a fact of the letter; the file is the one that counts at that time.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from shopkeeper.mail.layouts import NAMED, Place, Whole
from shopkeeper.mail.liquid import RefusedError, line_of
from shopkeeper.mail.shelf import Asset
from shopkeeper.mail.spans import matches, spliced, trims

TAG = "asset"
ADDRESS = "shopkeeper_assets"
"""The fact: where pictures are, up to the name of their file."""
MOST = 100
"""Different ones in one letter."""
_NO_NAME = 'an asset is named in quotes: {% asset "logo" %}'


class Hole(NamedTuple):
    start: int
    end: int
    asset: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A page with the addresses in place. `shifts` pair an offset in it with the one in the whole, from there on."""

    text: str
    whole: Whole
    shifts: tuple[tuple[int, int], ...]

    def place(self, at: int) -> Place:
        here, there = self.shifts[bisect_right(self.shifts, at, key=lambda shift: shift[0]) - 1]
        return self.whole.place(there + at - here)


def holes(source: str) -> Iterator[Hole]:
    """In their order. Raises RefusedError."""
    for match, hidden in matches(source):
        if hidden or match.lastgroup != "TAG" or match["name"] != TAG:
            continue
        name = NAMED.fullmatch(match["expr"].strip())
        if not name:
            raise RefusedError(line_of(source, match.start()), _NO_NAME)
        yield Hole(*match.span(), name[2], *trims(match.group()))


def named(*sources: str | None) -> tuple[str, ...]:
    """Each once; none of a source that cannot be read."""
    names: dict[str, None] = {}
    for source in filter(None, sources):
        try:
            names |= dict.fromkeys(hole.asset for hole in holes(source))
        except RefusedError:
            continue
    return tuple(names)


def address(asset: Asset) -> str:
    """As a template says it."""
    return f"{{{{ {ADDRESS} }}}}{asset.file}"


def outline(source: str) -> str:
    """With blanks in their places. Raises RefusedError."""
    blanks = ((hole.start, hole.end, re.sub(r"[^\n]", " ", source[hole.start : hole.end])) for hole in holes(source))
    return spliced(source, list(blanks))


def shown(whole: Whole, assets: Mapping[str, Asset]) -> Shown:
    """Raises RefusedError, whose line is that of the whole."""
    pieces: list[str] = []
    shifts = [(0, 0)]
    at = length = 0
    for hole in holes(whole.text):
        if hole.asset not in assets:
            place = whole.place(hole.start)
            raise RefusedError(place.line, place.problem("", f"there is no asset {hole.asset}").message)
        before = whole.text[at : hole.start] + hole.before
        pieces += before, address(assets[hole.asset]), hole.after
        shifts += [(length + len(before), hole.start)]
        length, at = length + len("".join(pieces[-3:])), hole.end
        shifts += [(length, at)]
    return Shown("".join([*pieces, whole.text[at:]]), whole, tuple(shifts))
