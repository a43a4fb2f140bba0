"""The time of a customer has come: they are let in, if the document still says so, and wait for the next time."""

from collections.abc import Callable
from datetime import tzinfo
from typing import Protocol

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.customer import following
from shopkeeper.customer.document import Customer
from shopkeeper.customer.instants import from_ms, ms_of, to_ms
from shopkeeper.journey.doors import times
from shopkeeper.journey.doors.coming import Coming, Planner, Rows
from shopkeeper.journey.doors.entering import Entered
from shopkeeper.journey.doors.letting_in import Journeys
from shopkeeper.journey.graph import Graph


class Door(Protocol):
    def let_in(self, entered: Entered, customer: Customer, now: int) -> bool: ...


class Arrivals:
    """Runs that begin by it are due, so the clock starts their legs, many at a time."""

    def __init__(
        self,
        rows: Rows,
        customers: following.Customers,
        journeys: Journeys,
        door: Door,
        planner: Planner,
        zone: Callable[[Customer], tzinfo],
        now: Clock,
    ) -> None:
        self._rows, self._customers, self._journeys = rows, customers, journeys
        self._door, self._planner, self._zone, self._clock = door, planner, zone, now

    def visit(self, name: str) -> bool:
        """`<journey>/<customer>`, by the clock: it was due a moment ago."""
        row = self._rows.load([name]).get(name)
        if row is None or row.due_at > clock.to_text(self._clock.now()):
            return False
        state = self._journeys.states().get(row.journey)
        graph = self._journeys.graph(row.journey, state.live) if state and state.going != "stopped" else None
        living = following.find(row.customer_id, self._customers) if graph else None
        if graph is None or living is None:
            self._rows.move(row, "")
        elif living.customer_id != row.customer_id:
            self._planner.plan(graph, [living])
            self._rows.move(row, "")
        else:
            self._arrive(row, graph, living, lets_in=bool(state and state.lets_in))
        return False

    def _arrive(self, row: Coming, graph: Graph, customer: Customer, *, lets_in: bool) -> None:
        """In a pause the time passes: when it ends, those of that day are looked for anew."""
        now, zone = ms_of(self._clock.now()), self._zone(customer)
        for each in times.come(graph, customer.document, zone, to_ms(row.due_at), now) if lets_in else ():
            self._door.let_in(times.entry(graph, each, now), customer, now)
        then = times.coming(graph, customer.document, zone, now + 1)
        self._rows.move(row, "" if then is None else from_ms(then))
