"""Fold interactions into a customer's document and measures.

The result depends on which distinct interactions were folded and on nothing else: not on their order, not on how they
were cut into batches. Every part is a sum, a smallest or a largest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from heapq import nlargest
from typing import Any

import msgspec

from shopkeeper.customer import access, consents, known, lists, orders, sessions, words
from shopkeeper.customer.access import Arrival
from shopkeeper.customer.consents import Consent
from shopkeeper.customer.document import Document, Telling
from shopkeeper.customer.instants import to_ms
from shopkeeper.customer.interaction import Interaction
from shopkeeper.customer.lists import Stay
from shopkeeper.customer.measures import Measure
from shopkeeper.customer.words import Word

MOST_IDENTITIES = 100

_NEVER: Telling = (-(10**18), "")
_canonical = msgspec.json.Encoder(order="deterministic").encode


@dataclass(frozen=True, slots=True)
class Candidate:
    """An interaction of which it is settled whose it is: of `customer_id`, or whoever that was merged into by now.

    `identities` are those it states that belong to the same customer. `counts` is false for an `Order Completed` whose
    order another interaction has claimed. `formerly` are the customers whose subject it was before: an interaction sent
    again after its subject moved may stand in their `pending`.
    """

    interaction: Interaction
    identities: tuple[str, ...] = ()
    counts: bool = True
    formerly: tuple[str, ...] = ()
    customer_id: str = ""


class Folding:
    """A document and measures being added to; those it was made from stay as they are."""

    def __init__(self, document: Document, measures: Mapping[str, Measure]) -> None:
        self._before = document
        self._identities = dict(document.identities)
        self._traits = dict(document.traits)
        self._told = dict(document.told)
        self._consents = dict(document.consents)
        self._lists = dict(document.lists)
        self._words = dict(document.words)
        self._first_arrival, self._last_arrival = document.first_arrival, document.last_arrival
        self.measures = dict(measures)

    def add(self, candidate: Candidate) -> None:
        interaction = candidate.interaction
        at, by = to_ms(interaction.at), words.teller(interaction.message_id)
        self._see(candidate.identities, at)
        if interaction.type == "identify":
            self._tell(interaction.traits, (at, by))
        self._agree(consents.stated(interaction))
        self._list(lists.stated(interaction))
        for said in known.stated(interaction):
            words.tell(self._words, said.family, said.name, Word(at, by, said.value))
        self._arrive(access.arrival(interaction, at, by))
        name = counted_as(interaction)
        if candidate.counts and name:
            self._count(name, _measure(interaction, at))

    def absorb(self, document: Document, measures: Mapping[str, Measure]) -> None:
        """All that another customer's interactions say: the result is that of folding both customers' ones into one."""
        for identity, at in document.identities.items():
            self._see((identity,), at)
        for name, value in document.traits.items():
            self._tell({name: value}, document.told[name])
        self._agree(document.consents)
        self._list(document.lists)
        self._words = words.union(self._words, document.words)
        self._arrive(document.first_arrival)
        self._arrive(document.last_arrival)
        for name, measure in measures.items():
            self._count(name, measure)

    def document(self, updated_at: int) -> Document:
        return msgspec.structs.replace(
            self._before,
            identities=newest(self._identities),
            traits=self._traits,
            told=self._told,
            consents=self._consents,
            lists=lists.newest(self._lists),
            words=self._words,
            first_arrival=self._first_arrival,
            last_arrival=self._last_arrival,
            updated_at=updated_at,
        )

    def _see(self, identities: tuple[str, ...], at: int) -> None:
        for identity in identities:
            self._identities[identity] = max(at, self._identities.get(identity, at))

    def _tell(self, traits: dict[str, Any], telling: Telling) -> None:
        """The latest word on a trait holds; at one instant the word of the message whose id ends highest."""
        for name, value in traits.items():
            held = self._told.get(name, _NEVER)
            tied = telling == held and _canonical(value) > _canonical(self._traits[name])
            if value is not None and (telling > held or tied):
                self._traits[name], self._told[name] = value, telling

    def _agree(self, stated: Mapping[str, Consent]) -> None:
        for topic, consent in stated.items():
            held = self._consents.get(topic)
            if held is None or consent.rank > held.rank:
                self._consents[topic] = consent

    def _list(self, stated: Mapping[str, Stay]) -> None:
        for list_id, stay in stated.items():
            held = self._lists.get(list_id)
            if held is None or stay.rank > held.rank:
                self._lists[list_id] = stay

    def _arrive(self, arrival: Arrival | None) -> None:
        if arrival is None:
            return
        held = [each for each in (self._first_arrival, self._last_arrival, arrival) if each]
        self._first_arrival = min(held, key=lambda each: each.rank)
        self._last_arrival = max(held, key=lambda each: each.rank)

    def _count(self, name: str, measure: Measure) -> None:
        held = self.measures.get(name)
        self.measures[name] = measure if held is None else held + measure


def counted_as(interaction: Interaction) -> str:
    """The name that it is measured under, empty for what is not.

    Measures are about what customers do: a hit that a machine made on their behalf is remembered, not measured. Nor is
    an order that nobody answers for.
    """
    by_machine = interaction.source == "tracking" and interaction.properties.get("class") == "machine"
    if interaction.type != "track":
        return sessions.viewed(interaction)
    return "" if by_machine or orders.is_hearsay(interaction) else interaction.name


def newest(identities: Mapping[str, int]) -> dict[str, int]:
    """At most MOST_IDENTITIES of them. Which were seen last does not depend on the order they are told in."""
    if len(identities) <= MOST_IDENTITIES:
        return dict(identities)
    kept = nlargest(MOST_IDENTITIES, ((at, identity) for identity, at in identities.items()))
    return {identity: at for at, identity in kept}


def _measure(interaction: Interaction, at: int) -> Measure:
    if not orders.is_order(interaction):
        return Measure(1, at, at)
    amount = orders.amount_of(interaction)
    return Measure(1, at, at, dict([amount]), 0) if amount else Measure(1, at, at, {}, 1)
