"""Merge two customers because somebody of the business says that they are one person."""

from collections.abc import Callable

from shopkeeper.customer import following, founders
from shopkeeper.customer.document import Customer
from shopkeeper.customer.identity import Known
from shopkeeper.customer.merging import Log, Why
from shopkeeper.customer.store.merger import Merger
from shopkeeper.customer.store.ports import Conflict, Customers, Identities
from shopkeeper.customer.store.settling import NotSettled

MOST_CONFLICTS = 8


class Nameless(Exception):
    """Nothing says how this customer came to be, so nothing could say where it went. `customer_id` tells which."""

    def __init__(self, customer_id: str) -> None:
        super().__init__(customer_id)
        self.customer_id = customer_id


class ByHand:
    def __init__(
        self, customers: Customers, identities: Identities, merger: Merger, pause: Callable[[int], None]
    ) -> None:
        self._customers = customers
        self._identities = identities
        self._merger = merger
        self._pause = pause

    def merge(self, gone_id: str, into_id: str, by: str) -> Log:
        """Both are living customers. Raises NotMerged, Nameless, NotSettled, Refused, InMotion."""
        for conflicts in range(MOST_CONFLICTS):
            try:
                gone, into, known = self._named(gone_id, into_id)
                return self._merger.merge(gone, into, founders.gone_into(gone, into, known), Why(by=by))
            except Conflict:
                self._pause(conflicts + 1)
        raise NotSettled("conflicts")

    def _named(self, *customer_ids: str) -> tuple[str, str, dict[str, Known]]:
        """Both founders, and what is stored of them. Raises Nameless."""
        gone, into = (self._founder(each) for each in customer_ids)
        return gone, into, self._identities.load([gone, into])

    def _founder(self, customer_id: str) -> str:
        living = following.find(customer_id, self._customers) or Customer(customer_id)
        if living.customer_id != customer_id:
            raise NotSettled("merged into another one in the meantime")
        founder = founders.founder_of(customer_id, self._identities.load(living.document.identities))
        if not founder:
            raise Nameless(customer_id)
        return founder
