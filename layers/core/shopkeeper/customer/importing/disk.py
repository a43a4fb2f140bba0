"""A table on disk that only this process sees, so that memory stays flat however many rows it has.

Its file can be saved with a place in the file that is being read, and taken up again there by another run.
"""

import shutil
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

# Nothing here outlives a crash, so nothing is spent on surviving one. Pages beyond 8 MB stay on disk.
_SETTINGS = ("journal_mode = off", "synchronous = off", "cache_size = -8000", "locking_mode = exclusive")


class OnDisk:
    """To be closed. `saved` is the file to go on from; `table` is what to begin with otherwise."""

    def __init__(self, table: str, saved: IO[bytes] | None) -> None:
        self._folder = TemporaryDirectory(prefix="rows-")
        self._file = Path(self._folder.name) / "table"
        if saved:
            with self._file.open("wb") as own:
                shutil.copyfileobj(saved, own)
        self._rows = sqlite3.connect(self._file, isolation_level=None)
        for setting in _SETTINGS:
            self._rows.execute(f"PRAGMA {setting}")
        self._rows.execute(f"CREATE TABLE IF NOT EXISTS {table} WITHOUT ROWID")
        self._rows.execute("BEGIN")

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        return self._rows.execute(statement, values)

    def save(self) -> Path:
        """The file of all rows so far, until the next one is written."""
        self.execute("COMMIT")
        self.execute("BEGIN")
        return self._file

    def close(self) -> None:
        self._rows.close()
        self._folder.cleanup()
