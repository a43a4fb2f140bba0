"""Merge two customers because somebody of the business says that they are one person."""

from collections.abc import Callable

from shopkeeper.customer import following, founders
from shopkeeper.customer.document import Customer
from shopkeeper.customer.identity import Change, Known
from shopkeeper.customer.merging import Log, Why
from shopkeeper.customer.store.merger import Merger, NotSettled
from shopkeeper.customer.store.ports import Conflict, Customers, Identities

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
                return self._merger.merge(gone_id, into_id, self._changes(gone_id, into_id), Why(by=by))
            except Conflict:
                self._pause(conflicts + 1)
        raise NotSettled("conflicts")

    def _changes(self, gone_id: str, into_id: str) -> list[Change]:
        (gone, known_there), (into, known_here) = (self._named(each) for each in (gone_id, into_id))
        return founders.gone_into(gone, into, known_there | known_here)

    def _named(self, customer_id: str) -> tuple[str, dict[str, Known]]:
        """The founder, with what is stored of it."""
        living = following.find(customer_id, self._customers) or Customer(customer_id)
        known = self._identities.load(living.document.identities)
        founder = founders.founder_of(customer_id, known)
        if not founder:
            raise Nameless(customer_id)
        return founder, known | self._identities.load([founder])
