"""Let customers into journeys, and tell their runs what happened: routes of the news, over the run protocol.

An entry is one conditional write, a signal another. Both are made again when the news are told again, and change
nothing then: a row remembers what has moved it. The keys of rows that are due by it are for whoever starts legs.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import reduce
from operator import or_
from typing import Protocol

from msgspec import structs

from shopkeeper import clock as clocks
from shopkeeper.clock import Clock
from shopkeeper.customer.document import Customer
from shopkeeper.customer.instants import from_ms, to_ms
from shopkeeper.customer.rows import Row as News
from shopkeeper.journey import waits
from shopkeeper.journey.beginning import begin
from shopkeeper.journey.doors import entering
from shopkeeper.journey.doors.entering import Entered, Told
from shopkeeper.journey.effects import Effect, Mail
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.legs.looking import Programs
from shopkeeper.journey.ports import Overtaken, Rows
from shopkeeper.journey.rows import Row, RunKey, name
from shopkeeper.journey.run import Cause, Run
from shopkeeper.journey.state import State
from shopkeeper.segment.reads import Reads

TRIES = 5


class Journeys(Protocol):
    def states(self) -> dict[str, State]:
        """As they stood a moment ago."""

    def fresh(self) -> dict[str, State]:
        """As they stand now."""

    def graph(self, journey: str, version: int) -> Graph: ...


class AllRuns(Rows, Protocol):
    def keys_of(self, customer_id: str) -> Iterable[RunKey]:
        """Of all runs of a customer, those that are over too. Read consistently."""


@dataclass(frozen=True, slots=True)
class _Listening:
    """To what all journeys together listen, as they stand. `live` let people in; in `inside`, by journey, somebody may
    stand. `names` are those of all interactions that anybody may enter by or hear of, `reads` is what the rules read
    that are watched."""

    live: list[Graph]
    inside: Mapping[str, list[Graph]]
    names: frozenset[str]
    reads: Mapping[str, list[Reads]]

    def matters(self, told: Told) -> bool:
        """To anybody: most of what customers do is about no journey, and is no reason to read a run."""
        return told.news.name in self.names or any(entering.look(told, each) for each in self.reads.values())

    def hears(self, told: Told, journey: str) -> Cause | None:
        return entering.signal(told, self.inside.get(journey, ())) or entering.look(told, self.reads.get(journey, ()))


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
        self._runs, self.journeys, self._programs, self._zone = runs, journeys, programs, zone
        self._clock = now
        self._heard: tuple[Mapping[str, State], _Listening] | None = None

    def hear(self, fresh: Sequence[News], seen: Callable[[], Customer]) -> list[RunKey]:
        """Tells all runs of the customer what is new, and lets them in where it brings them in; the rows that are due
        by that. `seen` is the customer as this news left them."""
        if seen().document.merged_into:
            return []
        heard = [*map(Told.of, fresh)]
        listening = self._listening(heard)
        told = [each for each in heard if listening.matters(each)]
        if not told:
            return []
        known = self._runs.keys_of(seen().customer_id)
        due = [key for each in told for key in self._signals(each, known, listening)]
        return list(dict.fromkeys([*due, *self._entries(told, listening.live, seen())]))

    def _listening(self, told: Iterable[Told]) -> _Listening:
        """Made anew whenever a journey stands otherwise than before."""
        states = self.journeys.states()
        if any(entering.is_ahead(each, states) for each in told):
            states = self.journeys.fresh()
        if self._heard is None or self._heard[0] != states:
            self._heard = states, self._listens(states.values())
        return self._heard[1]

    def _listens(self, states: Collection[State]) -> _Listening:
        live = [self.journeys.graph(each.journey, each.live) for each in states if each.lets_in]
        inside = {each.journey: [self.journeys.graph(each.journey, one) for one in each.versions] for each in states}
        within = [graph for graphs in inside.values() for graph in graphs]
        reads = {journey: [*map(self._reads, graphs)] for journey, graphs in inside.items()}
        return _Listening(live, inside, entering.names([*live, *within]), reads)

    def _reads(self, graph: Graph) -> Reads:
        """Of all rules that may move a run there as soon as they hold."""
        return reduce(or_, (self._programs.of(graph.rules[ref]).reads for ref in graph.watches()), Reads())

    def _signals(self, told: Told, known: Iterable[RunKey], listening: _Listening) -> Iterator[RunKey]:
        for key in known:
            cause = listening.hears(told, key.journey)
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

    def has_let_in(self, entered: Entered, customer: Customer, now: int) -> bool:
        """Whether they came in by this very cause before."""
        if not self._is_meant(entered.graph, customer, now):
            return False
        row = self._runs.load(RunKey(customer.customer_id, name(entered.graph.journey, entered.key)))
        return row is not None and entered.cause.id in row.run.used

    def _life(self, journey: str) -> int:
        state = self.journeys.states().get(journey)
        return state.life if state else 1

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
            row = _opened(entered, customer.customer_id, zone, now, before)
            row = replace(row, run=structs.replace(row.run, life=self._life(graph.journey)))
            try:
                self._runs.open(row, before)
            except Overtaken:
                before = self._runs.load(key)
                continue
            return True
        raise Overtaken(key)


def _opened(entered: Entered, customer_id: str, zone: tzinfo, now: int, before: Row | None) -> Row:
    held = before.run if before else None
    return Row(
        customer_id=customer_id,
        run=begin(entered.graph, entered.cause, customer_id, entered.key, zone, now, held),
        inbox=(entered.cause,),
        causes=before.causes + 1 if before else 1,
        fence=before.fence + 1 if before else 0,
        pending=tuple(_left_over(before)) if before else (),
        due_at=from_ms(now),
    )


def _left_over(before: Row) -> Iterator[Effect]:
    """How the entry before came to its end, where that is still being handed over: whoever does so may have died.
    Mails go without it, as their rows are due."""
    return (each for each in before.pending if not isinstance(each, Mail) or each.is_end)


def comes_again(graph: Graph, before: Run, cause: str, now: int, zone: tzinfo) -> bool:
    """Whether somebody who was in may come in once more. Who is inside stays where they are."""
    again = graph.entry.reentry
    if before.status not in ("over", "watching") or cause in before.used:
        return False
    if again.policy == "once" or (again.most and before.n >= again.most):
        return False
    return again.policy == "always" or waits.after(before.entered_at, again.span, zone) <= now
