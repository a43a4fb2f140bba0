"""Settle: let go of the runs whose effects have been handed over; those of which more was heard go another round."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from shopkeeper.clock import Clock
from shopkeeper.journey.legs import deciding
from shopkeeper.journey.legs.deciding import Failed, Wanted
from shopkeeper.journey.ports import Runs
from shopkeeper.journey.rows import Held, RunKey


class HandedOver(NamedTuple):
    """What a leg has done for a run that it holds. `error` is what went wrong, "" if nothing did."""

    held: Held
    error: str = ""


class NotHandedOver(Exception):
    """A channel has not taken an effect, however often it was asked."""


def handed_over(leg: Mapping[str, Any]) -> HandedOver:
    """Of a `handing.Leg`. `problem` is there where a channel has not taken something: what a state caught."""
    key = RunKey(leg["customer_id"], leg["name"])
    held = Held(key, leg["fence"], leg["causes"], leg["due_at"], leg["is_over"])
    return HandedOver(held, leg.get("problem", {}).get("Error", ""))


class Settler:
    def __init__(self, runs: Runs, now: Clock, failed: Failed) -> None:
        self._runs, self._clock, self._failed = runs, now, failed

    def settle(self, handed: Iterable[HandedOver]) -> list[Wanted]:
        """Those with which the leg goes on at once."""
        return [Wanted(each.held.key, each.held.fence) for each in handed if not self._settle(each)]

    def _settle(self, handed: HandedOver) -> bool:
        if handed.error:
            self._note(handed)
            return True
        return self._runs.settle(handed.held)

    def _note(self, handed: HandedOver) -> None:
        self._failed(handed.held.key, NotHandedOver(handed.error))
        deciding.fail(self._runs, handed.held.key, handed.held.fence, self._clock, self._failed)
