"""What a source has told so far, and what it has to tell now: on disk, by the subject of each row.

`told` is a digest of what was told the last time, `found` of what this run has found, `said` is that itself where it is
to be told. Who was told and is not found has left.
"""

import hashlib
from typing import IO, NamedTuple

from shopkeeper.customer.importing.disk import OnDisk

_KEY_BYTES = 12
_SUMS = """
    SELECT count(*) FILTER (WHERE told IS NULL), count(*) FILTER (WHERE told != found),
           count(*) FILTER (WHERE told = found), count(*) FILTER (WHERE found IS NULL) FROM known
"""
_NEWS = """
    SELECT who, iif(found IS NULL, NULL, said) FROM known
    WHERE who > ? AND (found IS NULL OR told IS NULL OR told != found) ORDER BY who LIMIT ?
"""


class SaidTwice(ValueError):
    """Two rows of one result speak of one customer, and not alike."""


class News(NamedTuple):
    """`said` is None of who has left."""

    who: str
    said: str | None


class Sums(NamedTuple):
    entered: int
    changed: int
    unchanged: int
    left: int


class Known(OnDisk):
    def __init__(self, saved: IO[bytes] | None = None) -> None:
        super().__init__("known (who TEXT PRIMARY KEY, told BLOB, found BLOB, said TEXT)", saved)

    def find(self, who: str, said: str) -> None:
        """Raises SaidTwice where another row of this run has said otherwise; saying the same again changes nothing."""
        digest = hashlib.blake2b(said.encode(), digest_size=_KEY_BYTES).digest()
        told, found = self.execute("SELECT told, found FROM known WHERE who = ?", who).fetchone() or (None, None)
        if found is None:
            news = said if told != digest else None
            self.execute("INSERT OR REPLACE INTO known VALUES (?, ?, ?, ?)", who, told, digest, news)
        elif found != digest:
            raise SaidTwice(who)

    def forget_what_was_told(self) -> None:
        """So that all that is found is told again; who is not found still leaves."""
        self.execute("UPDATE known SET told = x''")

    def sums(self) -> Sums:
        return Sums(*self.execute(_SUMS).fetchone())

    def news(self, after: str, most: int) -> list[News]:
        """In the order of subjects."""
        return [News(*row) for row in self.execute(_NEWS, after, most)]

    def settle(self) -> None:
        """All is told: the next run begins from here."""
        self.execute("DELETE FROM known WHERE found IS NULL")
        self.execute("UPDATE known SET told = found, found = NULL, said = NULL")
