"""Settle: let go of the runs whose effects have been handed over; those of which more was heard go another round."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from shopkeeper.clock import Clock
from shopkeeper.journey import deciding
from shopkeeper.journey.deciding import Failed, Wanted
from shopkeeper.journey.ports import Overtaken, Runs
from shopkeeper.journey.rows import Row, RunKey


class HandedOver(NamedTuple):
    """What a leg has done for a run that it holds. `causes` is how many were there when it decided; `error` is what
    went wrong, "" if nothing did."""

    key: RunKey
    fence: int
    causes: int
    error: str = ""


class NotHandedOver(Exception):
    """A channel has not taken an effect, however often it was asked."""


class Settler:
    def __init__(self, runs: Runs, now: Clock, failed: Failed) -> None:
        self._runs, self._clock, self._failed = runs, now, failed

    def settle(self, handed: Iterable[HandedOver]) -> list[Wanted]:
        """Those with which the leg goes on at once."""
        return [Wanted(each.key, each.fence) for each in handed if self._settle(each) == "again"]

    def _settle(self, handed: HandedOver) -> Literal["again", "done"]:
        if handed.error:
            self._note(handed)
            return "done"
        row = self._runs.load(handed.key)
        if row is None or row.fence != handed.fence or not row.pending:
            return "done"  # It took too long, and another leg has it; or this has been done before.
        if row.inbox or row.causes != handed.causes:
            return "again"  # Something came, or had come when the leg took over from a dead one.
        return self._let_go(row)

    def _let_go(self, row: Row) -> Literal["again", "done"]:
        try:
            self._runs.write(row.settled(), row)
        except Overtaken:
            return "again"
        return "done"

    def _note(self, handed: HandedOver) -> None:
        self._failed(handed.key, NotHandedOver(handed.error))
        deciding.fail(self._runs, handed.key, handed.fence, self._clock, self._failed)
