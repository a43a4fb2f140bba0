"""Let customers into journeys, and tell their runs what happened: routes of the news, over the run protocol.

An entry is one conditional write, a signal another. Both are made again when the news are told again, and change
nothing then: a row remembers what has moved it. The keys of rows that are due by it are for whoever starts legs.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import tzinfo
from typing import NamedTuple, Protocol

from shopkeeper import clock as clocks
from shopkeeper.clock import Clock
from shopkeeper.customer.document import Customer
from shopkeeper.customer.instants import from_ms, to_ms
from shopkeeper.customer.rows import Row as News
from shopkeeper.journey import entering, waits
from shopkeeper.journey.beginning import begin
from shopkeeper.journey.entering import Entered, Told
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.looking import Programs
from shopkeeper.journey.ports import Overtaken, Runs
from shopkeeper.journey.rows import Row, RunKey, name
from shopkeeper.journey.run import Cause, Run
from shopkeeper.journey.state import State

TRIES = 5


class _Clock(NamedTuple):
    zone: tzinfo


class Journeys(Protocol):
    def states(self) -> dict[str, State]: ...

    def graph(self, journey: str, version: int) -> Graph: ...


class AllRuns(Runs, Protocol):
    def keys_of(self, customer_id: str) -> Iterable[RunKey]:
        """Of all runs of a customer, those that are over too. Read consistently."""


class Door:
    """`zone` says in which a customer's clock goes."""

    def __init__(
        self,
        runs: AllRuns,
        journeys: Journeys,
        programs: Programs,
        zone: Callable[[Customer], tzinfo],
        now: Clock,
    ) -> None:
        self._runs, self._journeys, self._programs, self._zone = runs, journeys, programs, zone
        self._clock = now

    def hear(self, fresh: Sequence[News], seen: Callable[[], Customer]) -> list[RunKey]:
        """Tells all runs of the customer what is new, and lets them in where it brings them in; the rows that are due
        by that. `seen` is the customer as this news left them."""
        if seen().document.merged_into:
            return self.gone(seen().customer_id)
        live, inside = self._graphs()
        told = [each for each in map(Told.of, fresh) if self._matters(each, live, inside)]
        if not told:
            return []
        known = [RunKey(*each) for each in self._runs.keys_of(seen().customer_id)]
        due = [key for each in told for key in self._signals(each, known, inside)]
        return list(dict.fromkeys([*due, *self._entries(told, live, seen())]))

    def gone(self, customer_id: str) -> list[RunKey]:
        """Who was merged into somebody else, or erased: their runs have to end."""
        keys, now = self._runs.keys_of(customer_id), self._clock.now()
        at = to_ms(clocks.to_text(now))
        cause = Cause(id=f"gone/{customer_id}", kind="clock", at=at, received_at=at)
        return [key for key in keys if self._runs.tell(key, cause, now)]

    def _graphs(self) -> tuple[list[Graph], dict[str, list[Graph]]]:
        """Those that let people in; and of each journey all in which somebody may stand."""
        states = self._journeys.states().values()
        inside = {each.journey: [self._journeys.graph(each.journey, one) for one in each.versions] for each in states}
        return [self._journeys.graph(each.journey, each.live) for each in states if each.lets_in], inside

    def _matters(self, told: Told, live: Iterable[Graph], inside: dict[str, list[Graph]]) -> bool:
        """To anybody: most of what customers do is about no journey, and is no reason to read a run."""
        within = [graph for graphs in inside.values() for graph in graphs]
        return told.news.name in entering.names([*live, *within]) or self._look(told, within) is not None

    def _look(self, told: Told, graphs: Iterable[Graph]) -> Cause | None:
        """For a rule that is watched, and that these news may have changed."""
        rules = (graph.rules[ref] for graph in graphs for ref in graph.watches())
        is_touched = any(entering.touches(told, self._programs.of(text).reads) for text in rules)
        return entering.look(told) if is_touched else None

    def _signals(self, told: Told, known: Iterable[RunKey], inside: dict[str, list[Graph]]) -> Iterator[RunKey]:
        for key in known:
            graphs = inside.get(key.name.partition("#")[0], [])
            cause = entering.signal(told, graphs) or self._look(told, graphs)
            if cause and self._runs.tell(key, cause, self._clock.now()):
                yield key

    def _entries(self, told: Iterable[Told], live: Iterable[Graph], customer: Customer) -> Iterator[RunKey]:
        now = to_ms(clocks.to_text(self._clock.now()))
        for each in told:
            for entered in entering.entries(each, live, now):
                if self.let_in(entered, customer, now):
                    yield RunKey(customer.customer_id, name(entered.graph.journey, entered.key))

    def let_in(self, entered: Entered, customer: Customer, now: int) -> bool:
        """False for who is not meant, or may not come in again."""
        return self._is_meant(entered.graph, customer, now) and self._enter(entered, customer, now)

    def _is_meant(self, graph: Graph, customer: Customer, now: int) -> bool:
        ref = graph.entry.audience
        return not ref or self._programs.of(graph.rules[ref]).evaluate(customer, now).truth

    def _enter(self, entered: Entered, customer: Customer, now: int) -> bool:
        """False if they were in before and may not come again, or are inside."""
        graph, key = entered.graph, RunKey(customer.customer_id, name(entered.graph.journey, entered.key))
        zone = self._zone(customer)
        before: Row | None = None
        for _ in range(TRIES):
            if before and not comes_again(graph, before.run, entered.cause.id, now, zone):
                return False
            row = _opened(entered, customer.customer_id, _Clock(zone), now, before)
            try:
                self._runs.open(row, before)
            except Overtaken:
                before = self._runs.load(key)
                continue
            return True
        raise Overtaken(key)


def _opened(entered: Entered, customer_id: str, clock: _Clock, now: int, before: Row | None) -> Row:
    held = before.run if before else None
    return Row(
        customer_id=customer_id,
        run=begin(entered.graph, entered.cause, customer_id, entered.key, clock, now, held),
        inbox=(entered.cause,),
        causes=before.causes + 1 if before else 1,
        fence=before.fence + 1 if before else 0,
        due_at=from_ms(now),
    )


def comes_again(graph: Graph, before: Run, cause: str, now: int, zone: tzinfo) -> bool:
    """Whether somebody who was in may come in once more. Who is inside stays where they are."""
    again = graph.entry.reentry
    if before.status not in ("over", "watching") or cause in before.used:
        return False
    if again.policy == "once" or (again.most and before.n >= again.most):
        return False
    return again.policy == "always" or waits.after(before.entered_at, again.span, zone) <= now
