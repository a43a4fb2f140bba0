"""Quoted-printable, of which each line is encoded by itself: so lines that stand in a template are encoded once."""

from binascii import b2a_qp
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import NamedTuple

# A line where lines that are encoded already belong: what stands around it is encoded in one go.
_MARK, _MARKED = "\0\n", b"=00\r\n"


class Ready(NamedTuple):
    """A piece of a template: `lines` are its whole lines, encoded; it begins with `head` and ends with `tail`."""

    head: str
    lines: bytes
    tail: str


def printable(text: str) -> bytes:
    """Lines of at most 76 characters, ended by CRLF. A lone CR is no line end of a mail and is encoded."""
    raw = text.encode("utf-8", "replace").replace(b"\r\n", b"\n")
    if b"\r" not in raw:
        return b2a_qp(raw, istext=True).replace(b"\n", b"\r\n")
    return b"\r\n".join(b2a_qp(line, istext=False).replace(b"\n", b"\r\n") for line in raw.split(b"\n"))


def prepared(pieces: Iterable[str]) -> dict[str, Ready]:
    """Those that hold whole lines. With a CR among its lines a page is encoded in another way, as a whole."""
    return {piece: _ready(piece) for piece in pieces if piece.count("\n") > 1 and "\r" not in piece}


def _ready(piece: str) -> Ready:
    first, last = piece.index("\n") + 1, piece.rindex("\n") + 1
    return Ready(piece[:first], printable(piece[first:last]), piece[last:])


def joined(pieces: list[str], ready: Mapping[str, Ready]) -> bytes:
    """The same bytes as `printable` of the whole."""
    loose: list[str] = []
    known: list[bytes] = []
    for piece in pieces:
        if found := ready.get(piece):
            loose += found.head, _MARK, found.tail
            known.append(found.lines)
        else:
            loose.append(piece)
    text = "".join(loose)
    encoded = printable(text).split(_MARKED) if "\r" not in text else []
    if len(encoded) != len(known) + 1:
        return printable("".join(pieces))
    known.append(b"")
    return b"".join(chain.from_iterable(zip(encoded, known, strict=True)))
