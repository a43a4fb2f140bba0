"""Which encoding a file is in: by its mark, by what UTF-8 allows, or else Windows' own of Western Europe."""

import codecs
import unicodedata

from shopkeeper.customer.importing.sniffing.guess import Guess
from shopkeeper.customer.importing.sniffing.sample import Sample

_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_LOOKED_AT = 4096
# What Western Europe writes beyond ASCII. Polish or Russian read as windows-1252 shows signs such as ¹, ³ and ¿.
_LETTERS = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßŒœŠšŽž"
_WESTERN = frozenset(f"{_LETTERS}€£«»‘’‚“”„–—…·•°§®©™´¡ \u00a0")  # noqa: RUF001
_MOST_ACCENTED = 0.3  # of all letters; Russian is nearly all of them.
_OTHERS = ("windows-1252", "windows-1250", "windows-1251", "iso-8859-15")


def encoding(sample: Sample) -> Guess:
    head = sample.head
    for mark, name in _MARKS.items():
        if head.startswith(mark):
            return Guess("encoding", name, "its byte order mark says so")
    if wide := _wide(head[:_LOOKED_AT]):
        return Guess("encoding", wide, "every other byte is zero")
    stretches = [head, *sample.further]
    if all(_is_utf8(stretch) for stretch in stretches):
        return Guess("encoding", "utf-8", "all that was looked at is UTF-8")
    return _single_byte(b"".join(stretches))


def _wide(head: bytes) -> str:
    """UTF-16 without a mark, of a text that is mostly in Latin letters."""
    half = len(head) // 2
    if half and head[1::2].count(0) > half * 0.7:
        return "utf-16-le"
    return "utf-16-be" if half and head[::2].count(0) > half * 0.7 else ""


def _is_utf8(stretch: bytes) -> bool:
    """It may begin and end in the middle of a letter."""
    begun = stretch.lstrip(bytes(range(0x80, 0xC0))) if stretch[:1] >= b"\x80" else stretch
    if len(stretch) - len(begun) > 3:
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(begun)
    except UnicodeDecodeError:
        return False
    return True


def _single_byte(head: bytes) -> Guess:
    try:
        text = head.decode("windows-1252")
    except UnicodeDecodeError:
        return Guess("encoding", "windows-1252", "it is neither UTF-8 nor windows-1252", _OTHERS)
    signs = {letter for letter in text if letter > "\x7f"}
    letters = [letter for letter in text if unicodedata.category(letter)[0] == "L"]
    accented = sum(letter in signs for letter in letters)
    if _WESTERN.issuperset(signs) and accented <= len(letters) * _MOST_ACCENTED:
        return Guess("encoding", "windows-1252", "it is not UTF-8, and reads well so")
    return Guess("encoding", "windows-1252", "it is not UTF-8, and reads oddly as windows-1252", _OTHERS)
