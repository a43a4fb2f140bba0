"""The text part of a mail, made from its HTML: what a reader would see, in lines of 72 characters."""

import re
from collections.abc import Mapping
from html import unescape

from shopkeeper.mail import markup
from shopkeeper.mail.lines import Lines
from shopkeeper.mail.markup import Tag, Text

_PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 blockquote ul ol dl hr pre figure address".split())
_LINES = frozenset("div table tr li dt dd section article header footer main nav center caption form br tbody".split())
_CELLS = frozenset(("td", "th"))
_LISTS = frozenset(("ul", "ol"))
_UNSEEN = frozenset(("head", "object", "svg", "template"))
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_INVISIBLE = re.compile("[\u00ad\u034f\u200b\u2060\ufeff]")
_UNDERLINES = {"h1": "=", "h2": "-"}


def from_html(html: str, destinations: Mapping[str, str]) -> str:
    """`destinations` says where our own addresses lead; the text shows that instead. Ends with one line end."""
    reader = _Reader(html, destinations)
    for token in markup.read(html, outlook=False):
        reader.take(token)
    return reader.lines.finished()


class _Reader:
    def __init__(self, html: str, destinations: Mapping[str, str]) -> None:
        self._html = html
        self._destinations = destinations
        self._hidden = ""  # The tag whose end makes text visible again, and how many of its name are open.
        self._depth = 0
        self._link = ""
        self._link_start = 0
        self._lists: list[int] = []  # The number of the next item; 0 in a list without numbers.
        self.lines = Lines()

    def take(self, token: Tag | Text) -> None:
        if self._hidden:
            self._pass_over(token)
        elif isinstance(token, Text):
            self._text(token)
        elif token.closing:
            self._close(token.name)
        elif self._unseen(token):
            self._hidden, self._depth = token.name, 1
        else:
            self._open(token)

    def _pass_over(self, token: Tag | Text) -> None:
        if isinstance(token, Tag) and token.name == self._hidden:
            self._depth += -1 if token.closing or token.name == "p" else 1  # A <p> ends the one before it.
            self._hidden = self._hidden if self._depth else ""
        elif isinstance(token, Tag) and token.name == "body":
            self._hidden = ""  # A head without an end.

    def _text(self, token: Text) -> None:
        raw = self._html[token.start : token.end]
        text = unescape(raw) if "&" in raw else raw
        self.lines.write(_collapsed(text if text.isascii() else _INVISIBLE.sub("", text)))

    def _unseen(self, tag: Tag) -> bool:
        if tag.name in _UNSEEN:
            return True
        if tag.name in _VOID or not tag.attributes:
            return False
        hidden = any(attribute.name == "hidden" for attribute in tag.attributes)
        return hidden or bool(_HIDDEN_STYLE.search(self._attribute(tag, "style")))

    def _open(self, tag: Tag) -> None:
        self._break(tag.name)
        if tag.name == "a":
            self._end_link()
            self._link, self._link_start = self._attribute(tag, "href").strip(), self.lines.position()
        elif tag.name == "img":
            self.lines.write(_collapsed(self._attribute(tag, "alt")))
        elif tag.name == "li":
            self._item()
        elif tag.name in _LISTS:
            self._lists.append(1 if tag.name == "ol" else 0)
            self.lines.indent(len(self._lists))
        elif tag.name == "hr":
            self.lines.rule()

    def _close(self, name: str) -> None:
        if name == "a":
            self._end_link()
        elif name in _UNDERLINES:
            self.lines.underline(_UNDERLINES[name])
        elif name in _LISTS and self._lists:
            self._lists.pop()
        self._break(name)
        if name in _LISTS:
            self.lines.indent(len(self._lists))

    def _break(self, name: str) -> None:
        if name in _PARAGRAPHS and not (name in _LISTS and len(self._lists) > 0):
            self.lines.end_paragraph()
        elif name in _LINES or name in _LISTS:
            self.lines.end_line()
        elif name in _CELLS:
            self.lines.end_cell()

    def _item(self) -> None:
        number = self._lists[-1] if self._lists else 0
        if number:
            self._lists[-1] += 1
        self.lines.start_item(f"{number}. " if number else "* ")

    def _end_link(self) -> None:
        href, self._link = self._link, ""
        url = self._destinations.get(href, href)
        shown = self.lines.since(self._link_start).strip()
        if url.lower().startswith(("mailto:", "tel:", "sms:")):
            url = url.partition(":")[2].partition("?")[0]
        if url and not url.startswith("#") and url not in (shown, f"https://{shown}", f"http://{shown}"):
            self.lines.write(f" <{url}>" if shown else f"<{url}>")

    def _attribute(self, tag: Tag, name: str) -> str:
        found = next((attribute for attribute in tag.attributes if attribute.name == name), None)
        return markup.decoded(self._html[found.start : found.end]) if found else ""


def _collapsed(text: str) -> str:
    """Any run of white space is one space, at the ends as well."""
    words = " ".join(text.split())
    if not words:
        return " " if text else ""
    return f"{' ' if text[0].isspace() else ''}{words}{' ' if text[-1].isspace() else ''}"
