"""Carry out the undoing of a merge: in one transaction, like the merge itself.

First the living customer is read, and the rows it owes are put; then all that it was made from. Whoever writes it in
between makes the transaction fail, and all is read again.
"""

from collections.abc import Callable, Iterable, Sequence, Set
from itertools import islice

from shopkeeper.clock import Clock, to_text
from shopkeeper.customer import document, founders, identity, parting, rows, whose
from shopkeeper.customer.document import Customer
from shopkeeper.customer.fold import MOST_IDENTITIES
from shopkeeper.customer.identity import Change
from shopkeeper.customer.instants import to_ms
from shopkeeper.customer.merging import Log
from shopkeeper.customer.parting import TOO_MUCH, NotParted, Past
from shopkeeper.customer.rows import Key, Row
from shopkeeper.customer.store.ports import Conflict, Customers, Identities, Interactions, Merges, Orders
from shopkeeper.customer.store.settling import NotSettled, read, settle

MOST_CONFLICTS = 4
MOST_ROWS = 5_000
MOST_PAGES = 200


class Parter:
    def __init__(
        self,
        customers: Customers,
        interactions: Interactions,
        orders: Orders,
        identities: Identities,
        merges: Merges,
        clock: Clock,
        pause: Callable[[int], None],
    ) -> None:
        self._customers = customers
        self._interactions = interactions
        self._orders = orders
        self._identities = identities
        self._merges = merges
        self._clock = clock
        self._pause = pause

    def part(self, log: Log, by: str) -> Log:
        """The log as it is then. The merge stands, and went straight into a living customer. Raises NotParted,
        NotSettled, Refused."""
        for conflicts in range(MOST_CONFLICTS):
            try:
                return self._part(log, by)
            except Conflict:
                self._pause(conflicts + 1)
        raise NotSettled("conflicts")

    def _part(self, log: Log, by: str) -> Log:
        tombstone, living = read(self._customers, log.entry.gone, log.entry.into)
        if living.document.merged_into or living.document.merged.get(log.entry.gone) != log.entry.id:
            raise Conflict(log.entry.id)
        settle(self._interactions, (living,))
        past = self._past(living)
        now = to_ms(to_text(self._clock.now()))
        made = parting.unmerging(past, log, tombstone, by, now)
        self._merges.undo(made, self._changes(log))
        return made.log

    def _past(self, living: Customer) -> Past:
        """Raises NotParted."""
        subjects = whose.subjects_of(living)
        logs = self._merges.load({*living.document.merged.values(), *living.document.partings})
        if len(living.document.identities) >= MOST_IDENTITIES:
            raise NotParted(TOO_MUCH)  # There may be others, whose rows nobody would look for.
        found = self._rows(subjects)
        found += self._of_orders(living.family, {row.key for row in found})
        stated = {name for row in found for name in _stated(row)}
        known = self._identities.load(whose.identities_of(subjects) | stated)
        return Past(living, logs, found, known)

    def _of_orders(self, family: Iterable[str], found: Set[Key]) -> list[Row]:
        """What others said of the orders of these customers. Raises NotParted."""
        facts = (fact.key for owner in family for _, fact in self._orders.all_facts(owner))
        others = set(islice((key for key in facts if key not in found), MOST_ROWS))
        if len(others) == MOST_ROWS:
            raise NotParted(TOO_MUCH)
        return list(self._interactions.rows(sorted(others)))

    def _rows(self, subjects: Iterable[str]) -> list[Row]:
        """Raises NotParted."""
        pages = (page for subject in subjects for page in self._interactions.under(subject))
        found: list[Row] = []
        for page in islice(pages, MOST_PAGES):
            found += page
            if len(found) > MOST_ROWS:
                raise NotParted(TOO_MUCH)
        if next(pages, None) is not None:
            raise NotParted(TOO_MUCH)
        return found

    def _changes(self, log: Log) -> Sequence[Change]:
        """What becomes of their founders."""
        known = self._identities.load(log.founders)
        known |= self._identities.load(founders.users(log.founders, known))
        return founders.parted(*log.founders, document.load(log.gone).family, known)


def _stated(row: Row) -> tuple[str, ...]:
    if identity.kind_of(row.subject) == "customer":
        return ()
    return identity.statement_of(rows.interaction_of(row)).identities
