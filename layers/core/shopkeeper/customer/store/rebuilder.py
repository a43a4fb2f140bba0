"""Hold what is kept of a customer against what its rows make of it, and mend it where somebody asks for that."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from shopkeeper.clock import Clock
from shopkeeper.customer import document, rebuilding
from shopkeeper.customer.document import Customer
from shopkeeper.customer.instants import ms_of
from shopkeeper.customer.measures import Rules
from shopkeeper.customer.rebuilding import Difference
from shopkeeper.customer.standing import Stand
from shopkeeper.customer.store.own_rows import OwnRows
from shopkeeper.customer.store.ports import Conflict, Customers, Interactions
from shopkeeper.customer.store.settling import NotSettled, read, settle

MOST_CONFLICTS = 4


class RowsGone(Exception):
    """What is kept says more of this than there are rows for."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """`customer` is as the rows make it, from this many of them, and has the version that is stored."""

    customer: Customer
    rows: int
    differences: Sequence[Difference]
    repaired: bool


class Rebuilder:
    """`pause` gets the number of conflicts so far."""

    def __init__(
        self,
        customers: Customers,
        interactions: Interactions,
        own_rows: OwnRows,
        rules: Rules,
        stand: Stand,
        clock: Clock,
        pause: Callable[[int], None],
    ) -> None:
        self._customers = customers
        self._interactions = interactions
        self._own_rows = own_rows
        self._rules = rules
        self._stand = stand
        self._clock = clock
        self._pause = pause

    def rebuild(self, customer_id: str, *, repair: bool) -> Rebuilt:
        """Of a living customer. Raises RowsGone, TooMuch, NotSettled, Refused."""
        for conflicts in range(MOST_CONFLICTS):
            try:
                return self._rebuild(customer_id, repair=repair)
            except Conflict:
                self._pause(conflicts + 1)
        raise NotSettled("conflicts")

    def _rebuild(self, customer_id: str, *, repair: bool) -> Rebuilt:
        (kept,) = read(self._customers, customer_id)
        if kept.document.merged_into:
            raise NotSettled("merged into another one in the meantime")
        settle(self._interactions, (kept,))
        own = self._own_rows.of(kept)
        made = rebuilding.rebuilt(kept, own.rows, own.known, self._rules)
        made = replace(made, registered=kept.registered)
        if gone := rebuilding.lacking(kept, made):
            raise RowsGone(gone)
        differences = rebuilding.differences(kept, made)
        repaired = bool(repair and differences)
        return Rebuilt(self._saved(kept, made) if repaired else made, len(own.rows), differences, repaired)

    def _saved(self, kept: Customer, made: Customer) -> Customer:
        """Raises Conflict, Refused. Nothing was said that had not been said before: the news is of segments alone."""
        now = ms_of(self._clock.now())
        whole = replace(made.document, updated_at=now)
        mended = replace(made, version=made.version + 1, document=whole, pending=())
        saved = self._stand(kept, mended, now, "rebuild")
        self._customers.save(document.store(saved))
        return saved
