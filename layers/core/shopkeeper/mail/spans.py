"""Where Liquid stands in a template's source, by the rules of the engine's own lexer (but for one flaw).

To whoever reads the HTML around it, Liquid is opaque: `opaque` puts one placeholder per character in its place, so
that every offset stays true and a quote or a `>` inside a Liquid tag ends nothing.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from liquid.lex import compile_liquid_rules

PLACEHOLDER = "\ufdd0"
"""A code point that Unicode sets aside from all text."""

_ENGINE = compile_liquid_rules()
# The engine takes a last line end for a piece of its own, and strips it if any `-}}` came before. Here it does not.
RULES = re.compile(_ENGINE.pattern.replace("|$)", r"|\Z)"), _ENGINE.flags)


class Span(NamedTuple):
    start: int
    end: int


class Opaque(NamedTuple):
    """`text` is as long as the source. `verbatim` are the insides of raw blocks, in which Liquid is plain text;
    `outputs` are the `{{ }}` that write, and `loops` what may be written several times."""

    text: str
    verbatim: tuple[Span, ...]
    outputs: tuple[Span, ...]
    loops: tuple[Span, ...] = ()


def opaque(source: str) -> Opaque:
    """`source` must be one that the engine has parsed."""
    pieces, verbatim, outputs = [], [], []
    for match, hidden in matches(source):
        kind, text = match.lastgroup, match.group()
        if kind == "RAW" and not hidden:
            inside = Span(*match.span("raw"))
            verbatim.append(inside)
            text = _hide(inside.start - match.start()) + match["raw"] + _hide(match.end() - inside.end)
        elif hidden or kind != "content":
            text = _hide(len(text))
            outputs += [Span(*match.span())] if kind == "output" and not hidden else []
        pieces.append(text)
    return Opaque("".join(pieces), tuple(verbatim), tuple(outputs), tuple(_loops(source)))


def _loops(source: str) -> Iterator[Span]:
    """The outermost."""
    open_at: list[int] = []
    for match, hidden in matches(source):
        name = match["name"] if match.lastgroup == "TAG" and not hidden else ""
        if name == "for":
            open_at.append(match.start())
        elif name == "endfor" and open_at:
            start = open_at.pop()
            if not open_at:
                yield Span(start, match.end())


def _hide(length: int) -> str:
    return PLACEHOLDER * length


def trims(piece: str) -> tuple[str, str]:
    """What takes away the white space beside a piece of Liquid as the piece does, once text stands in its place."""
    return "{%- # %}" if piece[2] == "-" else "", "{% # -%}" if piece[-3] == "-" else ""


def matches(source: str) -> Iterator[tuple[re.Match[str], bool]]:
    """Each piece of the source, and whether it stands in a Liquid comment."""
    depth = 0
    for match in RULES.finditer(source):
        name = match["name"] if match.lastgroup == "TAG" else ""
        if name == "endcomment" and depth:
            depth -= 1
        yield match, depth > 0
        if name == "comment":
            depth += 1


def spliced(source: str, splices: list[tuple[int, int, str]]) -> str:
    """`splices` are what stands in the place of what, each with where that begins and ends."""
    pieces: list[str] = []
    at = 0
    for start, end, text in sorted(splices):
        pieces += source[at:start], text
        at = end
    return "".join([*pieces, source[at:]])
