"""What a source stands on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, Protocol

from shopkeeper.clock import Clock
from shopkeeper.customer.importing.lines import Place
from shopkeeper.customer.interaction import Interaction
from shopkeeper.customer.long_files import LongFiles
from shopkeeper.customer.sources.definition import Source
from shopkeeper.customer.sources.state import State


class Overtaken(Exception):
    """The source does not stand as it was read; what stands there now is to be read again."""


class Refused(Exception):
    """The query, or its result, cannot be had. `passing`: it may well be in a while. The message is for people."""

    def __init__(self, text: str, *, passing: bool) -> None:
        super().__init__(text)
        self.passing = passing


@dataclass(frozen=True, slots=True)
class Query:
    """`location` is the file of the result; `scanned` is in bytes. `passing` and `text` tell of one that failed."""

    state: Literal["running", "succeeded", "failed"]
    as_of: str = ""
    location: str = ""
    scanned: int = 0
    text: str = ""
    passing: bool = False


class States(Protocol):
    def get(self, source_id: str) -> State | None:
        """Read consistently."""

    def put(self, state: State) -> State:
        """In the place of this revision, with the next one. Raises Overtaken."""


class Versions(Protocol):
    def version(self, source_id: str, number: int) -> Source | None: ...
    def current(self, source_id: str) -> tuple[int, Source] | None:
        """The version that counts at this moment, and its number."""


class Warehouse(Protocol):
    """All raise Refused."""

    def start(self, source: Source, token: str) -> str:
        """The id of the query; with the same token it is the same query."""

    def look(self, query: str) -> Query: ...
    def etag(self, location: str) -> str: ...
    def open(self, location: str, etag: str, start: int) -> IO[bytes]: ...


class KnownStore(Protocol):
    """`put_notes` and `notes` keep what is known while a run is under way, `put_base` and `base` what is told."""

    def put_notes(self, name: str, place: Place, notes: Path) -> None: ...
    def notes(self, name: str, place: Place) -> IO[bytes]: ...
    def put_base(self, source_id: str, run: int, known: Path) -> None: ...
    def base(self, source_id: str, run: int) -> IO[bytes] | None:
        """None if it is there no more."""

    def drop_base(self, source_id: str, run: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Ports:
    """`send` takes all of the interactions or raises."""

    states: States
    versions: Versions
    warehouse: Warehouse
    known: KnownStore
    errors: LongFiles
    send: Callable[[Iterable[Interaction]], None]
    clock: Clock
