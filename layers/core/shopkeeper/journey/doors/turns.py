"""What recurs for everybody: whose turn it is at each time, by the clock where they are.

A journey that has such times has one row, its series, due an hour before the next of them comes where a day begins
first. Then a walk over all customers looks who is meant, and writes down by the hundred whose turn comes at which
instant: rows that are due then. Publishing, and the end of a pause, have the series look at once: what still lasts
somewhere, as it is still that day there, is walked for anew, and nobody comes in by it twice.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import takewhile
from typing import Protocol

from shopkeeper import ids, zones
from shopkeeper.clock import Clock, to_text
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Stored
from shopkeeper.customer.instants import from_ms, ms_of
from shopkeeper.customer.recurring import FIRST_ZONE, LAST_ZONE, LEAD
from shopkeeper.customer.walks import Gathered
from shopkeeper.journey.doors import times
from shopkeeper.journey.doors.letting_in import Journeys
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.legs.looking import Programs

SERIES, KIND, WALK = "recurs", "turns", "journey.turns"
MOST = 100
"""Customers in one row."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What began up to `since`, text, has been walked for; "" is nothing."""

    journey: str
    due_at: str
    since: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """At `due_at`, text, it is `wall`, `2026-11-30T09:00`, where these customers are."""

    journey: str
    wall: str
    due_at: str
    customers: tuple[str, ...]

    @property
    def name(self) -> str:
        """The same of the same page of a walk."""
        return f"{self.journey}/{self.wall}/{self.due_at}/{ids.digest(*self.customers)[:16]}"


class Rows(Protocol):
    def put(self, turns: Sequence[Turn]) -> None:
        """Nothing changes where one is there."""


def begins_at(wall: datetime) -> datetime:
    return zones.instant(wall, FIRST_ZONE) - LEAD


def lasting(graph: Graph, since: str, now: datetime) -> list[str]:
    """The times that have begun behind that instant and last somewhere, as it is still that day."""
    found = set()
    for each in times.shared(graph):
        begun = takewhile(lambda wall: begins_at(wall) <= now, each.walls((now - 3 * _DAY).date()))
        found |= {wall for wall in begun if _ends_at(wall) > now and to_text(begins_at(wall)) > since}
    return [f"{wall:%Y-%m-%dT%H:%M}" for wall in sorted(found)]


def next_at(graph: Graph, now: datetime) -> str:
    """When the next time begins, text; "" for never."""
    walls = (_first(each.walls((now - 3 * _DAY).date()), now) for each in times.shared(graph))
    return min((to_text(begins_at(wall)) for wall in walls if wall), default="")


def _first(walls: Iterator[datetime], now: datetime) -> datetime | None:
    return next((wall for wall in walls if begins_at(wall) > now), None)


def _ends_at(wall: datetime) -> datetime:
    return zones.instant(datetime.combine(wall.date() + _DAY, datetime.min.time()), LAST_ZONE)


class Turning:
    """The work of the walk, whose name is `<journey>/<wall>/...`. `zone` says in which a customer's clock goes."""

    limit = 500

    def __init__(
        self,
        rows: Rows,
        journeys: Journeys,
        programs: Programs,
        zone: Callable[[Customer], tzinfo],
        now: Clock,
    ) -> None:
        self._rows, self._journeys, self._programs, self._zone = rows, journeys, programs, zone
        self._clock = now

    def see(self, name: str, page: Sequence[Stored], gathered: Gathered) -> Gathered:
        journey, wall, _ = name.split("/", 2)
        state = self._journeys.states().get(journey)
        if state and state.lets_in:
            graph = self._journeys.graph(journey, state.live)
            self._rows.put(list(grouped(journey, wall, self._meant(graph, wall, page))))
        return {"seen": gathered.get("seen", 0) + len(page)}

    def finish(self, _name: str, _gathered: Sequence[Gathered]) -> bool:
        return True

    def _meant(self, graph: Graph, wall: str, page: Sequence[Stored]) -> Iterator[tuple[int, str]]:
        """When it is the turn of whom, where it is not another day already."""
        now = ms_of(self._clock.now())
        for customer in document.living(page):
            zone = self._zone(customer)
            at = times.turn(datetime.fromisoformat(wall), zone).at
            if at >= times.today(zone, now) and self._may_be_meant(graph, customer, now, at):
                yield at, customer.customer_id

    def _may_be_meant(self, graph: Graph, customer: Customer, now: int, at: int) -> bool:
        """By then, if nothing new is heard of them."""
        if not (ref := graph.entry.audience):
            return True
        said = self._programs.of(graph.rules[ref]).evaluate(customer, now)
        return said.truth or (said.flips_at is not None and said.flips_at <= at)


def grouped(journey: str, wall: str, meant: Iterator[tuple[int, str]]) -> Iterator[Turn]:
    by_instant = defaultdict[int, list[str]](list)
    for at, customer_id in meant:
        by_instant[at].append(customer_id)
    for at, customers in by_instant.items():
        for begin in range(0, len(customers), MOST):
            few = tuple(customers[begin : begin + MOST])
            yield Turn(journey=journey, wall=wall, due_at=from_ms(at), customers=few)


def recurs(graph: Graph, wall: str) -> bool:
    """Whether it is still one of the journey's times."""
    day = datetime.fromisoformat(wall).replace(tzinfo=UTC).date()
    return any(f"{first:%Y-%m-%dT%H:%M}" == wall for each in times.shared(graph) for first in _heads(each.walls(day)))


def _heads(walls: Iterator[datetime]) -> Iterator[datetime]:
    first = next(walls, None)
    return iter(() if first is None else (first,))
