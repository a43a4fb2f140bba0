"""What else must be known of an interaction before it is folded: of its order, or of what it takes back.

All of it is read after the document was and before it is written. So whatever somebody else folds in the meantime is
folded into a later version, and the write meets a conflict.
"""

from collections.abc import Mapping, Sequence, Set
from typing import NamedTuple

from msgspec.structs import replace

from shopkeeper.customer import orders, retractions, rows, whose
from shopkeeper.customer.document import Customer
from shopkeeper.customer.fold import Candidate
from shopkeeper.customer.measures import Rules
from shopkeeper.customer.orders import NOTHING, Past
from shopkeeper.customer.rows import Key, Row
from shopkeeper.customer.store.ports import Claim, Identities, Interactions, Orders, Refused

Claims = dict[str, Claim]


class _Target(NamedTuple):
    """`owner` is whose it is, as it was before any merge."""

    row: Row
    owner: str


class Look(NamedTuple):
    """Documents, those of former customers too; then keys whose rows exist, and which of them only say that they were
    retracted before they came. `rules` know every registered measure that one of the documents holds."""

    loaded: Mapping[str, Customer]
    seen: Set[Key]
    retracted: Set[Key]
    rules: Rules


class Evidence:
    def __init__(self, interactions: Interactions, orders: Orders, identities: Identities) -> None:
        self._interactions = interactions
        self._orders = orders
        self._identities = identities

    def gather(
        self, customer: Customer, candidates: Sequence[Candidate], look: Look, claims: Claims
    ) -> list[Candidate | Refused]:
        """Each candidate with all that must be known of it, or why its order could not be claimed.

        One whose `customer_id` is none of the customer's family belongs to somebody else. `claims` are those of this
        round.
        """
        targets = self._targets(candidates, look)
        return [self._gathered(each, customer, look, claims, targets) for each in candidates]

    def _gathered(
        self, each: Candidate, customer: Customer, look: Look, claims: Claims, targets: dict[Key, _Target]
    ) -> Candidate | Refused:
        interaction = each.interaction
        if interaction.key in look.seen:
            return each
        if target := retractions.target_of(interaction):
            # It counts for nothing, so it does its work even if retracted.
            taken = targets.pop(target, None)  # Of two that take the same back, the first one does.
            return self._taking_back(each, customer, taken, look.rules) if taken else replace(each, retracts=None)
        if interaction.key in look.retracted:
            return replace(each, counts=False)
        if interaction.name in orders.NAMES and orders.fact_of(interaction):
            try:
                return self._of_order(each, customer, claims, look.rules)
            except Refused as problem:
                return problem
        return each

    def _of_order(self, each: Candidate, customer: Customer, claims: Claims, rules: Rules) -> Candidate:
        order = orders.id_of(each.interaction)
        if not order:
            return replace(each, past=Past(each.customer_id))
        claim = claims.get(order)
        if claim is None:
            claim = claims[order] = self._orders.claim(order, each.customer_id)
        if claim.owner not in customer.family:
            return _for_another(each, claim.owner)
        # Claimed after the document was read: it holds nothing of this order yet.
        return replace(each, past=Past(claim.owner) if claim.is_new else self._past(claim.owner, order, rules))

    def _taking_back(self, each: Candidate, customer: Customer, taken: _Target, rules: Rules) -> Candidate:
        if taken.owner not in customer.family:
            return _for_another(each, taken.owner)
        row = taken.row
        past = self._past(row.order_owner, row.order, rules) if row.order_owner else NOTHING
        return replace(each, retracts=rows.interaction_of(row), past=past)

    def _past(self, owner: str, order: str, rules: Rules) -> Past:
        facts = self._orders.facts(owner, order)
        if not rules.by_event.get(orders.COMPLETED):
            return Past(owner, facts)
        found = self._interactions.rows([fact.key for fact in facts])
        return Past(owner, facts, {row.key: row.said().get("properties", {}) for row in found})

    def _targets(self, candidates: Sequence[Candidate], look: Look) -> dict[Key, _Target]:
        """What is to be taken back now: it has been folded, and nothing has taken it back before."""
        told = (each.interaction for each in candidates if each.interaction.key not in look.seen)
        keys = {target for each in told if (target := retractions.target_of(each))}
        if not keys:
            return {}
        keys -= self._interactions.retracted(keys)
        found = [row for row in self._interactions.rows(sorted(keys)) if not row.unfolded]
        known = self._identities.load(whose.identities_of(row.subject for row in found))
        return {row.key: _Target(row, row.order_owner or whose.owner(row, known)) for row in found}


def _for_another(each: Candidate, customer_id: str) -> Candidate:
    """What it states of whoever said it is no news of whom it is folded for."""
    return replace(each, customer_id=customer_id, identities=(), formerly=())
