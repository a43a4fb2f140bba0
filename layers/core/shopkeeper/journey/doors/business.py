"""Business events: something that happened to the shop, about no customer in particular, and whom it brings in.

What was told is put down with the journeys that listened to it then. One walk over all customers brings in who is
meant, page by page, so a journey that is published meanwhile lets nobody in by it, and one that is paused meanwhile
lets in no more. What happened longer ago than an event of a customer may have brings in nobody any more.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from shopkeeper import clock, ids
from shopkeeper.clock import Clock
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Stored
from shopkeeper.customer.instants import to_ms
from shopkeeper.customer.walks import Gathered
from shopkeeper.journey.doors import entering
from shopkeeper.journey.doors.entering import OLDEST_MS, Entered
from shopkeeper.journey.doors.letting_in import Journeys
from shopkeeper.journey.graph import Graph, OnBusinessEvent
from shopkeeper.journey.rows import RunKey, name
from shopkeeper.journey.run import Cause

KIND = "business"
"""Of the walk, which has the id of the event as its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessEvent:
    """`journeys` are those that listened when it was told. Instants are text."""

    id: str
    name: str
    at: str
    told_at: str
    told_by: str
    props: Mapping[str, Any]
    journeys: tuple[str, ...] = ()

    def says_the_same(self, other: "BusinessEvent") -> bool:
        return (self.name, self.props) == (other.name, other.props)


class Kept(Protocol):
    def load(self, event_id: str) -> BusinessEvent | None: ...


class Doors(Protocol):
    def let_in(self, entered: Entered, customer: Customer, now: int) -> bool: ...

    def has_let_in(self, entered: Entered, customer: Customer, now: int) -> bool: ...


class Bringing:
    """The work of the walk. `start` is given the runs that are due by a page."""

    limit = 100

    def __init__(
        self, kept: Kept, journeys: Journeys, door: Doors, start: Callable[[Iterable[RunKey]], None], now: Clock
    ) -> None:
        self._kept, self._journeys, self._door, self._start, self._clock = kept, journeys, door, start, now

    def see(self, event_id: str, page: Sequence[Stored], gathered: Gathered) -> Gathered:
        now = to_ms(clock.to_text(self._clock.now()))
        event = self._kept.load(event_id)
        came = list(self._bring(event, page, now)) if event and is_fresh(event, now) else []
        self._start(came)
        entered: Counter[str] = Counter(gathered.get("entered", {}))
        entered.update(key.journey for key in came)
        return {"seen": gathered.get("seen", 0) + len(page), "entered": dict(entered)}

    def finish(self, _event_id: str, _gathered: Sequence[Gathered]) -> bool:
        return True

    def _bring(self, event: BusinessEvent, page: Sequence[Stored], now: int) -> Iterator[RunKey]:
        graphs = [each for each in listening(self._journeys, event.name) if each.journey in event.journeys]
        for customer in document.living(page) if graphs else ():
            for graph in graphs:
                entered = entry(event, graph, customer.customer_id)
                if entered and self._came(entered, customer, now):
                    yield RunKey(customer.customer_id, name(graph.journey, entered.key))

    def _came(self, entered: Entered, customer: Customer, now: int) -> bool:
        """Now, or when the same page was seen by somebody who died over it."""
        return self._door.let_in(entered, customer, now) or self._door.has_let_in(entered, customer, now)


def listening(journeys: Journeys, name: str) -> list[Graph]:
    """The versions that let people in by it."""
    graphs = [journeys.graph(each.journey, each.live) for each in journeys.states().values() if each.lets_in]
    return [graph for graph in graphs if OnBusinessEvent(name=name) in graph.entry.sources]


def is_fresh(event: BusinessEvent, now: int) -> bool:
    return to_ms(event.at) >= now - OLDEST_MS


def entry(event: BusinessEvent, graph: Graph, customer_id: str) -> Entered | None:
    """None where the event does not say what keys the runs of the journey."""
    key = entering.key_of(graph, event.props)
    cause = Cause(
        id=cause_id(event, customer_id),
        kind="entry",
        name=event.name,
        at=to_ms(event.at),
        received_at=to_ms(event.told_at),
        props=entering.scalars(event.props),
    )
    return None if key is None else Entered(graph, key, cause)


def cause_id(event: BusinessEvent, customer_id: str) -> str:
    return ids.digest("cause", KIND, event.id, customer_id)[:22]


def came_of(gathered: Iterable[Gathered]) -> tuple[int, dict[str, int]]:
    """How many customers were looked at so far, and how many came into which journey."""
    parts = list(gathered)
    entered: Counter[str] = Counter()
    for each in parts:
        entered.update(each.get("entered", {}))
    return sum(each.get("seen", 0) for each in parts), dict(entered)
