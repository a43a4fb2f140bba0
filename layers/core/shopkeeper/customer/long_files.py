"""A file that is written for as long as it takes, by one run after another, and never held in memory whole.

S3 takes a file in parts of some megabytes that are put together at the end. What does not fill a part yet is put down
piece by piece, so that it outlives a crash, and is taken up again by the next run.
"""

from dataclasses import dataclass, replace
from typing import Protocol

PART = 8 << 20
MOST_LOOSE = 200


@dataclass(frozen=True, slots=True)
class Written:
    """What is put down: `parts` whole ones of an `upload`, and then loose pieces, each named after a row."""

    upload: str = ""
    parts: int = 0
    loose: tuple[int, ...] = ()


NOTHING = Written()


class LongFiles(Protocol):
    """`name` is that of the file."""

    def begin(self, name: str) -> str: ...
    def put_part(self, name: str, upload: str, number: int, text: bytes) -> None: ...
    def put_loose(self, name: str, start: int, text: bytes) -> None: ...
    def loose(self, name: str, start: int) -> bytes: ...
    def put_whole(self, name: str, text: bytes) -> None:
        """The whole of it at once."""

    def join(self, name: str, upload: str) -> None:
        """Makes a file of all parts of the upload. Again, it changes nothing."""


class LongFile:
    """`header` is its first line. `state` is what is put down: to be kept with what else a run brought."""

    def __init__(self, files: LongFiles, name: str, header: str, state: Written) -> None:
        self._files, self._name, self._header, self.state = files, name, header.encode(), state
        self._text = b"".join(files.loose(name, start) for start in state.loose)

    def add(self, start: int, text: str) -> Written:
        """Lines about the rows after number `start`; what is put down then."""
        added = text.encode()
        self._text += added
        if len(self._text) >= PART:
            self._put_part()
        elif added:
            self._put_loose(start, added)
        return self.state

    def flush(self) -> Written:
        """To be kept before the file is joined: a part that was joined cannot be put again."""
        if self.state.parts and self._text:
            self._put_part()
        return self.state

    def join(self) -> None:
        if self.state.parts:
            self._files.join(self._name, self.state.upload)
        else:
            self._files.put_whole(self._name, self._header + self._text)

    def _put_part(self) -> None:
        upload = self.state.upload or self._files.begin(self._name)
        first = b"" if self.state.parts else self._header
        self._files.put_part(self._name, upload, self.state.parts + 1, first + self._text)
        self._text, self.state = b"", Written(upload, self.state.parts + 1)

    def _put_loose(self, start: int, added: bytes) -> None:
        """Many small pieces become one."""
        is_one = len(self.state.loose) >= MOST_LOOSE
        self._files.put_loose(self._name, start, self._text if is_one else added)
        self.state = replace(self.state, loose=(start,) if is_one else (*self.state.loose, start))
