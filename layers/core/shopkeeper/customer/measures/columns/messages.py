"""MessagePack of many at once: what stands at each of many places, and where what follows it begins."""

import numpy as np
import numpy.typing as npt

from shopkeeper.customer.measures.columns.words import Ints, words

NEVER = 2**40
"""Further than any bytes reach: what is not plain leads there, and nothing leads back."""
BYTES, MORE_BYTES, TEXT, LONGER_TEXT, LONGER_MAP, NIL = 0xC4, 0xC5, 0xA0, 0xD9, 0xDE, 0xC0
MAPS, ARRAYS = 0x80, 0x90  # from none to fifteen entries each

_UP_TO_VALUE = np.full(256, NEVER)
_UP_TO_VALUE[BYTES], _UP_TO_VALUE[MORE_BYTES] = 2, 3

# Of numbers by their first byte: how many bytes they take, how far down theirs are among eight, which of those count.
_LENGTH, _DOWN, _MASK = np.full(256, NEVER), np.zeros(256, np.int64), np.full(256, -1)
_LENGTH[:0x80] = _LENGTH[0xE0:] = 1
for _power, _bits in enumerate((8, 16, 32, 64)):
    _LENGTH[[0xCC + _power, 0xD0 + _power]] = 1 + _bits // 8
    _DOWN[[0xCC + _power, 0xD0 + _power]] = 64 - _bits
    _MASK[0xCC + _power] = 2 ** min(_bits, 63) - 1


class Messages:
    def __init__(self, buffer: bytes) -> None:
        self._bytes, self._numbers = np.frombuffer(buffer, np.uint8), words(buffer, ">i8")
        self._words = words(buffer, "<u8")

    def byte(self, at: Ints) -> npt.NDArray[np.uint8]:
        """The last of all where there is none."""
        return self._bytes.take(at, mode="clip")

    def word(self, at: Ints) -> npt.NDArray[np.uint64]:
        """Eight bytes, the lowest first."""
        found: npt.NDArray[np.uint64] = self._words[np.minimum(at, len(self._words) - 1)]
        return found

    def binary(self, at: Ints) -> tuple[Ints, Ints]:
        """From where to where the bytes are."""
        head, size = self.byte(at), self.byte(at + 1).astype(np.int64)
        if head.max(initial=0) > BYTES:
            size = np.where(head == MORE_BYTES, size * 256 + self.byte(at + 2), size)
        begin = at + _UP_TO_VALUE.take(head)
        return begin, begin + size

    def number(self, at: Ints) -> tuple[Ints, Ints]:
        """And where the next thing begins."""
        head = self.byte(at)
        if head.max(initial=0) < 0x80:
            return head.astype(np.int64), at + 1
        found = self._numbers[np.minimum(at + 1, len(self._numbers) - 1)].astype(np.int64)
        found >>= _DOWN.take(head)
        is_too_big = (head == 0xCF) & (found < 0)
        found &= _MASK.take(head)
        length = np.where(is_too_big, NEVER, _LENGTH.take(head))
        return np.where(length == 1, head.astype(np.int8), found), at + length
