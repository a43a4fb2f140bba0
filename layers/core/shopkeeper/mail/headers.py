"""Header lines of a mail: 7-bit, folded, and without any way for a value to start a header of its own."""

import re
from base64 import b64encode
from collections.abc import Iterator
from unicodedata import category

WIDTH = 76
_PLAIN = re.compile(r"[!-~]+( [!-~]+)*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+( [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_BEFORE, _AFTER = "=?utf-8?B?", "?="


def header(name: str, value: str) -> str:
    """One header with its line end. `value` is ASCII without line ends; raises ValueError otherwise."""
    if not (value and value.isascii() and value.isprintable()):
        raise ValueError(f"{name}: expected printable ASCII")
    if len(name) + len(": ") + len(value) <= WIDTH:
        return f"{name}: {value}\r\n"
    lines, line = [], f"{name}:"
    for word in value.split(" "):
        if len(line) + 1 + len(word) > WIDTH and line != f"{name}:":
            lines.append(line)
            line = ""
        line = f"{line} {word}"
    return "\r\n".join([*lines, line]) + "\r\n"


def text(value: str, offset: int) -> str:
    """Any one line of text as a header carries it. `offset` is how much of the first line is taken already."""
    room = WIDTH - offset
    words = value.split(" ")
    if _PLAIN.fullmatch(value) and "=?" not in value and len(words[0]) <= room and max(map(len, words)) < WIDTH:
        return value
    return " ".join(_encoded_words(value, room))


def phrase(name: str, offset: int) -> str:
    """A display name, quoted if need be."""
    name = " ".join("".join(" " if category(char) == "Cc" else char for char in name).split())
    if _ATOMS.fullmatch(name) and "=?" not in name:
        return text(name, offset)
    if name.isascii() and name.isprintable() and len(name) <= WIDTH - offset - 2 and "=?" not in name:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return " ".join(_encoded_words(name, WIDTH - offset))


def _encoded_words(value: str, room: int) -> Iterator[str]:
    """RFC 2047: each word stands for itself, so no character is cut in two."""
    chunk = b""
    for char in value:
        raw = char.encode("utf-8", "replace")
        if len(chunk) + len(raw) > _bytes_in(room):
            yield _encoded_word(chunk)
            chunk, room = b"", WIDTH - 1
        chunk += raw
    yield _encoded_word(chunk)


def _bytes_in(room: int) -> int:
    return max((min(room, 75) - len(_BEFORE) - len(_AFTER)) // 4 * 3, 6)


def _encoded_word(raw: bytes) -> str:
    return f"{_BEFORE}{b64encode(raw).decode()}{_AFTER}"
