"""Quoted-printable, of which each line is encoded by itself: so lines that stand in a template are encoded once."""

from binascii import b2a_qp
from collections.abc import Iterable, Mapping
from typing import NamedTuple


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
    done: list[bytes] = []
    loose: list[str] = []
    for piece in pieces:
        if known := ready.get(piece):
            done += printable("".join((*loose, known.head))), known.lines
            loose = [known.tail]
        else:
            if "\r" in piece:
                return printable("".join(pieces))
            loose.append(piece)
    return b"".join((*done, printable("".join(loose))))
