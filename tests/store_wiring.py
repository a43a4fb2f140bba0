"""The rounds of the store over tables that tests bring, put together as the function does it."""

from shopkeeper.customer.measures import Rules
from shopkeeper.customer.store.evidence import Evidence
from shopkeeper.customer.store.own_rows import OwnRows
from shopkeeper.customer.store.refill import MOST_ROWS, Refill
from shopkeeper.customer.store.rounds import Rounds
from tests.standing_world import nowhere


def nothing_registered(_):
    return Rules()


def rounds_over(
    customers,
    interactions,
    identities,
    orders,
    clock,
    pause,
    rules=nothing_registered,
    stand=nowhere,
    full=lambda row: None,
):
    evidence = Evidence(interactions, orders, identities)
    refill = Refill(OwnRows(interactions, orders, identities, MOST_ROWS))
    return Rounds(customers, interactions, evidence, refill, rules, stand, clock, pause, full)
