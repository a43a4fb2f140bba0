"""Write down who is in a segment or on a list, as a file for somebody to take along.

An export is a row that is due until its file is whole. The clock visits it; a visit goes through some pages of members,
asks their documents, and notes how far it came. Who dies in between leaves a piece that is written again.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from shopkeeper.clock import Clock, to_text
from shopkeeper.customer.document import Customer
from shopkeeper.customer.importing.errors import neutral
from shopkeeper.customer.long_files import NOTHING, LongFile, LongFiles, Written
from shopkeeper.customer.members import START, Customers, Member, Place, identities, seen_in

PAGE = 500
PAGES = 10  # in one visit: some seconds
_COLUMNS = ("customer_id", "since", "user_id", "email")
_CHANGED = "The segment was built anew while this was being written. Ask for it again."

Format = Literal["csv", "ndjson"]
State = Literal["writing", "done", "failed"]


class Overtaken(Exception):
    """The export no longer stands as it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """`about` says for people what it is of, `group` for the view of members. `place` is None behind the last member.

    `expires_at`, in seconds since 1970, is when the row may go; the file goes by then as well.
    """

    id: str
    about: Mapping[str, str]
    group: str
    format: Format
    traits: tuple[str, ...] = ()
    state: State = "writing"
    created_at: str
    created_by: str
    finished_at: str = ""
    rows: int = 0
    place: Place | None = START
    written: Written = NOTHING
    error: str = ""
    due_at: str = ""
    expires_at: int = 0
    revision: int = 1


class Exports(Protocol):
    def load(self, export_id: str) -> Export | None:
        """Read consistently."""

    def save(self, export: Export) -> None:
        """In the place of the revision before. Raises Overtaken."""


class Members(Protocol):
    def page(self, group: str, limit: int, place: Place) -> tuple[Sequence[Member], Place | None]:
        """At most `limit` of them; and where to go on, None behind the last one."""


class Exporter:
    """`files` are by format. `counts` says of a group whether it is what counts at this moment."""

    def __init__(
        self,
        exports: Exports,
        members: Members,
        customers: Customers,
        files: Mapping[str, LongFiles],
        counts: Callable[[str], bool],
        clock: Clock,
    ) -> None:
        self._exports, self._members, self._customers = exports, members, customers
        self._files, self._counts, self._clock = files, counts, clock

    def visit(self, export_id: str) -> bool:
        """By the clock: it was due a moment ago. True if there is more to do at once."""
        export = self._exports.load(export_id)
        if export is None or export.state != "writing":
            return False
        if not self._counts(export.group):
            return self._end(export, state="failed", error=_CHANGED)
        file = LongFile(self._files[export.format], export.id, header(export), export.written)
        if export.place is None:
            file.join()
            return self._end(export, state="done")
        rows, place = self._next(export, export.place)
        written = file.add(export.rows, lines(export, rows))
        written = written if place else file.flush()
        return self._save(export, rows=export.rows + len(rows), place=place, written=written)

    def _next(self, export: Export, place: Place) -> tuple[list[Mapping[str, Any]], Place | None]:
        rows: list[Mapping[str, Any]] = []
        at: Place | None = place
        for _ in range(PAGES):
            if at is None:
                break
            members, at = self._members.page(export.group, PAGE, at)
            rows += (row_of(export, each, seen) for each, seen in seen_in(export.group, members, self._customers))
        return rows, at

    def _end(self, export: Export, **changes: Any) -> bool:
        self._save(export, due_at="", finished_at=to_text(self._clock.now()), **changes)
        return False

    def _save(self, export: Export, **changes: Any) -> bool:
        due = {"due_at": to_text(self._clock.now())}
        try:
            self._exports.save(replace(export, revision=export.revision + 1, **(due | changes)))
        except Overtaken:
            return False
        return True


def row_of(export: Export, member: Member, seen: Customer) -> dict[str, Any]:
    known = dict(each.split(":", 1) for each in reversed(identities(seen.document)))
    traits = seen.document.traits
    return {
        "customer_id": member.customer_id,
        "since": member.since,
        "user_id": known.get("user", ""),
        "email": known.get("email") or traits.get("email") or "",
        "traits": {name: traits[name] for name in export.traits if name in traits},
    }


def header(export: Export) -> str:
    """The first line; a file of JSON lines has none."""
    return _csv([[*_COLUMNS, *(f"traits.{name}" for name in export.traits)]]) if export.format == "csv" else ""


def lines(export: Export, rows: Iterable[Mapping[str, Any]]) -> str:
    if export.format == "ndjson":
        return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    return _csv(
        [*(row[name] for name in _COLUMNS), *(row["traits"].get(name, "") for name in export.traits)] for row in rows
    )


def _csv(rows: Iterable[Iterable[Any]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([neutral(_cell(cell)) for cell in row] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
