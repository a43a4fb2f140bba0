"""A template in its three states: as somebody wrote it, as it was published, as it is ready to be rendered.

publish(source, names, tracking_host=...)   -> Published     refuses with all that is wrong, or marks the links
load(published)                             -> Content       once per content version and process
content.render(facts, addresses)            -> Letter        once per customer
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass

from liquid import BoundTemplate

from shopkeeper.mail import analysis, links, liquid, plain_text
from shopkeeper.mail.errors import Problem, RenderError, UnpublishableError

SCHEMA = 1
LONGEST_SUBJECT = 255
_ADDRESS = re.compile(r"https?://[A-Za-z0-9._:/-]+")


@dataclass(frozen=True, slots=True)
class Source:
    """What a marketer writes. Without `text` the plain text is made from the HTML of each letter."""

    subject: str
    html: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """What is kept of a published template, and never changes. `links[n]` is where link n leads.

    Parts are Liquid with our marks in it, so link numbers stay what they were whatever later versions of this code do.
    """

    subject: str
    html: str
    text: str | None
    links: tuple[str, ...]
    warnings: tuple[Problem, ...] = ()
    schema: int = SCHEMA

    def to_json(self) -> dict[str, object]:
        return asdict(self) | {"links": list(self.links), "warnings": [list(warning) for warning in self.warnings]}

    @classmethod
    def from_json(cls, row: Mapping[str, object]) -> "Published":
        """Raises KeyError or TypeError for a row that `to_json` did not make."""
        fields = {name: row[name] for name in ("subject", "html", "text", "schema")}
        warnings = tuple(Problem(*warning) for warning in row["warnings"])  # type: ignore[attr-defined]
        return cls(**fields, links=tuple(row["links"]), warnings=warnings)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Our addresses in one letter: `click` ends in `/` and takes the link's number, the others are whole."""

    click: str
    open: str
    unsubscribe: str

    def __post_init__(self) -> None:
        """Only characters that stand for themselves in HTML, quoted or not. Raises ValueError."""
        for name in ("click", "open", "unsubscribe"):
            if not _ADDRESS.fullmatch(getattr(self, name)):
                raise ValueError(f"{name}: expected an address of plain letters, digits and . _ - / :")
        if not self.click.endswith("/"):
            raise ValueError("click: expected an address that ends in /")

    def as_facts(self) -> dict[str, object]:
        return {links.CLICK: self.click, links.OPEN: self.open, links.UNSUBSCRIBE: self.unsubscribe}


@dataclass(frozen=True, slots=True)
class Letter:
    """One customer's mail before it is wrapped as MIME. `link_count` is how many links its content version has."""

    subject: str
    html: str
    text: str
    link_count: int


@dataclass(frozen=True, slots=True)
class Content:
    """A published template, parsed."""

    subject: BoundTemplate
    html: BoundTemplate
    text: BoundTemplate | None
    links: tuple[str, ...]

    def render(self, facts: Mapping[str, object], addresses: Addresses) -> Letter:
        """Facts are plain data, never read as a template. Raises RenderError, TypeError for facts of other kinds."""
        all_facts = {**facts, **addresses.as_facts()}
        html = _sound(liquid.write(self.html, all_facts))
        if self.text:
            text = _sound(liquid.write(self.text, all_facts))
        else:
            text = plain_text.from_html(html, self._destinations(addresses))
        text = _with_leave(text, html, addresses.unsubscribe)
        return Letter(_subject(liquid.write(self.subject, facts)), html, text, len(self.links))

    def _destinations(self, addresses: Addresses) -> dict[str, str]:
        """In plain text a link leads straight to its destination."""
        return {f"{addresses.click}{n}": url for n, url in enumerate(self.links)}


def publish(source: Source, names: Collection[str], *, tracking_host: str, marketing: bool = True) -> Published:
    """Raises UnpublishableError with all that is wrong.

    `names` are the facts that will be there at rendering, as `analysis.check` takes them. A marketing template must
    hold a link to `{{ unsubscribe_url }}`.
    """
    known = {*names, links.UNSUBSCRIBE}
    problems = [
        *_check("subject", source.subject, set(names), liquid.PLAIN),
        *_check("html", source.html, known, liquid.HTML),
        *(() if source.text is None else _check("text", source.text, known, liquid.PLAIN)),
    ]
    if problems:
        raise UnpublishableError(tuple(problems))
    marked = links.mark(source.html, tracking_host.lower().partition(":")[0])
    problems += marked.problems
    if marketing:
        problems += _check_unsubscribe(source, marked)
    if problems:
        raise UnpublishableError(tuple(problems))
    return Published(source.subject, marked.html, source.text, marked.links, marked.warnings)


def load(published: Published) -> Content:
    """Raises RefusedError if an engine of a later version no longer reads what was published."""
    text = None if published.text is None else liquid.parse(published.text, liquid.PLAIN)
    return Content(
        liquid.parse(published.subject, liquid.PLAIN),
        liquid.parse(published.html, liquid.HTML),
        text,
        published.links,
    )


def _check(part: str, source: str, names: set[str], language: liquid.Language) -> Iterator[Problem]:
    try:
        template = liquid.parse(source, language)
        for refused in analysis.check(template, source, names):
            yield Problem(part, refused.line, refused.message)
    except liquid.RefusedError as refused:
        yield Problem(part, refused.line, refused.message)


def _check_unsubscribe(source: Source, marked: links.Marked) -> Iterator[Problem]:
    if not marked.unsubscribes:
        yield Problem("html", 1, f'there is no link to unsubscribe: <a href="{{{{ {links.UNSUBSCRIBE} }}}}">')
    if source.text is not None and links.UNSUBSCRIBE not in source.text:
        yield Problem("text", 1, f"there is no address to unsubscribe: {{{{ {links.UNSUBSCRIBE} }}}}")


def _with_leave(text: str, html: str, leave: str) -> str:
    """Whoever reads the text can unsubscribe wherever a reader of the page can, whatever became of the link in it."""
    return f"{text.rstrip()}\n\n{leave}\n" if leave in html and leave not in text else text


def _subject(text: str) -> str:
    """One line without control characters: a header must not be able to end early. Raises RenderError if empty."""
    kept = "".join(" " if _breaks_lines(char) else char for char in _sound(text))
    subject = " ".join(kept.split())
    if not subject:
        raise RenderError("the subject is empty")
    return subject if len(subject) <= LONGEST_SUBJECT else f"{subject[: LONGEST_SUBJECT - 1].rstrip()}…"


def _breaks_lines(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Zl", "Zp")


def _sound(text: str) -> str:
    """Half a surrogate pair, which JSON may carry, cannot be written as UTF-8."""
    return text.encode("utf-8", "replace").decode() if not text.isascii() else text
