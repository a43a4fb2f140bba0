"""Whole numbers as bytes of seven bits each, the lowest first; the eighth says that more bytes of the number follow.

Negative ones stood between the positive ones, so that small ones stayed short: 0, -1, 1, -2 were 0, 1, 2, 3.
"""


class UnknownFormat(ValueError):
    """The bytes were written by a version of the code that this one does not know, or are none of ours."""


def numbers(data: bytes) -> list[int]:
    """Raises UnknownFormat where the last one is cut short."""
    found: list[int] = []
    number = shift = 0
    for byte in data:
        if byte > 0x7F:
            number |= (byte & 0x7F) << shift
            shift += 7
        elif shift:
            found.append(number | byte << shift)
            number = shift = 0
        else:
            found.append(byte)
    if shift:
        raise UnknownFormat("a number cut short")
    return found


def unfolded(number: int) -> int:
    return -(number + 1 >> 1) if number & 1 else number >> 1


class Reader:
    """Takes apart what is made of numbers, texts and pieces with their length before them, from its second byte on."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 1

    def number(self) -> int:
        """Raises UnknownFormat."""
        number = shift = 0
        for at in range(self._at, len(self._data)):
            byte = self._data[at]
            if byte <= 0x7F:
                self._at = at + 1
                return number | byte << shift
            number |= (byte & 0x7F) << shift
            shift += 7
        raise UnknownFormat("measures cut short")

    def take(self, length: int) -> bytes:
        """Raises UnknownFormat."""
        at, self._at = self._at, self._at + length
        if self._at > len(self._data):
            raise UnknownFormat("measures cut short")
        return self._data[at : self._at]

    def piece(self) -> bytes:
        return self.take(self.number())

    def text(self) -> str:
        """Raises UnknownFormat."""
        try:
            return self.piece().decode()
        except UnicodeDecodeError as error:
            raise UnknownFormat(f"a name: {error}") from None

    def end(self) -> None:
        """Raises UnknownFormat."""
        if self._at != len(self._data):
            raise UnknownFormat("measures with bytes left over")
