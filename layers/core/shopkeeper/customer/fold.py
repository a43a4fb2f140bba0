"""Fold interactions into a customer's document and measures.

The result depends on which distinct interactions were folded and on nothing else: not on their order, not on how they
were cut into batches. Every part is a sum, a smallest or a largest.
"""

from collections.abc import Mapping
from heapq import nlargest
from types import MappingProxyType
from typing import Any

import msgspec

from shopkeeper.customer import access, consents, known, lists, words
from shopkeeper.customer.access import Arrival
from shopkeeper.customer.consents import Consent
from shopkeeper.customer.counting import Counted, Counting
from shopkeeper.customer.document import Document, Telling
from shopkeeper.customer.instants import to_ms
from shopkeeper.customer.interaction import Interaction
from shopkeeper.customer.lists import Stay
from shopkeeper.customer.measures import Measure, Rules
from shopkeeper.customer.orders import NOTHING, Past
from shopkeeper.customer.words import Word

MOST_IDENTITIES = 100
MOST_TRAITS = 500

_NEVER: Telling = (-(10**18), "")
_canonical = msgspec.json.Encoder(order="deterministic").encode


class Candidate(msgspec.Struct, frozen=True):
    """An interaction of which it is settled whose it is: of `customer_id`, or whoever that was merged into by now.

    `identities` are those it states that belong to the same customer. `formerly` are the customers whose subject it was
    before: an interaction sent again after its subject moved may stand in their `pending`.

    `counts` is false for what was retracted before it came. `retracts` is what it takes back itself. `past` is that of
    the order which one or the other speaks of, if any.
    """

    interaction: Interaction
    identities: tuple[str, ...] = ()
    formerly: tuple[str, ...] = ()
    customer_id: str = ""
    counts: bool = True
    retracts: Interaction | None = None
    past: Past = NOTHING


class Folding:
    """A document and measures being added to; those it was made from stay as they are."""

    def __init__(
        self,
        document: Document,
        measures: Mapping[str, Measure],
        registered: Mapping[str, Measure] = MappingProxyType({}),
        rules: Rules = Rules(),  # noqa: B008 - it cannot change.
    ) -> None:
        self._before = document
        self._identities = dict(document.identities)
        self._traits = dict(document.traits)
        self._told = dict(document.told)
        self._consents = dict(document.consents)
        self._lists = dict(document.lists)
        self._words = dict(document.words)
        self._first_arrival, self._last_arrival = document.first_arrival, document.last_arrival
        self._counting = Counting(measures, registered, rules)

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
        if candidate.counts:
            self._counting.add(interaction, candidate.past)
        if candidate.retracts:
            self._counting.retract(candidate.retracts, interaction, candidate.past)

    def absorb(
        self,
        document: Document,
        measures: Mapping[str, Measure],
        registered: Mapping[str, Measure] = MappingProxyType({}),
    ) -> None:
        """All that another customer's interactions say: the result is that of folding both customers' ones into one."""
        for identity, at in document.identities.items():
            self._see((identity,), at)
        for name, telling in document.told.items():
            self._tell({name: document.traits.get(name)}, telling)
        self._agree(document.consents)
        self._list(document.lists)
        self._words = words.union(self._words, document.words)
        self._arrive(document.first_arrival)
        self._arrive(document.last_arrival)
        self._counting.absorb(measures, registered)

    def counted(self) -> Counted:
        return self._counting.counted()

    @property
    def measures(self) -> Mapping[str, Measure]:
        return self.counted().events

    def document(self, updated_at: int) -> Document:
        told = newest_told(self._told)
        return msgspec.structs.replace(
            self._before,
            identities=newest(self._identities),
            traits={name: self._traits[name] for name in told if self._traits.get(name) is not None},
            told=told,
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
        """The latest word on a trait holds; at one instant the word of the message whose id ends highest.

        None takes the trait away, and is remembered like any other word, for a late one of before.
        """
        for name, value in traits.items():
            held = self._told.get(name, _NEVER)
            tied = telling == held and _canonical(value) > _canonical(self._traits.get(name))
            if telling > held or tied:
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


def newest(identities: Mapping[str, int]) -> dict[str, int]:
    """At most MOST_IDENTITIES of them. Which were seen last does not depend on the order they are told in."""
    if len(identities) <= MOST_IDENTITIES:
        return dict(identities)
    kept = nlargest(MOST_IDENTITIES, ((at, identity) for identity, at in identities.items()))
    return {identity: at for at, identity in kept}


def newest_told(told: Mapping[str, Telling]) -> dict[str, Telling]:
    """Those of at most MOST_TRAITS traits. Which were told last does not depend on the order they are told in."""
    if len(told) <= MOST_TRAITS:
        return dict(told)
    return dict(nlargest(MOST_TRAITS, told.items(), key=lambda each: (each[1], each[0])))
