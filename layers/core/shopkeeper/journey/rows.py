"""A run as the Runs table keeps it: the run, the causes that nobody has looked at, and how far its leg has come.

A cause is appended, and makes the row due, in one write; whoever starts a leg after that only makes it faster. A leg
takes the row with `Row.taken`: from then on, until `lease_until`, it is in the hands of the leg that holds `fence`.
What the leg is to hand over stands in `pending` before it is handed over, so another leg can do so when this one dies.
It lets go with `Row.settled`, unless causes came meanwhile: then it takes the row once more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from shopkeeper import clock
from shopkeeper.journey.effects import Effect
from shopkeeper.journey.run import Cause, Run, Status

LEASE = timedelta(seconds=90)
"""Outlasts a round of a leg, from Decide to Settle."""
MOST_FAILURES = 5


class RunKey(NamedTuple):
    """`name` is `<journey>#<key>`: a customer has one run of a journey for each value that keys it."""

    customer_id: str
    name: str

    @property
    def journey(self) -> str:
        return self.name.partition("#")[0]


class Held(NamedTuple):
    """A run as a leg took it, and what becomes of it when the leg lets go: when it is due again, "" for never, and
    whether nobody may move it any more."""

    key: RunKey
    fence: int
    causes: int
    due_at: str
    is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`causes` counts all that were ever appended; `due_at` is text, "" for never. While a leg holds the row,
    `next_due` is when the run is due again. `failures` counts legs that failed one after the other."""

    customer_id: str
    run: Run
    inbox: tuple[Cause, ...] = ()
    causes: int = 0
    fence: int = 0
    lease_until: str = ""
    pending: tuple[Effect, ...] = ()
    next_due: str = ""
    due_at: str = ""
    failures: int = 0

    @property
    def key(self) -> RunKey:
        return RunKey(self.customer_id, name(self.run.journey, self.run.key))

    @property
    def is_stuck(self) -> bool:
        return self.failures >= MOST_FAILURES

    @property
    def status(self) -> Status:
        """As people see it."""
        return "stuck" if self.is_stuck else self.run.status

    @property
    def is_open(self) -> bool:
        """Somebody may still move it, or has still to hand over how it ended. The others are kept for those who come
        again."""
        return self.run.status != "over" or bool(self.pending)

    def is_held(self, now: datetime, fence: int = 0) -> bool:
        """By another leg than the one that holds `fence`."""
        return self.lease_until > clock.to_text(now) and self.fence != fence

    def taken(self, run: Run, effects: Sequence[Effect], due_at: str, now: datetime) -> "Row":
        """All causes are in `run` now. Where nothing is to be handed over the leg lets go at once."""
        after = replace(self, run=run, inbox=(), fence=self.fence + 1, pending=tuple(effects), next_due=due_at)
        return replace(after, lease_until=clock.to_text(now + LEASE)) if effects else after.settled()

    def taken_over(self, now: datetime) -> "Row":
        """From a leg that died: what it was to hand over is handed over again before anything else."""
        return replace(self, fence=self.fence + 1, lease_until=clock.to_text(now + LEASE))

    @property
    def held(self) -> Held:
        return Held(self.key, self.fence, self.causes, self.next_due, not self.settled().is_open)

    def settled(self) -> "Row":
        return replace(self, due_at=self.next_due, next_due="", lease_until="", pending=(), failures=0)

    def failed(self) -> "Row":
        """It stays due, so the clock tries again when the lease is over. A stuck one is tried again when something is
        heard, or somebody asks for it."""
        after = replace(self, failures=self.failures + 1)
        return replace(after, due_at="", lease_until="") if after.is_stuck else after


def name(journey: str, key: str) -> str:
    return f"{journey}#{key}"
