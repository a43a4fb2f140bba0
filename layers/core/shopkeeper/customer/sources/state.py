"""Where a source stands. It rests until its time; then it waits for its query, reads the result, and tells what is new.

    resting -> querying -> reading -> telling -> resting

Nothing is told before all of the result has been read. A run that fails has changed nothing, and the next one begins
anew; one that has begun to tell has nothing left to fail at, and goes on until all is told.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from shopkeeper import clock
from shopkeeper.customer.importing.lines import START, Place
from shopkeeper.customer.long_files import NOTHING, Written
from shopkeeper.customer.sources.definition import Schedule
from shopkeeper.customer.sources.schedule import following

Phase = Literal["resting", "querying", "reading", "telling"]

# How long until the clock looks after a run that should be under way.
WATCH = timedelta(minutes=15)
LOOK_AFTER = timedelta(seconds=30)
# A passing fault is tried again after 5, 10, 20, 40 and 80 minutes; after that at its next time.
FIRST_PAUSE = timedelta(minutes=5)
MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class Counts:
    """`told` of what is to be told: who entered, what changed, who left. `scanned` is in bytes, as they are billed."""

    rows: int = 0
    refused: int = 0
    entered: int = 0
    changed: int = 0
    unchanged: int = 0
    left: int = 0
    told: int = 0
    scanned: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """`number` counts the runs of a source; `version` is that of the definition it goes by. What the query says holds
    from `as_of`, when it was asked; all of it had been read at `received_at`.

    `whole` tells all again, also what has not changed; `leaving` lets any number leave.
    """

    number: int = 0
    version: int = 0
    query: str = ""
    location: str = ""
    etag: str = ""
    as_of: str = ""
    received_at: str = ""
    place: Place = START
    cursor: str = ""
    errors: Written = NOTHING
    counts: Counts = Counts()
    whole: bool = False
    leaving: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """What the last run met, in words for people."""

    at: str
    text: str
    retried: bool


@dataclass(frozen=True, slots=True)
class State:
    """`base` is the run whose notes say what has been told so far, `read` the last one whose result was read to its
    end; 0 is none. `last` is the last run that came to its own end.

    It is asked again at `next_at`, and somebody must look after it at `due_at`; "" is never.
    """

    id: str
    revision: int = 0
    phase: Phase = "resting"
    next_at: str = ""
    due_at: str = ""
    run: Run = Run()
    base: int = 0
    read: int = 0
    last: Run | None = None
    finished_at: str = ""
    trouble: Trouble | None = None
    failures: int = 0

    @property
    def is_resting(self) -> bool:
        return self.phase == "resting"

    def is_to_begin(self, now: datetime) -> bool:
        return self.is_resting and bool(self.next_at) and self.next_at <= clock.to_text(now)

    def planned(self, schedule: Schedule | None, now: datetime) -> "State":
        return self._at(clock.to_text(following(schedule, now)) if schedule else "")

    def asked_for(self, now: datetime, *, whole: bool, leaving: bool) -> "State":
        run = replace(self.run, whole=whole, leaving=leaving)
        return replace(self, run=run, failures=0)._at(clock.to_text(now))

    def begun(self, version: int, now: datetime) -> "State":
        said = self.run
        run = Run(said.number + 1, version, whole=said.whole, leaving=said.leaving)
        return self.with_run("querying", run, now)

    def with_run(self, phase: Phase, run: Run, now: datetime, look_after: timedelta = WATCH) -> "State":
        return replace(self, phase=phase, run=run, due_at=clock.to_text(now + look_after))

    def read_through(self, now: datetime) -> "State":
        run = replace(self.run, received_at=clock.to_text(now))
        return replace(self, phase="telling", run=run, read=run.number)

    def done(self, schedule: Schedule | None, now: datetime) -> "State":
        run = self.run
        rested = replace(
            self, phase="resting", run=Run(run.number), base=run.number, last=run, trouble=None, failures=0
        )
        return replace(rested, finished_at=clock.to_text(now)).planned(schedule, now)

    def failed(self, text: str, schedule: Schedule | None, now: datetime, *, passing: bool) -> "State":
        """A passing fault is tried again soon, with what was asked of this run; any other waits for its next time."""
        tries = self.failures + 1
        retried = passing and tries <= MOST_TRIES
        rested = replace(self, phase="resting", trouble=Trouble(clock.to_text(now), text[:2_000], retried))
        if not retried:
            return replace(rested, run=Run(self.run.number), failures=0).planned(schedule, now)
        planned = replace(rested, failures=tries).planned(schedule, now)
        soon = clock.to_text(now + FIRST_PAUSE * 2 ** (tries - 1))
        return planned._at(min(filter(None, (planned.next_at, soon))))

    def _at(self, instant: str) -> "State":
        return replace(self, next_at=instant, due_at=instant)
