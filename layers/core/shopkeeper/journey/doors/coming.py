"""For whom a journey's next time is when: one row for each customer whom a date lets into it, due then.

Rows are made when a customer tells the date, or is found in another zone, and for everybody when the journey is
published or goes on after a pause. A row says no more than when to look: what the customer's document says by then is
what counts. What was written for a newer version of the document is never replaced by what an older one says.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any, Protocol

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.customer import document, habits, walks
from shopkeeper.customer.document import Customer, Stored
from shopkeeper.customer.instants import from_ms, ms_of
from shopkeeper.customer.rows import Row as News
from shopkeeper.customer.walks import Gathered, Slices
from shopkeeper.journey.doors import times
from shopkeeper.journey.doors.letting_in import Journeys
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.insiders import inside
from shopkeeper.journey.insiders.waking import KEPT_FOR, WAIT
from shopkeeper.journey.state import State

KIND, WALK = "coming", "journey.dates"
_SEEN_ZONE = ("zone", "timezone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """`version` is that of the document that `due_at`, text, was found in."""

    journey: str
    customer_id: str
    due_at: str
    version: int

    @property
    def name(self) -> str:
        return f"{self.journey}/{self.customer_id}"


class Rows(Protocol):
    def load(self, names: Sequence[str]) -> dict[str, Coming]:
        """Read consistently; those that are not there are left out."""

    def put(self, rows: Sequence[Coming]) -> None:
        """Each, but in the place of one that was found in a newer version."""

    def move(self, row: Coming, due_at: str) -> None:
        """To be due then, or to go if that is ""; unless it is not as it was read any more."""


class Planner:
    """`zone` says in which a customer's clock goes."""

    def __init__(self, rows: Rows, journeys: Journeys, zone: Callable[[Customer], tzinfo], now: Clock) -> None:
        self._rows, self._journeys, self._zone, self._clock = rows, journeys, zone, now

    def hear(self, fresh: Sequence[News], seen: Callable[[], Customer]) -> None:
        """`seen` is the customer as this news left them."""
        moved = [graph for graph in self._live() if _moves(fresh, times.paths(graph))]
        if not moved or seen().document.merged_into:
            return
        for graph in moved:
            self.plan(graph, [seen()])

    def plan(self, graph: Graph, customers: Iterable[Customer]) -> None:
        """What is there and due by now stays so, for whoever comes to see to it."""
        now = clock.to_text(self._clock.now())
        wanted = {row.name: row for each in customers for row in self._coming(graph, each)}
        held = self._rows.load(sorted(wanted))
        self._rows.put([row for name, each in wanted.items() for row in _changed(each, held.get(name), now)])

    def forget(self, customer_id: str) -> None:
        """Who was erased."""
        names = [f"{journey}/{customer_id}" for journey in self._journeys.states()]
        for row in self._rows.load(names).values():
            self._rows.move(row, "")

    def _live(self) -> Iterator[Graph]:
        states = self._journeys.states().values()
        return (self._journeys.graph(each.journey, each.live) for each in states if each.lets_in)

    def _coming(self, graph: Graph, customer: Customer) -> Iterator[Coming]:
        zone = self._zone(customer)
        at = times.coming(graph, customer.document, zone, times.today(zone, ms_of(self._clock.now())))
        if at is not None:
            due_at, version = from_ms(at), customer.version
            yield Coming(journey=graph.journey, customer_id=customer.customer_id, due_at=due_at, version=version)


def _moves(fresh: Sequence[News], paths: frozenset[str]) -> bool:
    """Whether a date, or the zone it is counted in, may be another one now."""
    asked = {path.partition(".")[0] for path in paths} | set(habits.STATED_ZONE)
    return bool(paths) and any(_says(each.said(), asked) for each in fresh)


def _says(said: Mapping[str, Any], asked: Set[str]) -> bool:
    traits, context = (part if isinstance(part, Mapping) else {} for part in map(said.get, ("traits", "context")))
    return not asked.isdisjoint(traits) or any(name in context for name in _SEEN_ZONE)


def _changed(wanted: Coming, held: Coming | None, now: str) -> Iterator[Coming]:
    if held and held.due_at <= now:
        yield replace(wanted, due_at=held.due_at)
    elif held is None or held.due_at != wanted.due_at:
        yield wanted


class Planning:
    """The work of the walk, whose name is `<journey>/...`."""

    limit = 100

    def __init__(self, planner: Planner, journeys: Journeys) -> None:
        self._planner, self._journeys = planner, journeys

    def see(self, name: str, page: Sequence[Stored], gathered: Gathered) -> Gathered:
        state = self._journeys.states().get(inside.journey(name))
        if state and state.lets_in:
            self._planner.plan(self._journeys.graph(state.journey, state.live), document.living(page))
        return {"seen": gathered.get("seen", 0) + len(page)}

    def finish(self, _name: str, _gathered: Sequence[Gathered]) -> bool:
        return True


def start(slices: Slices, state: State, graph: Graph, now: datetime) -> None:
    """For the change that makes this of the state, if dates let anybody in. It may be started before that is written:
    then it comes behind."""
    if times.paths(graph):
        name = f"{state.journey}/{state.revision}/{ms_of(now)}"
        walks.start(slices, f"{WALK}/{name}", now + WAIT, expires_at=int((now + KEPT_FOR).timestamp()))
