"""What interactions add to the measures of a customer, and what is taken from them again when one is retracted."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import tzinfo
from typing import Any, NamedTuple

from shopkeeper import zones
from shopkeeper.customer import orders, retractions, sessions
from shopkeeper.customer.instants import to_ms
from shopkeeper.customer.interaction import Interaction
from shopkeeper.customer.measures import Mark, Measure, Measures, Rules, Tally, measures
from shopkeeper.customer.orders import NOTHING, Fact, Key, Order, Past
from shopkeeper.customer.unjudged import made_by

_NO_PERSON = frozenset({"machine", "unknown"})


class Counted(NamedTuple):
    """`lossy` names the measures from which something was taken whose successor only the rows can tell."""

    events: Measures
    registered: Measures
    lossy: frozenset[str]


def counted_as(interaction: Interaction) -> str:
    """The name that it is measured under, empty for what is not.

    Measures are about what customers do: a hit that a machine made on their behalf, or may have made, is remembered,
    not measured. Nor is an order that nobody answers for, nor what was said again by a merge, nor what is said of an
    interaction.
    """
    if interaction.type != "track":
        return sessions.viewed(interaction)
    by_machine = interaction.source == "tracking" and made_by(interaction.properties) in _NO_PERSON
    by_a_merge = interaction.subject.startswith("customer:") and interaction.message_id.startswith("merge/")
    by_nobody = by_machine or by_a_merge or orders.is_hearsay(interaction)
    return "" if by_nobody or interaction.name == retractions.NAME else interaction.name


class Counting:
    """Measures being written to; those they were made from stay as they are.

    Of registered measures, which the rules know, those are written to that the customer has already.
    """

    def __init__(self, events: Mapping[str, Measure], registered: Mapping[str, Measure], rules: Rules) -> None:
        self._rules = rules
        self._events = _Book(measures(events))
        self._registered = _Book(measures(registered))
        self._shared = frozenset(registered)
        self._orders: dict[str, dict[Key, Fact]] = {}
        self._said: dict[Key, Mapping[str, Any]] = {}

    def add(self, interaction: Interaction, past: Past = NOTHING) -> None:
        """`past` is that of the order it speaks of, if any."""
        name = counted_as(interaction)
        if not name:
            return
        for tally, mark in self._marks(name, interaction):
            tally.add(mark)
        if fact := orders.fact_of(interaction):
            self._said[fact.key] = interaction.properties
            self._tell(orders.name_of(interaction), fact, past)

    def retract(self, target: Interaction, by: Interaction, past: Past = NOTHING) -> None:
        """What `target` added, now or once, is taken back; `past` is that of the order it spoke of, if any."""
        name = counted_as(target)
        if not name:
            return
        for tally, mark in self._marks(name, target):
            tally.remove(mark)
        if orders.fact_of(target):
            self._tell(orders.name_of(target), orders.withdrawal(target.message_id, by), past)

    def absorb(self, events: Mapping[str, Measure], registered: Mapping[str, Measure]) -> None:
        """What was counted of another customer. Of registered measures those go on that both have: others are not known
        of one of them."""
        self._events.absorb(events)
        self._registered.absorb(registered)
        self._shared &= registered.keys()

    def counted(self) -> Counted:
        events, lossy = self._events.closed()
        registered, lossy_too = self._registered.closed()
        return Counted(events.without_empty(), registered.only(self._shared), lossy | lossy_too)

    def _marks(self, name: str, interaction: Interaction) -> Iterator[tuple[Tally, Mark]]:
        """One of the event and one of each registered measure it fits. Orders leave theirs by all that is known."""
        if name == orders.COMPLETED:
            return
        at, said = to_ms(interaction.at), interaction.properties
        yield self._events.tally(name), Mark(at)
        for measure_id, each in self._rules.by_event.get(name, ()):
            if measure_id in self._shared and each.fits(said):
                mark = each.mark(at, said, self._rules.zone, interaction.key)
                yield self._registered.tally(measure_id), mark

    def _tell(self, name: str, fact: Fact, past: Past) -> None:
        """An order comes to something else by one more fact: what it came to before makes room."""
        facts = self._orders.get(name)
        if facts is None:
            facts = self._orders[name] = {each.key: each for each in past.facts}
            self._said |= past.said
        before = self._order_marks(name, facts.values())
        facts[fact.key] = fact
        after = self._order_marks(name, facts.values())
        for tally in before.keys() | after.keys():
            if before.get(tally) != after.get(tally):
                if tally in before:
                    tally.remove(before[tally])
                if tally in after:
                    tally.add(after[tally])

    def _order_marks(self, name: str, facts: Collection[Fact]) -> dict[Tally, Mark]:
        order = orders.order_of(facts)
        if order is None:
            return {}
        zone = self._rules.zone
        own = _mark_of(order, zone)
        marks = {self._events.tally(orders.COMPLETED): own}
        for measure_id, each in self._rules.by_event.get(orders.COMPLETED, ()):
            said = orders.said_of(facts, self._said)
            is_its = each.amount is not None and each.amount.prop in orders.AMOUNTS
            if measure_id in self._shared and each.fits(said, own if is_its else None):
                mark = each.mark(order.at, said, zone, (name,))
                if each.sum in orders.AMOUNTS:
                    mark = own._replace(day=mark.day, newest=mark.newest)
                marks[self._registered.tally(measure_id)] = mark
        return marks


def of_orders(facts: Iterable[Collection[Fact]], zone: tzinfo) -> Measure:
    """What is measured of orders under their own name, from nothing but the facts of each."""
    tally = Tally(Measure())
    for order in map(orders.order_of, facts):
        if order:
            tally.add(_mark_of(order, zone))
    measure, _ = tally.measure()
    return measure


def _mark_of(order: Order, zone: tzinfo) -> Mark:
    return Mark(order.at, zones.day(order.at, zone), order.currency, order.units, unpriced=not order.currency)


class _Book:
    """The measures of one kind, being written to."""

    def __init__(self, before: Measures) -> None:
        self._before = before
        self._tallies: dict[str, Tally] = {}
        self._absorbed: dict[str, Measure] = {}

    def tally(self, name: str) -> Tally:
        tally = self._tallies.get(name)
        if tally is None:
            tally = self._tallies[name] = Tally(self._before.get(name, Measure()))
        return tally

    def absorb(self, others: Mapping[str, Measure]) -> None:
        for name, other in others.items():
            self._absorbed[name] = self._absorbed.get(name, Measure()) + other

    def closed(self) -> tuple[Measures, frozenset[str]]:
        """As they are now; and the names of those that are lossy."""
        if not self._tallies and not self._absorbed:
            return self._before, frozenset()
        closed = {name: tally.measure() for name, tally in self._tallies.items()}
        changes = {name: measure for name, (measure, _) in closed.items()}
        for name, other in self._absorbed.items():
            changes[name] = changes.get(name, self._before.get(name, Measure())) + other
        return self._before.changed(changes), frozenset([name for name, (_, is_lossy) in closed.items() if is_lossy])
