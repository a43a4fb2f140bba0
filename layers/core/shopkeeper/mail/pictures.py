"""Pictures that letters show: of the kinds that every mail program can, and told apart by what is in them."""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from typing import NamedTuple

from shopkeeper.mail.errors import MailError

LARGEST = 2 << 20
"""Bytes. Readers wait for each of them."""
WIDEST = 6000
"""Pixels, and as many high."""
PATH = "a/"
"""Where they are below the address of what is ours; behind it stands the name of a file."""
_KEPT = re.compile(r"sha256:([0-9a-f]{64})")
_FILE = re.compile(r"([0-9a-f]{64})\.(?:png|jpg|gif)")
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class PictureError(MailError):
    """What was given is no picture that a letter can show."""


class Picture(NamedTuple):
    """`width` and `height` are in pixels; `ending` is that of the name of its file."""

    media: str
    ending: str
    width: int
    height: int


def read(data: bytes) -> Picture:
    """By its first and last bytes; what lies between is not looked at. Raises PictureError."""
    if len(data) > LARGEST:
        raise PictureError(f"is larger than {LARGEST >> 20} MB")
    reader = next((read for start, read in _READERS.items() if data.startswith(start)), None)
    if reader is None:
        raise PictureError("is no PNG, JPEG or GIF, which is what every mail program shows")
    picture = reader(data)
    if not (0 < picture.width <= WIDEST and 0 < picture.height <= WIDEST):
        raise PictureError(f"is {picture.width} by {picture.height} pixels, and at most {WIDEST} by {WIDEST} are taken")
    return picture


def given(text: str) -> bytes:
    """Of base64, with line ends or without. Raises PictureError."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise PictureError("is neither base64 nor the name of a picture that is kept") from None


def kept(text: str) -> str:
    """The digest that a name such as `sha256:...` holds; "" for anything else."""
    found = _KEPT.fullmatch(text)
    return found[1] if found else ""


def name(text: str) -> str:
    """Of a picture in base64, or its name already."""
    return text if kept(text) else f"sha256:{digest(given(text))}"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def asked(file: str) -> str:
    """The digest that the name of a file holds; "" for what is no such name."""
    found = _FILE.fullmatch(file)
    return found[1] if found else ""


def _png(data: bytes) -> Picture:
    _whole(data[12:16] == b"IHDR" and data[-8:-4] == b"IEND")
    return Picture("image/png", "png", int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big"))


def _gif(data: bytes) -> Picture:
    _whole(len(data) > 13 and data.rstrip(b"\0").endswith(b";"))
    return Picture("image/gif", "gif", int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little"))


def _jpeg(data: bytes) -> Picture:
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        if data[at + 1] in _FRAMES:
            _whole(b"\xff\xd9" in data[at:])
            high, wide = (int.from_bytes(data[at + n : at + n + 2], "big") for n in (5, 7))
            return Picture("image/jpeg", "jpg", wide, high)
        at += 1 if data[at + 1] == 0xFF else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    raise PictureError("is damaged")


def _whole(yes: bool) -> None:  # noqa: FBT001  # It is what the name asks.
    if not yes:
        raise PictureError("is damaged, or cut off")


_READERS: dict[bytes, Callable[[bytes], Picture]] = {
    b"\x89PNG\r\n\x1a\n": _png,
    b"\xff\xd8\xff": _jpeg,
    b"GIF87a": _gif,
    b"GIF89a": _gif,
}
