"""What must be remembered of the rows that are behind: how often each thing was met."""

import hashlib
from typing import IO

from shopkeeper.customer.importing.disk import OnDisk

_KEY_BYTES = 12


class Notes(OnDisk):
    def __init__(self, saved: IO[bytes] | None = None) -> None:
        super().__init__("seen (what BLOB PRIMARY KEY, times INTEGER)", saved)

    def times(self, what: str) -> int:
        """How often this was noted, this time included."""
        key = hashlib.blake2b(what.encode(), digest_size=_KEY_BYTES).digest()
        counted = "INSERT INTO seen VALUES (?, 1) ON CONFLICT DO UPDATE SET times = times + 1 RETURNING times"
        return int(self.execute(counted, key).fetchone()[0])
