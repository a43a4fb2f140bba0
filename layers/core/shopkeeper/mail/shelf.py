"""What templates are put together from: layouts, snippets and blocks, each in one of its versions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Part = Literal["html", "text"]
CHOSEN = "shopkeeper_blocks"
"""The fact that says of each block which of its variants a customer gets."""
GENERAL = "general"
"""The variant of those for whom no other one is meant."""


class Piece(NamedTuple):
    """What stands in the place of a name, and where it was written; None where there is nothing of this part."""

    text: str | None
    inside: str


@dataclass(frozen=True, slots=True)
class Shared:
    """A version of a layout, of a snippet or of a variant of a block; `kind` says which. `text` is for letters whose
    text is written by hand. `values` are those that a snippet may be told, each with what it is if it is not; None is
    for what must be told. With `mjml`, the `html` of a layout is written in that, and so are its templates."""

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

    def pieces(self, part: Part) -> Iterator[Piece]:
        yield Piece(self.says(part), self.name)


class Variant(NamedTuple):
    """`rule`, JSON text with all that it names, says for whom it is."""

    id: str
    rule: str
    said: Shared


@dataclass(frozen=True, slots=True)
class Block:
    """A version of a block. A customer gets the first of the variants that is meant for them, or else the general one.

    In a letter they stand beside each other, and Liquid takes the one that has been chosen.
    """

    general: Shared
    variants: tuple[Variant, ...]
    kind: str = "block"

    @property
    def name(self) -> str:
        return self.general.name

    @property
    def values(self) -> Mapping[str, str | None]:
        return self.general.values

    @property
    def id(self) -> str:
        return self.general.id

    @property
    def version(self) -> int:
        return self.general.version

    def pieces(self, part: Part) -> Iterator[Piece]:
        for place, each in enumerate(self.variants):
            asks = f'{{% {"elsif" if place else "if"} {CHOSEN}["{self.id}"] == "{each.id}" %}}'
            yield Piece(asks, each.said.name)
            yield from each.said.pieces(part)
        yield Piece("{% else %}", self.general.name)
        yield from self.general.pieces(part)
        yield Piece("{% endif %}", self.general.name)


@dataclass(frozen=True, slots=True)
class Asset:
    """A version of a picture. `alt` is what it shows, in words; `file` is its name where pictures are."""

    id: str
    version: int
    alt: str
    file: str
    kind: str = "asset"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The layout that a template names, and by their ids the snippets and blocks that either of them does, and the
    assets that any of these do."""

    layout: Shared | None = None
    snippets: Mapping[str, Shared] = field(default_factory=dict)
    blocks: Mapping[str, Block] = field(default_factory=dict)
    assets: Mapping[str, Asset] = field(default_factory=dict)


EMPTY = Shelf()
