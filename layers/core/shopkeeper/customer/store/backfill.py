"""Begin to count for a customer what is newly asked for: from the rows, and in the next version of the document.

From then on each write goes on counting it. Whoever writes the customer in between makes the write fail, and all is
read again. So the count holds exactly what was folded, whoever folds what in the meantime.
"""

from collections.abc import Callable

from msgspec.structs import replace

from shopkeeper.clock import Clock
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer
from shopkeeper.customer.instants import ms_of
from shopkeeper.customer.measures import Measure, Rules
from shopkeeper.customer.rebuilding import rebuilt
from shopkeeper.customer.standing import Stand
from shopkeeper.customer.store.own_rows import OwnRows, TooMuch
from shopkeeper.customer.store.ports import Conflict, Customers, Identities, Interactions, Orders, Refused
from shopkeeper.customer.store.settling import NotSettled, read

MOST_CONFLICTS = 12
MOST_ROWS = 20_000


class Uncounted(Exception):
    """More is remembered of this customer than is read at once, or than has room in a document: nothing was begun."""


class Backfill:
    """`pause` gets the number of conflicts so far and waits a little, not always equally long."""

    def __init__(
        self,
        customers: Customers,
        interactions: Interactions,
        orders: Orders,
        identities: Identities,
        stand: Stand,
        clock: Clock,
        pause: Callable[[int], None],
    ) -> None:
        self._customers = customers
        self._own_rows = OwnRows(interactions, orders, identities, most_rows=MOST_ROWS)
        self._stand = stand
        self._clock = clock
        self._pause = pause

    def fill(self, customer_id: str, rules: Rules) -> None:
        """All that the customer lacks. The rules were read just now. Raises Uncounted, NotSettled."""
        for conflicts in range(MOST_CONFLICTS):
            try:
                return self._fill(customer_id, rules)
            except Conflict:
                self._pause(conflicts + 1)
        raise NotSettled("conflicts")

    def _fill(self, customer_id: str, rules: Rules) -> None:
        """Raises Uncounted, NotSettled, Conflict."""
        (customer,) = read(self._customers, customer_id)
        wanted = lacking(customer, rules)
        if not wanted:
            return
        counted = {**customer.registered, **self._counted(customer, rules.only(wanted))}
        filled = replace(customer, version=customer.version + 1, registered=counted)
        stored = document.store(self._stand(customer, filled, ms_of(self._clock.now()), "measure"))
        if stored.size > document.LARGEST:
            raise Uncounted(customer_id)
        try:
            self._customers.save(stored)
        except Refused as problem:
            raise Uncounted(customer_id) from problem

    def _counted(self, customer: Customer, rules: Rules) -> dict[str, Measure]:
        """Of an event that never counted no rows are read: nothing is known of it that could count now."""
        happened = {id_ for id_, each in rules.registered.items() if each.event in customer.measures}
        counted = dict.fromkeys(rules.registered, Measure())
        if happened:
            try:
                own = self._own_rows.of(customer)
            except TooMuch as problem:
                raise Uncounted(customer.customer_id) from problem
            counted |= rebuilt(customer, own.rows, own.known, rules.only(happened)).registered
        return counted


def lacking(customer: Customer, rules: Rules) -> frozenset[str]:
    """The measures that are asked for and not counted of the customer; of who is nobody any more, none."""
    if not customer.version or customer.document.merged_into:
        return frozenset()
    return frozenset(rules.registered.keys() - customer.registered.keys())
