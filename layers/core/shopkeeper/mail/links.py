"""Which links of a template are tracked, which are left alone, which are refused; and where our addresses go in.

A tracked link keeps its tag, its quotes and everything else; its address alone gives way to a Liquid output with a
name that no template can use or make. So rendering writes our address there, the rest byte for byte as it was, and no
fact can make or change a link. Facts inside a tag must stand in quotes, which escaping keeps them from leaving.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from shopkeeper.mail import destinations, markup, personal
from shopkeeper.mail.errors import DestinationError, Problem
from shopkeeper.mail.layouts import Place
from shopkeeper.mail.liquid import line_of
from shopkeeper.mail.markup import Attribute, Tag
from shopkeeper.mail.spans import PLACEHOLDER, Opaque, Span, opaque, spliced

CLICK = "shopkeeper_click"
OPEN = "shopkeeper_open"
UNSUBSCRIBE = "unsubscribe_url"
PIXEL = f'<img src="{{{{{OPEN}}}}}" width="1" height="1" alt="" style="border:0;display:block">'
"""A block, because in a line of text it would push the letter down by that line."""
MANY = 250
"""More links than this are worth a warning."""
MOST_WARNINGS = 100

_ROW, _LARGEST_TABLE = 20, 300_000  # Characters; the table is one item of at most 400 KB.
_SHAPES = "arc curve group image line oval polyline rect roundrect shape".split()
_LINKS = frozenset(("a", "area", *(f"v:{shape}" for shape in _SHAPES)))
_REFUSED_TAGS = {"base": "would change where every link leads", "form": "does not work in mail clients"}
_DATA = "application/ld+json"
_NOWHERE = ("", "#")
_WHOLE = re.compile(rf"(?:https?://|cid:|data:|{PLACEHOLDER})[^\0]*", re.IGNORECASE)
_LEFT = re.compile(r"(?:mailto:|tel:|sms:|cid:|#)[^\0]*|", re.IGNORECASE)
_UNSUBSCRIBE = re.compile(rf"\{{\{{-?\s*{UNSUBSCRIBE}\s*-?\}}\}}")
_SECRET = re.compile(r"[?&](?:x-amz-signature|signature|sig|token)=", re.IGNORECASE)
_SHOWN_HOST = re.compile(r"\s*(?:https?://|www\.)([\w.-]+)", re.IGNORECASE)
_MADE_TAG = re.compile(f"</?{PLACEHOLDER}")
_DOCTYPE = re.compile(rf"[\s{PLACEHOLDER}]*(?:<\?[^>]*>\s*)?<!doctype[^>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Marked:
    """`html` is Liquid still. `links[n]` is where the link that is rendered as `<click base>n` leads. Where its address
    holds facts, it leads somewhere on one of the `hosts`, and to `links[n]` if all else fails."""

    html: str
    links: tuple[str, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    unsubscribes: bool
    hosts: tuple[str, ...] = ()


def mark(
    source: str,
    tracking_host: str,
    place: Callable[[int], Place] | None = None,
    alts: Mapping[str, str] | None = None,
) -> Marked:
    """`source` must be one that the engine has parsed. `place` says of an offset in it where that was written, `alts`
    what the pictures of these addresses show, in words."""
    reader = _Reader(
        source, opaque(source), tracking_host, place or (lambda at: Place(line_of(source, at))), alts or {}
    )
    for token in markup.read(reader.hidden.text, outlook=True):
        if isinstance(token, Tag):
            reader.tag(token)
            reader.refuse_loose_outputs(token)
    reader.refuse_made_tags()
    return reader.marked()


class _Reader:
    def __init__(
        self, source: str, hidden: Opaque, tracking_host: str, place: Callable[[int], Place], alts: Mapping[str, str]
    ) -> None:
        self.source = source
        self.hidden = hidden
        self._tracking_host = tracking_host
        self._place, self._alts = place, alts
        self._links: list[str] = []
        self._splices: list[tuple[int, int, str]] = []
        self._problems: list[Problem] = []
        self._warnings: list[Problem] = []
        self._unsubscribes = False
        self._hosts: set[str] = set()
        self._bodies: list[int] = []
        self._head_end = 0

    def tag(self, tag: Tag) -> None:
        if tag.closing:
            self._head_end = tag.end if tag.name == "head" else self._head_end
        elif tag.name == "body":
            self._bodies.append(tag.end)
        elif tag.name == "html":
            self._head_end = tag.end
        elif tag.name in _REFUSED_TAGS:
            self._problem(tag.start, f"<{tag.name}> {_REFUSED_TAGS[tag.name]}")
        elif tag.name in _LINKS:
            self._link(tag)
        elif tag.name in ("script", "img"):
            self._look_at(tag)
        elif tag.name.startswith("v:") and any(_named(tag, "href")):
            self._warn(tag.start, f"the href of <{tag.name}> is not one of a link: it is neither checked nor counted")

    def refuse_loose_outputs(self, tag: Tag) -> None:
        """Without quotes a fact that holds a space would start an attribute of its own, such as another `href`."""
        quoted = [item for item in tag.attributes if self.source[item.start - 1] in "\"'"]
        for output in self._outputs_in(tag):
            ours = _UNSUBSCRIBE.fullmatch(self.source[output.start : output.end])
            if not ours and not any(item.start <= output.start and output.end <= item.end for item in quoted):
                self._problem(
                    output.start, "merge data inside a tag must stand in quotes, as the value of an attribute"
                )

    def refuse_made_tags(self) -> None:
        """A fact right after `<` would name a tag, with all that may follow a name."""
        for found in _MADE_TAG.finditer(self.hidden.text):
            self._problem(found.start(), "Liquid cannot follow a <: write &lt; if the sign itself is meant")

    def _outputs_in(self, tag: Tag) -> Sequence[Span]:
        first = bisect_left(self.hidden.outputs, (tag.start, 0))
        return self.hidden.outputs[first : bisect_left(self.hidden.outputs, (tag.end, 0))]

    def marked(self) -> Marked:
        """The pixel stands first in the body: clients that cut long mails never come to their end."""
        for at in self._bodies or [self._head_end or _doctype_end(self.hidden.text)]:
            self._splice(at, at, PIXEL)
        if sum(len(url) + _ROW for url in self._links) > _LARGEST_TABLE:
            self._problem(0, "the links take more room than one link table has")
        if len(self._links) > MANY:
            self._warn(0, f"{len(self._links)} links are many for one mail")
        return Marked(
            spliced(self.source, self._splices),
            tuple(self._links),
            tuple(self._problems),
            tuple(self._warnings[:MOST_WARNINGS]),
            self._unsubscribes,
            tuple(sorted(self._hosts)),
        )

    def _link(self, tag: Tag) -> None:
        tracked = not any(self._value(item).strip().lower() == "off" for item in _named(tag, "data-track"))
        for href in _named(tag, "href", "xlink:href"):
            try:
                self._address(tag, href, tracked=tracked)
            except DestinationError as error:
                self._problem(href.start, f"{error}: {self.source[href.start : href.end].strip()[:200]}")

    def _address(self, tag: Tag, href: Attribute, *, tracked: bool) -> None:
        if _UNSUBSCRIBE.fullmatch(self.source[href.start : href.end].strip()) and self._is_liquid(href):
            self._unsubscribes = True
            return
        value = self._value(href).strip()
        if value in _NOWHERE:
            self._warn(href.start, f'the link leads nowhere: href="{value}"')
        if _LEFT.fullmatch(value):
            return
        if PLACEHOLDER in value:
            self._personal(href, value, tracked=tracked)
            return
        url = destinations.check(value)
        if destinations.host_of(url) == self._tracking_host:
            return
        self._look(tag, url)
        if tracked and not _SECRET.search(url):
            self._splice(href.start, href.end, f"{{{{{CLICK}}}}}{len(self._links)}")
            self._links.append(url)

    def _personal(self, href: Attribute, value: str, *, tracked: bool) -> None:
        """In a loop it would lead to several places under one number."""
        home = personal.origin(value)
        if destinations.host_of(home) == self._tracking_host:
            raise DestinationError("a link to ourselves cannot hold facts")
        self._hosts.add(destinations.host_of(home))
        looped = any(loop.start <= href.start < loop.end for loop in self.hidden.loops)
        if looped and tracked:
            self._warn(href.start, "clicks on a link with facts in its address are not counted in a loop")
        number = None if looped or not tracked or _SECRET.search(value) else len(self._links)
        before, behind = personal.marks(f"{{{{{CLICK}}}}}", number)
        self._splice(href.start, href.start, before)
        self._splice(href.end, href.end, behind)
        self._links += [] if number is None else [home]

    def _look_at(self, tag: Tag) -> None:
        """What mail programs do not do, and pages do. Structured data in a script is read by some of them."""
        if tag.name == "script" and not any(self._value(item).strip().lower() == _DATA for item in _named(tag, "type")):
            self._warn(tag.start, "mail programs drop <script> and what it holds")
        for src in _named(tag, "src") if tag.name == "img" else ():
            self._put_in_words(tag, self.source[src.start : src.end].strip())
            if not _WHOLE.fullmatch(self._value(src).strip()):
                said = self.source[src.start : src.end].strip()[:200]
                self._warn(src.start, f"a mail shows no picture without a full https:// address: {said}")

    def _put_in_words(self, tag: Tag, src: str) -> None:
        """Where the template has no words of its own for a picture; none at all, `alt=""`, are its own as well."""
        if src in self._alts and not any(_named(tag, "alt")):
            words = escape(self._alts[src]).replace("{", "&#123;")
            at = tag.start + 1 + len(tag.name)
            self._splice(at, at, f' alt="{words}"')

    def _look(self, tag: Tag, url: str) -> None:
        if len(url) > destinations.WORTH_A_WARNING:
            self._warn(tag.start, f"some mail clients cut addresses of {len(url)} characters")
        shown = _SHOWN_HOST.match(self.hidden.text, tag.end)
        if tag.name == "a" and shown and not _akin(shown[1].lower(), destinations.host_of(url)):
            self._warn(tag.start, f"the link shows {shown[1]} and leads to {destinations.host_of(url)}")

    def _value(self, attribute: Attribute) -> str:
        return markup.decoded(self.hidden.text[attribute.start : attribute.end])

    def _is_liquid(self, href: Attribute) -> bool:
        return PLACEHOLDER in self.hidden.text[href.start : href.end]

    def _splice(self, start: int, end: int, text: str) -> None:
        """In a raw block Liquid would be plain text, so the block is left for the time being."""
        if any(span.start <= start and end <= span.end for span in self.hidden.verbatim):
            text = f"{{% endraw %}}{text}{{% raw %}}"
        self._splices.append((start, end, text))

    def _problem(self, at: int, message: str) -> None:
        self._problems.append(self._place(at).problem("html", message))

    def _warn(self, at: int, message: str) -> None:
        self._warnings.append(self._place(at).problem("html", message))


def _named(tag: Tag, *names: str) -> Iterator[Attribute]:
    """All of them: with Liquid around, a second `href` may be the one that stays."""
    return (attribute for attribute in tag.attributes if attribute.name in names)


def _akin(shown: str, host: str) -> bool:
    shown, host = shown.removeprefix("www.").rstrip("."), host.removeprefix("www.")
    return shown == host or shown.endswith(f".{host}") or host.endswith(f".{shown}")


def _doctype_end(text: str) -> int:
    """Nothing may stand before the doctype, or browsers show the page as they did in 1998."""
    doctype = _DOCTYPE.match(text)
    return doctype.end() if doctype else 0
