"""The way a run takes within one leg: the run as it becomes, and what is to be handed over, in order."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from msgspec import structs

from shopkeeper.journey import effects
from shopkeeper.journey.effects import Effect
from shopkeeper.journey.facts import Facts
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.run import MOST_HISTORY, MOST_USED, Run, Visit

PLANNED = "planned"
PAUSED_MS = 60 * 60_000
"""After so long, and then after twice as long each time, a run looks whether it may act that a pause or a broken node
keeps: who lets it go on wakes all but those who come to stand there at that moment."""
HELD_MS = 15 * 60_000
"""After so long it is asked again of what says no time of its own."""


class Go(NamedTuple):
    """On to that node. `outcome` is what came of this one, `is_done` that its task is no longer to be done."""

    to: str
    outcome: str
    is_done: bool = False


class Stay(NamedTuple):
    """Until then, unless something is heard; None is for ever."""

    until: int | None = None


class Out(NamedTuple):
    """Out of the journey."""

    reason: str


Move = Go | Stay | Out


@dataclass(slots=True)
class Way:
    """The one thing in this room that changes: each leg makes a new one, and nobody else sees it."""

    graph: Graph
    run: Run
    facts: Facts
    now: int
    failed: frozenset[str] = frozenset()
    """Keys of effects of which is told now that they will never be carried out."""
    made: list[Effect] = field(default_factory=list)

    def change(self, **attributes: Any) -> None:
        self.run = structs.replace(self.run, **attributes)

    def leave_node(self) -> None:
        """What is known of standing there means nothing any more."""
        self.change(until=0, held_at=0, paused_at=0, put_off=0, later=0, held_true=())

    def make(self, kind: Callable[..., Effect], place: int = 0, **attributes: Any) -> None:
        """By the node that the run stands on."""
        run = self.run
        self.made.append(kind(run=run.id, node=run.node, visit=run.visit, place=place, **attributes))

    def tell(self, name: str, place: int, **props: Any) -> None:
        """An interaction of the customer, once per run: `place` says which. Of who was erased nothing is remembered."""
        if self.facts.gone == "erased":
            return
        props = {"journey": self.run.journey, "run": self.run.id, **props}
        what = effects.Tell(
            run=self.run.id, node="", visit=0, place=place, name=name, at=self.now, own=True, props=props
        )
        self.made.append(what)

    def note(self, outcome: str) -> None:
        """A line of the history, about the node that the run stands on."""
        line = Visit(self.facts.leg, self.run.visit, self.run.node, outcome, self.now)
        self.change(history=(*self.run.history, line)[-MOST_HISTORY:])

    def use(self, cause: str) -> None:
        """It has moved the run, and never does so again."""
        self.change(heard=tuple(each for each in self.run.heard if each.id != cause))
        self.remember(cause)

    def remember(self, cause: str) -> None:
        """It is no news any more, should it be told again."""
        self.change(used=(*self.run.used, cause)[-MOST_USED:])


def sooner(*instants: int | None) -> int | None:
    return min((each for each in instants if each is not None), default=None)
