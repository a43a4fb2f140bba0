"""How far an import has come.

waiting   for its file
asking    the file is there; a person must look at what was made of it, and say that it may be read
checking  it is gone through once, so that nothing is taken in from a file that breaks off
reading   row by row
done, failed

What has ended never changes, but by a person who starts it again: after a dry run, or before any row was taken in.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from shopkeeper import clock
from shopkeeper.customer.importing.chunks import Chunk, Refusal
from shopkeeper.customer.importing.foresight import Foreseen
from shopkeeper.customer.importing.forms import AS_OURS, Form
from shopkeeper.customer.importing.lines import START, Place
from shopkeeper.customer.importing.request import Import
from shopkeeper.customer.importing.rows import Origin
from shopkeeper.customer.importing.sniffing.guess import Guess
from shopkeeper.customer.long_files import NOTHING, Written

State = Literal["waiting", "asking", "checking", "reading", "done", "failed"]
MOST_TALLIES = 50


class Overtaken(Exception):
    """Another delivery of the same message has brought the job further; what stands there now is to be read again."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows were refused for a cell of this column; one of them stands in `line`, for this reason."""

    column: str
    field: str
    count: int
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Job:
    """`mark` is the place up to which the file was checked, or read; all before it is done.

    `etag` names the upload: another one under the same address is another file. `noted` is the place up to which the
    notes of this job are saved. `round` counts how often it was started; what an earlier round does comes too late.
    `would` and `amounts` (in minor units by currency) say what a dry run found; `doubts` what must be answered.
    """

    id: str
    wanted: Import
    created_at: str
    state: State = "waiting"
    revision: int = 1
    round: int = 1
    started_at: str = ""
    finished_at: str = ""
    etag: str = ""
    form: Form = AS_OURS
    signature: str = ""
    doubts: tuple[Guess, ...] = ()
    total: int = 0
    mark: Place = START
    noted: Place = START
    accepted: int = 0
    refused: int = 0
    interactions: int = 0
    errors: Written = NOTHING
    tallies: tuple[Tally, ...] = ()
    would: Mapping[str, int] = field(default_factory=dict)
    amounts: Mapping[str, int] = field(default_factory=dict)
    error: str = ""

    @property
    def ended(self) -> bool:
        return self.state in ("done", "failed")

    @property
    def is_under_way(self) -> bool:
        return self.state in ("checking", "reading")

    @property
    def name(self) -> str:
        """Of the error file and the notes of this round."""
        return f"{self.id}/{self.round}"

    @property
    def rows(self) -> int:
        """How many were read."""
        return self.mark.rows if self.state != "checking" else 0

    @property
    def may_start_again(self) -> bool:
        """Nothing of it has been taken in."""
        return not self.is_under_way and (self.wanted.dry_run or not self.rows)

    @property
    def origin(self) -> Origin:
        return Origin(self.id, clock.from_text(self.started_at), self.total)

    def ask(self, etag: str, form: Form, doubts: tuple[Guess, ...]) -> "Job":
        return replace(self, state="asking", etag=etag, form=form, doubts=doubts)

    def check(self, etag: str, form: Form, signature: str) -> "Job":
        return replace(self, state="checking", etag=etag, form=form, signature=signature, doubts=())

    def again(self, wanted: Import) -> "Job":
        """From the beginning, as it is wanted now."""
        return Job(self.id, wanted, self.created_at, revision=self.revision, round=self.round + 1)

    def checked(self, mark: Place) -> "Job":
        return replace(self, mark=mark)

    def begin(self, at: str) -> "Job":
        return replace(self, state="reading", started_at=at, total=self.mark.rows, mark=START)

    def advance(self, chunk: Chunk, errors: Written) -> "Job":
        return replace(
            self,
            mark=chunk.end,
            accepted=self.accepted + chunk.accepted,
            refused=self.refused + len(chunk.refused),
            interactions=self.interactions + len(chunk.interactions),
            errors=errors,
            tallies=tallied(self.tallies, chunk.refused),
        )

    def note(self) -> "Job":
        return replace(self, noted=self.mark)

    def put_errors(self, errors: Written) -> "Job":
        return replace(self, errors=errors)

    def foresee(self, foreseen: Foreseen) -> "Job":
        would, amounts = Counter(self.would) + foreseen.would, Counter(self.amounts) + foreseen.amounts
        return replace(self, would=dict(would), amounts=dict(amounts))

    def finish(self, at: str, error: str = "") -> "Job":
        """What was only checked was not read."""
        mark = START if self.state == "checking" else self.mark
        return replace(self, state="failed" if error else "done", finished_at=at, error=error, mark=mark)


def tallied(tallies: tuple[Tally, ...], refused: tuple[Refusal, ...]) -> tuple[Tally, ...]:
    """By column. Whatever comes beyond the first fifty columns stands in the error file alone."""
    found = {(tally.column, tally.field): tally for tally in tallies}
    for refusal in refused:
        for finding in refusal.findings:
            key = finding.column, finding.field
            first = found.get(key) or Tally(*key, 0, refusal.row.line, finding.reason[:200])
            if first.count or len(found) < MOST_TALLIES:
                found[key] = replace(first, count=first.count + 1)
    return tuple(found.values())
