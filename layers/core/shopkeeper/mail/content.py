"""A template in its three states: as somebody wrote it, as it was published, as it is ready to be rendered.

publishing.publish(source, names, ...)      -> Published     refuses with all that is wrong, or marks the links
load(published)                             -> Content       once per content version and process
content.render(facts, addresses)            -> Letter        once per customer
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import NamedTuple

from liquid import BoundTemplate

from shopkeeper.mail import assets, choosing, links, liquid, nodes, personal, plain_text
from shopkeeper.mail.choosing import Blocks
from shopkeeper.mail.errors import Problem, RenderError
from shopkeeper.mail.outlines import Glance, Ours, Outlines
from shopkeeper.mail.quoted import Frame, Sheets
from shopkeeper.mail.utm import NONE as NO_UTM
from shopkeeper.mail.utm import Utm

SCHEMA = 1
LONGEST_SUBJECT = 255
_EMPTY = "the letter is empty"
_NO_SUBJECT = "the subject is empty"
_NO_WAY_OUT = "no link to unsubscribe is to be seen"
_BREAKS = ("Cc", "Zl", "Zp")
_ADDRESS = re.compile(r"https?://[A-Za-z0-9._:/-]+")


@dataclass(frozen=True, slots=True)
class Source:
    """What a marketer writes. Without `text` the plain text is made from the HTML of each letter; with `mjml`, `html`
    is written in that."""

    subject: str
    html: str
    text: str | None = None
    mjml: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """What is kept of a published template, and never changes. `links[n]` is where link n leads. Links whose address
    holds facts lead to the `hosts`. `blocks` has the rules of variants, JSON text, by the ids of block and variant.

    Parts are Liquid with our marks in it, so link numbers stay what they were whatever later versions of this code do.
    """

    subject: str
    html: str
    text: str | None
    links: tuple[str, ...]
    warnings: tuple[Problem, ...] = ()
    marketing: bool = False
    hosts: tuple[str, ...] = ()
    blocks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    schema: int = SCHEMA

    def to_json(self) -> dict[str, object]:
        return asdict(self) | {"links": list(self.links), "warnings": [list(warning) for warning in self.warnings]}

    @classmethod
    def from_json(cls, row: Mapping[str, object]) -> "Published":
        """Raises KeyError or TypeError for a row that `to_json` did not make."""
        fields = {name: row[name] for name in ("subject", "html", "text", "schema")}
        warnings = tuple(Problem(*warning) for warning in row["warnings"])  # type: ignore[attr-defined]
        marketing = bool(row.get("marketing"))  # What was kept before there was the word is sent as it was.
        lists: dict[str, tuple[str, ...]] = {name: tuple(row.get(name, ())) for name in ("links", "hosts")}  # type: ignore[arg-type]
        return cls(**fields, **lists, marketing=marketing, warnings=warnings, blocks=row.get("blocks") or {})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Our addresses in one letter: `click` ends in `/` and takes the link's number, `assets` ends so and takes the name
    of a picture, the others are whole."""

    click: str
    open: str
    unsubscribe: str
    assets: str

    def __post_init__(self) -> None:
        """Only characters that stand for themselves in HTML, quoted or not. Raises ValueError."""
        for name in ("click", "open", "unsubscribe", "assets"):
            if not _ADDRESS.fullmatch(getattr(self, name)):
                raise ValueError(f"{name}: expected an address of plain letters, digits and . _ - / :")
        if not (self.click.endswith("/") and self.assets.endswith("/")):
            raise ValueError("click, assets: expected addresses that end in /")

    def as_facts(self) -> dict[str, object]:
        ours = {links.CLICK: self.click, links.OPEN: self.open, links.UNSUBSCRIBE: self.unsubscribe}
        return {**ours, assets.ADDRESS: self.assets}


@dataclass(frozen=True, slots=True)
class Letter:
    """One customer's mail before it is wrapped as MIME. `link_count` is how many links its content version has.

    `destinations` are where those of them lead whose address holds facts, by number; `quoted` is the HTML in
    quoted-printable, where it was put together from lines that were encoded before."""

    subject: str
    html: str
    text: str
    link_count: int
    destinations: Mapping[int, str] = field(default_factory=dict)
    quoted: bytes = b""


class Body(NamedTuple):
    """`links` are as `destinations` of a letter."""

    html: str
    text: str
    links: Mapping[int, str]
    quoted: bytes


class Page(NamedTuple):
    """`pieces` is empty where the page was changed after it was written."""

    html: str
    links: Mapping[int, str]
    pieces: Sequence[str] = ()
    frame: Frame = ()


@dataclass(frozen=True, slots=True)
class Content:
    """A published template, parsed."""

    subject: BoundTemplate
    html: BoundTemplate
    text: BoundTemplate | None
    links: tuple[str, ...]
    marketing: bool
    hosts: frozenset[str]
    own: Mapping[str, str]
    sheets: Sheets
    outlines: Outlines
    blocks: Blocks = choosing.NONE

    def render(self, facts: Mapping[str, object], addresses: Addresses, utm: Utm = NO_UTM) -> Letter:
        """Facts are plain data, never read as a template; `utm` is for links whose address holds some. Raises
        RenderError, TypeError for facts of other kinds."""
        body = self.body(facts, addresses, utm)
        return Letter(self._subject_line(facts), body.html, body.text, len(self.links), body.links, body.quoted)

    def subject_line(self, facts: Mapping[str, object]) -> str:
        """Raises as `render` does."""
        liquid.refuse_objects(facts)
        return self._subject_line(facts)

    def _subject_line(self, facts: Mapping[str, object]) -> str:
        return _subject(_write("subject", self.subject, facts))

    def body(self, facts: Mapping[str, object], addresses: Addresses, utm: Utm = NO_UTM) -> Body:
        """Raises as `render` does, also if nothing is to be seen or, in marketing, no link to unsubscribe."""
        all_facts = {**facts, **addresses.as_facts()}
        page = self._page(all_facts, addresses.click, utm)
        ours = Ours(addresses.click, addresses.open, addresses.unsubscribe)
        seen = self._glance(page, ours)
        if seen.blank:
            raise RenderError(_EMPTY, short=_EMPTY)
        if self.marketing and not seen.leaves:
            raise RenderError(_NO_WAY_OUT, short=_NO_WAY_OUT)
        said = _write("text", self.text, all_facts) if self.text else seen.text
        quoted = self.sheets.joined(page.pieces, page.frame, ours)
        return Body(page.html, _with_leave(said, page.html, ours.unsubscribe), page.links, quoted)

    def words(self, facts: Mapping[str, object], addresses: Addresses) -> str:
        """What is read in the HTML. Raises as `render` does."""
        page = self._page({**facts, **addresses.as_facts()}, addresses.click, NO_UTM)
        return plain_text.from_html(page.html, self._destinations(addresses.click, page.links))

    def _page(self, facts: Mapping[str, object], click: str, utm: Utm) -> Page:
        liquid.refuse_objects(facts)
        pieces = _pieces("html", self.html, facts)
        frame = tuple(map(self.own.get, pieces))
        pieces = [piece if own else _sound(piece) for piece, own in zip(pieces, frame, strict=True)]
        page = Page("".join(pieces), {}, pieces, frame)
        return Page(*personal.settle(page.html, click, self.hosts, utm)) if self.hosts else page

    def _glance(self, page: Page, ours: Ours) -> Glance:
        if page.pieces and (glance := self.outlines.glance(page.pieces, page.frame, ours, text=not self.text)):
            return glance
        seen = plain_text.read(page.html, self._destinations(ours.click, page.links))
        return Glance(seen.text, seen.blank, ours.unsubscribe in seen.followed)

    def _destinations(self, click: str, led: Mapping[int, str]) -> dict[str, str]:
        """In plain text a link leads straight to its destination."""
        return {f"{click}{n}": led.get(n, url) for n, url in enumerate(self.links)}


NOWHERE = Addresses(*(f"https://preview.invalid/{name}" for name in ("c/", "o", "u", "a/")))
"""Nobody answers there: a preview counts nowhere and unsubscribes nobody."""


def load(published: Published) -> Content:
    """Raises RefusedError if an engine of a later version no longer reads what was published."""
    text = None if published.text is None else liquid.parse(published.text, liquid.PLAIN)
    standing = nodes.standing(html := liquid.parse(published.html, liquid.HTML))
    return Content(
        liquid.parse(published.subject, liquid.PLAIN),
        html,
        text,
        published.links,
        published.marketing,
        frozenset(published.hosts),
        {piece: piece for piece in standing},
        Sheets(standing),
        Outlines(standing, published.links),
        Blocks(published.blocks),
    )


def _with_leave(text: str, html: str, leave: str) -> str:
    """Whoever reads the text can unsubscribe wherever a reader of the page can, whatever became of the link in it."""
    return f"{text.rstrip()}\n\n{leave}\n" if leave in html and leave not in text else text


def _write(part: str, template: BoundTemplate, facts: Mapping[str, object]) -> str:
    return _sound("".join(_pieces(part, template, facts)))


def _pieces(part: str, template: BoundTemplate, facts: Mapping[str, object]) -> list[str]:
    try:
        return liquid.pieces(template, facts)
    except RenderError as error:
        error.part = part
        raise


def _subject(text: str) -> str:
    """One line without control characters: a header must not be able to end early. Raises RenderError if empty."""
    kept = (
        text if text.isprintable() else "".join(" " if unicodedata.category(char) in _BREAKS else char for char in text)
    )
    subject = " ".join(kept.split())
    if not subject:
        raise RenderError(_NO_SUBJECT, "subject", short=_NO_SUBJECT)
    return subject if len(subject) <= LONGEST_SUBJECT else f"{subject[: LONGEST_SUBJECT - 1].rstrip()}…"


def _sound(text: str) -> str:
    """Half a surrogate pair, which JSON may carry, cannot be written as UTF-8."""
    return text.encode("utf-8", "replace").decode() if not text.isascii() else text
