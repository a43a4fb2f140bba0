"""The text part of a mail, made from its HTML: what a reader would see, in lines of 72 characters."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from shopkeeper.mail import markup
from shopkeeper.mail.lines import Lines, Row, laid_out
from shopkeeper.mail.markup import Tag, Text
from shopkeeper.mail.nesting import Nesting

_PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 blockquote ul ol dl hr pre figure address".split())
_LINES = frozenset("div table tr li dt dd section article header footer main nav center caption form br tbody".split())
_CELLS = frozenset(("td", "th"))
_LISTS = frozenset(("ul", "ol"))
_UNSEEN = frozenset(("head", "object", "svg", "template"))
_PIXEL_WIDTHS = ("0", "1")
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_IN_HEAD = frozenset("head title base basefont bgsound link meta noscript noframes style script template".split())
# Not `mso-hide`: it hides from Outlook what all others see, such as the button that stands beside Outlook's own.
_HIDDEN_STYLE = re.compile(r"(?<![\w-])(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_FLAT_STYLE = re.compile(r"(?<![\w-])max-height\s*:\s*0(?:px)?\s*(?:[;!]|\Z)", re.IGNORECASE)
_CUT_STYLE = re.compile(r"(?<![\w-])overflow\s*:\s*hidden", re.IGNORECASE)
_INVISIBLE = re.compile("[\u00ad\u034f\u200b\u2060\ufeff]")
_LINE_END = re.compile("\r\n?")
_UNDERLINES = {"h1": "=", "h2": "-"}


def from_html(html: str, destinations: Mapping[str, str]) -> str:
    """`destinations` says where our own addresses lead; the text shows that instead. Ends with one line end."""
    return read(html, destinations).text


@dataclass(frozen=True, slots=True)
class Reading:
    """`followed` are the addresses of links that show a word or a picture to click on, as they stand in the page;
    `blank` is a page that shows neither. `compared` are what each link shows and where it leads, which is left out
    where it is the same."""

    rows: tuple[Row, ...]
    followed: frozenset[str]
    blank: bool
    compared: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """Ends with one line end."""
        return laid_out(self.rows)


def leads_elsewhere(shown: str, url: str) -> bool:
    return url not in (shown, f"https://{shown}", f"http://{shown}")


def read(html: str, destinations: Mapping[str, str]) -> Reading:
    """As somebody reads the page in a mail client other than Outlook on Windows."""
    reader = _Reader(html, destinations)
    for token in markup.read(html, outlook=False):
        reader.take(token)
    return reader.reading()


class _Reader:
    def __init__(self, html: str, destinations: Mapping[str, str]) -> None:
        self._html = html
        self._destinations = destinations
        self._nesting = Nesting()
        self._hidden: int | None = None  # How many elements stand around the one that is not seen.
        self._link = ""
        self._link_start = 0
        self._pictures = 0
        self._link_pictures = 0
        self._followed: set[str] = set()
        self._compared: list[tuple[str, str]] = []
        self._preserved = 0  # Where the text of a <pre> begins: a line end right after its tag is none.
        self._lists: list[int] = []  # The number of the next item; 0 in a list without numbers.
        self._lines = Lines()

    def reading(self) -> Reading:
        self._end_link()
        rows = self._lines.finished()
        seen = self._pictures or any(row.text.strip() for row in rows)
        return Reading(rows, frozenset(self._followed), not seen, tuple(self._compared))

    def take(self, token: Tag | Text) -> None:
        if isinstance(token, Text):
            self._take_text(token)
        elif token.closing:
            self._take_end(token.name)
        else:
            self._take_start(token)

    def _take_text(self, token: Text) -> None:
        if self._in_head() and not self._html[token.start : token.end].isspace():
            self._leave_head()
        if self._hidden is None:
            self._text(token)

    def _take_start(self, tag: Tag) -> None:
        if self._in_head() and tag.name not in _IN_HEAD:
            self._leave_head()
        self._nesting.make_way(tag.name)
        self._look_up()
        unseen = self._hidden is None and self._unseen(tag)
        if self._hidden is None and not unseen:
            self._open(tag)
        if tag.name in _VOID or self._is_whole(tag):
            return
        if unseen:
            self._hidden = self._nesting.depth
        self._nesting.open(tag.name)

    def _take_end(self, name: str) -> None:
        around = self._hidden
        self._nesting.close(name)
        self._look_up()
        if around is None or self._nesting.depth < around:
            self._close(name)

    def _look_up(self) -> None:
        """What is not seen ends with its element, by whatever that ends."""
        if self._hidden is not None and self._nesting.depth <= self._hidden:
            self._hidden = None

    def _in_head(self) -> bool:
        """Right in it: what does not belong there ends it, with or without its end tag."""
        return self._nesting.innermost == "head"

    def _leave_head(self) -> None:
        self._nesting.close("head")
        self._look_up()

    def _is_whole(self, tag: Tag) -> bool:
        return tag.name == "svg" and self._html[tag.end - 2] == "/"

    def _text(self, token: Text) -> None:
        raw = self._html[token.start : token.end]
        text = unescape(raw) if "&" in raw else raw
        text = text if text.isascii() else _INVISIBLE.sub("", text)
        if self._nesting.holds("pre"):
            text = _LINE_END.sub("\n", text)
            self._lines.keep(text.removeprefix("\n") if token.start == self._preserved else text)
        else:
            self._lines.write(_collapsed(text))

    def _unseen(self, tag: Tag) -> bool:
        if tag.name in _UNSEEN:
            return True
        if not tag.attributes:
            return False
        if any(attribute.name == "hidden" for attribute in tag.attributes):
            return True
        style = self._attribute(tag, "style")
        return bool(_HIDDEN_STYLE.search(style) or (_FLAT_STYLE.search(style) and _CUT_STYLE.search(style)))

    def _open(self, tag: Tag) -> None:
        self._break(tag.name)
        if tag.name in ("a", "area"):
            self._start_link(tag)
        elif tag.name == "img":
            self._picture(tag)
        elif tag.name == "pre":
            self._preserved = tag.end
        elif tag.name == "li":
            self._item()
        elif tag.name in _LISTS:
            self._lists.append(1 if tag.name == "ol" else 0)
            self._lines.indent(len(self._lists))
        elif tag.name == "hr":
            self._lines.rule()

    def _close(self, name: str) -> None:
        if name == "a":
            self._end_link()
        elif name in _UNDERLINES:
            self._lines.underline(_UNDERLINES[name])
        elif name in _LISTS and self._lists:
            self._lists.pop()
        self._break(name)
        if name in _LISTS:
            self._lines.indent(len(self._lists))

    def _break(self, name: str) -> None:
        if name in _PARAGRAPHS and not (name in _LISTS and len(self._lists) > 0):
            self._lines.end_paragraph()
        elif name in _LINES or name in _LISTS:
            self._lines.end_line()
        elif name in _CELLS:
            self._lines.end_cell()

    def _item(self) -> None:
        number = self._lists[-1] if self._lists else 0
        if number:
            self._lists[-1] += 1
        self._lines.start_item(f"{number}. " if number else "* ")

    def _start_link(self, tag: Tag) -> None:
        self._end_link()
        self._link, self._link_start = self._attribute(tag, "href").strip(), self._lines.position()
        self._link_pictures = self._pictures
        if tag.name == "area":
            self._picture(tag)
            self._end_link()
            self._lines.write(" ")

    def _picture(self, tag: Tag) -> None:
        self._pictures += self._attribute(tag, "width").strip() not in _PIXEL_WIDTHS
        self._lines.write(_collapsed(self._attribute(tag, "alt")))

    def _end_link(self) -> None:
        href, self._link = self._link, ""
        url = self._destinations.get(href, href)
        shown = self._lines.since(self._link_start).strip()
        if shown or self._pictures > self._link_pictures:
            self._followed.add(href)
        if url.lower().startswith(("mailto:", "tel:", "sms:")):
            url = url.partition(":")[2].partition("?")[0]
        self._compared.append((shown, url))
        if url and not url.startswith("#") and leads_elsewhere(shown, url):
            self._lines.write(f" <{url}>" if shown else f"<{url}>")

    def _attribute(self, tag: Tag, name: str) -> str:
        found = next((attribute for attribute in tag.attributes if attribute.name == name), None)
        return markup.decoded(self._html[found.start : found.end]) if found else ""


def _collapsed(text: str) -> str:
    """Any run of white space is one space, at the ends as well."""
    words = " ".join(text.split())
    if not words:
        return " " if text else ""
    return f"{' ' if text[0].isspace() else ''}{words}{' ' if text[-1].isspace() else ''}"
