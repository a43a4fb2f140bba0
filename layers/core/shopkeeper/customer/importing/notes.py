"""What must be remembered of the rows that are behind: on disk, so memory stays flat however many there are.

Notes can be saved with a place in the file, and taken up again there by another run.
"""

import hashlib
import shutil
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

_KEY_BYTES = 12
# Nothing here outlives a crash, so nothing is spent on surviving one. Pages beyond 8 MB stay on disk.
_SETTINGS = ("journal_mode = off", "synchronous = off", "cache_size = -8000", "locking_mode = exclusive")


class Notes:
    """To be closed. `saved` is the file of notes that this run goes on from."""

    def __init__(self, saved: IO[bytes] | None = None) -> None:
        self._folder = TemporaryDirectory(prefix="notes-")
        self._file = Path(self._folder.name) / "notes"
        if saved:
            with self._file.open("wb") as own:
                shutil.copyfileobj(saved, own)
        self._seen = sqlite3.connect(self._file, isolation_level=None)
        for setting in _SETTINGS:
            self._seen.execute(f"PRAGMA {setting}")
        self._seen.execute("CREATE TABLE IF NOT EXISTS seen (what BLOB PRIMARY KEY, times INTEGER) WITHOUT ROWID")
        self._seen.execute("BEGIN")

    def times(self, what: str) -> int:
        """How often this was noted, this time included."""
        key = hashlib.blake2b(what.encode(), digest_size=_KEY_BYTES).digest()
        counted = "INSERT INTO seen VALUES (?, 1) ON CONFLICT DO UPDATE SET times = times + 1 RETURNING times"
        return int(self._seen.execute(counted, (key,)).fetchone()[0])

    def save(self) -> Path:
        """The file of all notes so far, until the next one is taken."""
        self._seen.execute("COMMIT")
        self._seen.execute("BEGIN")
        return self._file

    def close(self) -> None:
        self._seen.close()
        self._folder.cleanup()
