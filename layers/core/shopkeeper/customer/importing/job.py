"""How far an import has come. It waits for its file, is reading, and ends as done or failed, which never changes."""

from dataclasses import dataclass
from typing import Literal

from shopkeeper import clock
from shopkeeper.customer.importing.request import Import
from shopkeeper.customer.importing.rows import Origin

State = Literal["waiting", "reading", "done", "failed"]


class Overtaken(Exception):
    """Another delivery of the same message has brought the job further; what stands there now is to be read again."""


@dataclass(frozen=True, slots=True)
class Job:
    """`rows` is how many of `total` rows were read, `parts` after which rows the chunks with refused ones start.

    `etag` names the upload that is being read: another one under the same address is another file.
    """

    id: str
    wanted: Import
    created_at: str
    state: State = "waiting"
    started_at: str = ""
    finished_at: str = ""
    etag: str = ""
    total: int = 0
    rows: int = 0
    accepted: int = 0
    refused: int = 0
    interactions: int = 0
    parts: tuple[int, ...] = ()
    error: str = ""

    @property
    def ended(self) -> bool:
        return self.state in ("done", "failed")

    @property
    def origin(self) -> Origin:
        return Origin(self.id, clock.from_text(self.started_at), self.total)
