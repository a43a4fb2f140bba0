"""Where something was taken back whose successor only rows know, ask the rows, before the document is written.

They are read after the document was, which holds then whatever is known of what had been folded; and it is written on
condition of its version. So what the rows tell is what the document has to say.
"""

from collections.abc import Set

from msgspec.structs import replace

from shopkeeper.customer import counting, document, orders, rebuilding
from shopkeeper.customer.document import Customer
from shopkeeper.customer.measures import Rules
from shopkeeper.customer.store.decide import Keep, Write, kept
from shopkeeper.customer.store.own_rows import OwnRows, TooMuch

MOST_ROWS = 2_000
"""More are not read for the sake of one write: what is kept says then what it knows, see `measures.Measure`."""
_ORDERS = frozenset({orders.COMPLETED})


class Refill:
    """`own_rows` reads at most MOST_ROWS."""

    def __init__(self, own_rows: OwnRows) -> None:
        self._own_rows = own_rows

    def made_good(self, write: Write, rules: Rules, keep: Keep) -> Write:
        """By the rules it was decided by. Nothing is read for what lost nothing."""
        customer = write.folded
        if customer is None or not write.lossy:
            return write
        if orders.COMPLETED in write.lossy:
            customer = self._by_facts(customer, rules)
        if others := {name for name in write.lossy - _ORDERS if _is_within_reach(customer, name)}:
            customer = self._by_rows(customer, others, rules)
        return kept(write, customer, keep, document.LARGEST) or write

    def _by_facts(self, customer: Customer, rules: Rules) -> Customer:
        """They are smaller than rows, and none of them ever goes."""
        try:
            facts = self._own_rows.facts(customer)
        except TooMuch:
            return customer
        told = counting.of_orders(facts, rules.zone)
        return rebuilding.refilled(customer, _ORDERS, replace(customer, measures={orders.COMPLETED: told}))

    def _by_rows(self, customer: Customer, names: Set[str], rules: Rules) -> Customer:
        try:
            own = self._own_rows.of(customer)
        except TooMuch:
            return customer
        whole = rebuilding.rebuilt(customer, own.rows, own.known, rules)
        return rebuilding.refilled(customer, names, whole)


def _is_within_reach(customer: Customer, name: str) -> bool:
    held = (measures[name] for measures in (customer.measures, customer.registered) if name in measures)
    return any(measure.count <= MOST_ROWS for measure in held)
