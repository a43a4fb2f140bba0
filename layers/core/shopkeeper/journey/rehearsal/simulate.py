"""A journey on a clock of its own: the decisions of its legs, one after the other, while nothing is really done.
Pure.

Rows are kept here, nobody else holds them, and no leg dies: so of the run protocol only what it decides is left.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from shopkeeper import clock as clocks
from shopkeeper.clock import Clock
from shopkeeper.customer.instants import to_ms
from shopkeeper.journey.advance import advance
from shopkeeper.journey.effects import Effect
from shopkeeper.journey.facts import Facts
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.legs import deciding
from shopkeeper.journey.ports import Overtaken
from shopkeeper.journey.rows import Row, RunKey
from shopkeeper.journey.run import Cause, Run

MOST_LEGS = 500
LEG = "simulated"


class TooLong(ValueError):
    """It goes on and on."""


class Runs:
    """As `ports.Runs` and the door take them."""

    def __init__(self) -> None:
        self.rows: dict[RunKey, Row] = {}

    def load(self, key: RunKey) -> Row | None:
        return self.rows.get(key)

    def keys_of(self, customer_id: str) -> list[RunKey]:
        return [key for key in self.rows if key.customer_id == customer_id]

    def open(self, row: Row, before: Row | None) -> None:
        self.write(row, before)

    def write(self, after: Row, before: Row | None) -> None:
        if self.rows.get(after.key) is not before:
            raise Overtaken(after.key)
        self.rows[after.key] = after

    def tell(self, key: RunKey, cause: Cause, now: datetime) -> bool:
        row = self.rows.get(key)
        if row is None or not row.is_open or cause.id in (each.id for each in row.inbox):
            return False
        inbox, due_at = (*row.inbox, cause), clocks.to_text(now)
        self.rows[key] = replace(row, inbox=inbox, causes=row.causes + 1, due_at=due_at)
        return True


class Leg(NamedTuple):
    """What one leg made of a run, `before` to `after`; `due_at` is text, "" for never."""

    at: int
    heard: tuple[Cause, ...]
    before: Run
    after: Run
    effects: tuple[Effect, ...]
    due_at: str


@dataclass(slots=True)
class Stage:
    """`look` gives the facts of a leg, `carry` does what is handed over, in a world that is made up."""

    graph: Graph
    look: Callable[[Row], Facts]
    carry: Callable[[Row, Sequence[Effect]], None]
    now: int
    runs: Runs = field(default_factory=Runs)
    legs: list[Leg] = field(default_factory=list)

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.now / 1000)

    def until(self, at: int | None) -> None:
        """All legs that are due by then, None for all there are. Raises TooLong."""
        while due := [(max(to_ms(row.due_at), self.now), key) for key, row in self.runs.rows.items() if row.due_at]:
            soonest, key = min(due)
            if at is not None and soonest > at:
                break
            if len(self.legs) >= MOST_LEGS:
                raise TooLong(f"it takes more than {MOST_LEGS} legs")
            self.now = soonest
            self.leg(key)
        self.now = max(self.now, at or 0)

    def leg(self, key: RunKey) -> None:
        row = self.runs.load(key)
        if row is None or not row.is_open:
            return
        step = advance(self.graph, row.run, row.inbox, self.look(row), self.now)
        taken = row.taken(step.run, step.effects, deciding.second(step.due_at), self.clock.now())
        after = taken.settled() if step.effects else taken
        self.runs.write(after, row)
        self.legs.append(Leg(self.now, row.inbox, row.run, step.run, step.effects, after.due_at))
        self.carry(after, step.effects)
