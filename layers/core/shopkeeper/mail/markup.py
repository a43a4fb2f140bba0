"""HTML as it is written in mails, read into tags and text with their offsets; nothing is repaired or re-written.

The reading follows the HTML standard's tokenizer where mails need it: attributes quoted or not, upper case, comments
of every form, script and style as raw text, an unclosed tag at the end as no tag. It takes time in proportion to the
source, whatever stands in it.
"""

import re
from collections.abc import Iterator
from html import unescape
from html.entities import html5
from typing import NamedTuple

from shopkeeper.mail.spans import PLACEHOLDER


class Attribute(NamedTuple):
    """`start` and `end` are the offsets of the value, without its quotes; both are the same for an empty value."""

    name: str
    start: int
    end: int


class Tag(NamedTuple):
    """`end` is the offset after its `>`. A name is in lower case."""

    name: str
    start: int
    end: int
    attributes: tuple[Attribute, ...] = ()
    closing: bool = False


class Text(NamedTuple):
    start: int
    end: int


_TOKEN = re.compile(
    rf"""
    <(?:
      (?P<opening>[A-Za-z][^\s/>{PLACEHOLDER}]*)
    | /(?P<closing>[A-Za-z][^\s/>]*)[^>]*(?:>|\Z)
    | (?P<conditional>!--\[if\b[^\]>]{{0,200}}\]>)
    | (?:!---?> | !--.*?(?:--!?>|\Z) | [!?][^>]*(?:>|\Z))
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT = re.compile(r"<!---?>|<!--.*?(?:--!?>|\Z)", re.DOTALL)
_ATTRIBUTE = re.compile(
    r"""
    [\s/]*(?P<name>[^\s/>][^\s/>=]*)
    (?:\s*=\s*(?: "(?P<double>[^"]*)(?:"|\Z) | '(?P<single>[^']*)(?:'|\Z) | (?P<bare>[^\s>"'][^\s>]*) | (?=>) ))?
    """,
    re.VERBOSE,
)
_GAP = re.compile(r"[\s/]*")
_RAW_TEXT = {
    name: re.compile(rf"(?=</{name}[\s/>])", re.IGNORECASE)
    for name in "script style textarea title xmp iframe noembed noframes".split()
}
_REFERENCE = re.compile(r"&(#[0-9]{1,8}|#[Xx][0-9A-Fa-f]{1,8}|[A-Za-z][A-Za-z0-9]{0,40});")


def read(source: str, *, outlook: bool) -> Iterator[Tag | Text]:
    """With `outlook`, what stands in `<!--[if mso]>` is read as HTML, as Outlook does; without, it is a comment."""
    at = 0
    while token := _TOKEN.search(source, at):
        if token.start() > at:
            yield Text(at, token.start())
        at = token.end()
        if token["closing"]:
            yield Tag(token["closing"].lower(), token.start(), at, closing=True)
        elif token["conditional"] and not outlook:
            at = _comment_end(source, token.start())
        elif token["opening"] and (tag := _tag(source, token)):
            yield tag
            at = _raw_text_end(source, tag)
        elif token["opening"]:
            return
    if at < len(source):
        yield Text(at, len(source))


def decoded(value: str) -> str:
    """An attribute's value as it is meant. Only references that end in `;` count, so `&copy=1` stays what it is."""
    return _REFERENCE.sub(_character, value) if "&" in value else value


def _character(reference: re.Match[str]) -> str:
    if reference[1].startswith("#"):
        return unescape(reference[0])
    return html5.get(f"{reference[1]};", reference[0])


def _comment_end(source: str, start: int) -> int:
    comment = _COMMENT.match(source, start)
    return comment.end() if comment else len(source)


def _tag(source: str, token: re.Match[str]) -> Tag | None:
    """None if the source ends before the tag does: a browser shows nothing of it."""
    attributes, at = [], token.end()
    while found := _ATTRIBUTE.match(source, at):
        attributes.append(_attribute(found))
        at = found.end()
    at = _gap_end(source, at)
    if not source.startswith(">", at):
        return None
    return Tag(token["opening"].lower(), token.start(), at + 1, tuple(attributes))


def _attribute(found: re.Match[str]) -> Attribute:
    value = next((name for name in ("double", "single", "bare") if found[name] is not None), None)
    start, end = found.span(value) if value else (found.end(), found.end())
    return Attribute(found["name"].strip(PLACEHOLDER).lower(), start, end)


def _gap_end(source: str, at: int) -> int:
    gap = _GAP.match(source, at)
    return gap.end() if gap else at


def _raw_text_end(source: str, tag: Tag) -> int:
    if tag.name not in _RAW_TEXT:
        return tag.end
    end = _RAW_TEXT[tag.name].search(source, tag.end)
    return end.start() if end else len(source)
