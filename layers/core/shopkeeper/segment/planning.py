"""Recomputations are ordered at the desk, and an execution takes what lies there."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from shopkeeper.clock import Clock
from shopkeeper.customer.walks import SLICES
from shopkeeper.segment import runs
from shopkeeper.segment.runs import Desk, Overtaken, Why
from shopkeeper.segment.scanning import Desks, at_work

Next = Literal["scan", "clear", "over"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What an execution knows, from state to state. `next` is where it goes from here."""

    run: str
    attempt: int
    next: Next = "over"
    slices: tuple[int, ...] = tuple(range(SLICES))


class Planner:
    def __init__(self, desks: Desks, now: Clock) -> None:
        self._desks, self._clock = desks, now

    def ask(self, why: Why) -> Desk:
        """That all customers are looked through, soon."""
        _, desk = change(self._desks, lambda stands: runs.asked(stands, why, self._clock.now()))
        return desk

    def plan(self, step: Step) -> Step:
        """A run that had failed goes on."""
        run = at_work(self._desks, step.run, step.attempt, self._clock)
        if run is None:
            return replace(step, next="over")
        if (run.state, run.attempt) != ("running", step.attempt):
            self._desks.save_run(replace(run, state="running", attempt=step.attempt, error=""))
        return replace(step, next="scan")


def change(desks: Desks, how: Callable[[Desk], Desk]) -> tuple[Desk, Desk]:
    """How the desk stood, and how it stands now."""
    while True:
        before = desks.desk()
        after = how(before)
        try:
            if after is not before:
                desks.save(after)
        except Overtaken:
            continue
        return before, after
