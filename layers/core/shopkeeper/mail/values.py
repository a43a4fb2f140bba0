"""What a snippet is told where it stands, and what becomes of it in the snippet.

    {% snippet "button", label: "Look", name: item.name %}      in a template or in a layout
    {{ value.label }} {{ value.name | upcase }}                 in the snippet

Values are put in as text when the template is put, as the snippet itself is: what stands in quotes becomes text of the
letter, so that it may also be the address of a link, and the name of a fact becomes that name.
"""

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import NamedTuple

from shopkeeper.mail.spans import matches, trims

OWN = "value"
NAME = "[a-z][a-z0-9_]{0,31}"
STANDS_IN = '"https://value.invalid/"'
"""For a value that must be told, where a snippet is checked by itself: the address of a link has to be one."""
_TEXT = r""""[^"{}]*"|'[^'{}]*'"""
_PATH = r"""[A-Za-z_][\w-]*(?:\.[\w-]+|\[(?:[0-9]+|"[^"{}]*"|'[^'{}]*')\])*"""
_TOLD = re.compile(rf"[\s,]+({NAME})\s*:\s*({_TEXT}|-?[0-9]+(?:\.[0-9]+)?|{_PATH})")
_USE = re.compile(rf"""{_TEXT}|(?<![\w.\]-]){OWN}\s*\.\s*([A-Za-z_]\w*)(?![\w-])""")


class Use(NamedTuple):
    name: str
    at: int


def told(said: str) -> dict[str, str] | None:
    """What stands behind the name of a snippet, each value as it is written. None where that is anything else."""
    found: dict[str, str] = {}
    at = 0
    while match := _TOLD.match(said, at):
        if match[1] in found:
            return None
        found[match[1]] = match[2]
        at = match.end()
    return None if said[at:].strip() else found


def quoted(text: str) -> str:
    """`text` holds no braces, and not both kinds of quotes."""
    return f'"{text}"' if '"' not in text else f"'{text}'"


def is_fact(value: str) -> bool:
    return value[0].isalpha() or value[0] == "_"


def uses(source: str) -> Iterator[Use]:
    for match in _spoken(source):
        for use in _USE.finditer(match.group()):
            if use[1]:
                yield Use(use[1], match.start())


def filled(source: str, values: Mapping[str, str], *, html: bool) -> Iterator[tuple[str, int]]:
    """The source in pieces with the values in place, and where each piece begins in it. What has none stays."""
    at = 0
    for match in _spoken(source):
        written = _written(match, values, html=html)
        if written != match.group():
            yield source[at : match.start()], at
            yield written, match.start()
            at = match.end()
    yield source[at:], at


def _spoken(source: str) -> Iterator[re.Match[str]]:
    return (
        match
        for match, hidden in matches(source)
        if not hidden and match.lastgroup in ("output", "TAG") and OWN in match.group()
    )


def _written(match: re.Match[str], values: Mapping[str, str], *, html: bool) -> str:
    alone = _USE.fullmatch(match["stmt"].strip()) if match.lastgroup == "output" else None
    value = values.get(alone[1], "") if alone and alone[1] else ""
    if not value or is_fact(value):
        return _USE.sub(lambda use: values.get(use[1] or "", use[0]), match.group())
    before, after = trims(match.group())
    text = value[1:-1] if value[0] in "\"'" else value
    return before + (escape(text) if html else text) + after
