"""The bytes of a file with one byte at each end of a line: unpacked, and UTF-16 written as UTF-8.

Places in a file are counted in these bytes. Where nothing has to be changed they are those of the file itself, and
reading may begin at any of them; otherwise what stands before is gone through again, which takes a fraction of the time
that reading its rows takes.
"""

import codecs
import gzip
import io
import zlib
from abc import abstractmethod
from collections.abc import Callable
from typing import IO, Any

from shopkeeper.customer.importing.forms import Form

BLOCK = 1 << 18
# A few kilobytes can unpack to terabytes, which nobody meant.
MOST_UNPACKED = 50 << 30

OpenAt = Callable[[int], IO[bytes]]


class UnreadableFile(ValueError):
    """Nothing of the file can be trusted; the message says what to change."""


def plain(open_at: OpenAt, form: Form, offset: int = 0) -> IO[bytes]:
    """From `offset` on. `open_at` opens the file as it was uploaded. Raises UnreadableFile, here or later."""
    if not form.is_read_through:
        return open_at(offset)
    stream = open_at(0)
    if form.compression:
        stream = io.BufferedReader(_Unpacked(stream), BLOCK)
    if form.encoding.startswith("utf-16"):
        stream = io.BufferedReader(_Recoded(stream, form.encoding), BLOCK)
    _skip(stream, offset)
    return stream


def _skip(stream: IO[bytes], length: int) -> None:
    while length:
        passed = len(stream.read(min(length, BLOCK)))
        if not passed:
            raise UnreadableFile("the file is shorter than it was")
        length -= passed


class Changed(io.RawIOBase):
    """Bytes made from those of another stream, a block at a time."""

    _left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._left:
            self._left = memoryview(self._block())
        length = min(len(buffer), len(self._left))
        buffer[:length], self._left = self._left[:length], self._left[length:]
        return length

    @abstractmethod
    def _block(self) -> bytes:
        """b"" at the end."""


class _Unpacked(Changed):
    def __init__(self, packed: IO[bytes]) -> None:
        self._gzip = gzip.GzipFile(fileobj=packed, mode="rb")
        self._unpacked = 0

    def _block(self) -> bytes:
        try:
            block = self._gzip.read(BLOCK)
        except EOFError:
            raise UnreadableFile("the packed file breaks off: upload it again, whole") from None
        except (gzip.BadGzipFile, zlib.error):
            raise UnreadableFile("the packed file is damaged: pack and upload it again") from None
        self._unpacked += len(block)
        if self._unpacked > MOST_UNPACKED:
            raise UnreadableFile(f"the file unpacks to more than {MOST_UNPACKED >> 30} GB")
        return block


class _Recoded(Changed):
    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        self._stream, self._encoding = stream, encoding
        self._decoder = codecs.getincrementaldecoder(encoding)()

    def _block(self) -> bytes:
        text, block = "", b"-"
        while block and not text:
            block = self._stream.read(BLOCK)
            try:
                text = self._decoder.decode(block, final=not block)
            except UnicodeError:
                raise UnreadableFile(f"the file is not {self._encoding}: say in file.encoding what it is") from None
        return text.encode()
