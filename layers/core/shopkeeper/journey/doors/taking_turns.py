"""What the clock does about times that recur for everybody: it has them walked for, and lets in whose turn it is."""

from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from typing import Protocol

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.customer import document, following, walks
from shopkeeper.customer.document import Customer
from shopkeeper.customer.instants import ms_of, to_ms
from shopkeeper.customer.walks import Slices
from shopkeeper.journey.doors import times, turns
from shopkeeper.journey.doors.arriving import Door
from shopkeeper.journey.doors.entering import OLDEST_MS
from shopkeeper.journey.doors.letting_in import Journeys
from shopkeeper.journey.doors.turns import WALK, Series, Turn
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.insiders.waking import KEPT_FOR


class Rows(turns.Rows, Protocol):
    def series(self, journey: str) -> Series | None:
        """Read consistently."""

    def move(self, series: Series, since: str, due_at: str) -> None:
        """To be due then, or to go if that is ""; unless it is not as it was read any more."""

    def load(self, name: str) -> Turn | None:
        """Read consistently."""

    def drop(self, turn: Turn) -> None: ...


class Turns:
    """`zone` says in which a customer's clock goes. Runs that begin are due, so the clock starts their legs."""

    def __init__(
        self,
        rows: Rows,
        slices: Slices,
        customers: following.Customers,
        journeys: Journeys,
        door: Door,
        zone: Callable[[Customer], tzinfo],
        now: Clock,
    ) -> None:
        self._rows, self._slices, self._customers, self._journeys = rows, slices, customers, journeys
        self._door, self._zone, self._clock = door, zone, now

    def begin(self, journey: str) -> bool:
        """The series of a journey, by the clock: it was due a moment ago."""
        series, now = self._rows.series(journey), self._clock.now()
        if series is None or series.due_at > clock.to_text(now):
            return False
        state = self._journeys.states().get(journey)
        graph = self._journeys.graph(journey, state.live) if state and state.going != "stopped" else None
        if graph and state and state.lets_in:
            self._walk(series, graph, now)
        self._rows.move(series, clock.to_text(now), turns.next_at(graph, now) if graph else "")
        return False

    def _walk(self, series: Series, graph: Graph, now: datetime) -> None:
        """Known by when the series was due, so whoever comes back to it starts no second one."""
        for wall in turns.lasting(graph, series.since, now):
            name = f"{WALK}/{series.journey}/{wall}/{series.due_at}"
            walks.start(self._slices, name, now, expires_at=int((now + KEPT_FOR).timestamp()))

    def visit(self, name: str) -> bool:
        """Those of one row, by the clock: it was due a moment ago."""
        turn, now = self._rows.load(name), ms_of(self._clock.now())
        if turn is None or to_ms(turn.due_at) > now:
            return False
        state = self._journeys.states().get(turn.journey)
        graph = self._journeys.graph(turn.journey, state.live) if state and state.lets_in else None
        if graph and turns.recurs(graph, turn.wall):
            self._rows.put(list(turns.grouped(turn.journey, turn.wall, self._let_in(graph, turn, now))))
        self._rows.drop(turn)
        return False

    def _let_in(self, graph: Graph, turn: Turn, now: int) -> Iterator[tuple[int, str]]:
        """Gives whose turn is still to come, as they have moved to another zone."""
        wall = datetime.fromisoformat(turn.wall)
        for customer in document.living(self._customers.load(turn.customers).values()):
            zone = self._zone(customer)
            its = times.turn(wall, zone)
            if its.at > now:
                yield its.at, customer.customer_id
            elif its.at >= max(min(to_ms(turn.due_at), times.today(zone, now)), now - OLDEST_MS):
                self._door.let_in(times.entry(graph, its, now), customer, now)
