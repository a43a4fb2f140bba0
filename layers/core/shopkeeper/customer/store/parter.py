"""Carry out the undoing of a merge: in one transaction, like the merge itself.

First the living customer is read, and the rows it owes are put; then all that it was made from. Whoever writes it in
between makes the transaction fail, and all is read again.
"""

from collections.abc import Callable, Sequence

from shopkeeper.clock import Clock
from shopkeeper.customer import document, founders, parting
from shopkeeper.customer.document import Customer
from shopkeeper.customer.identity import Change
from shopkeeper.customer.instants import ms_of
from shopkeeper.customer.measures import Rules
from shopkeeper.customer.merging import Log
from shopkeeper.customer.parting import TOO_MUCH, NotParted, Past
from shopkeeper.customer.standing import Stand
from shopkeeper.customer.store.own_rows import OwnRows, TooMuch
from shopkeeper.customer.store.ports import Conflict, Customers, Identities, Interactions, Merges, Orders
from shopkeeper.customer.store.settling import NotSettled, read, settle

MOST_CONFLICTS = 4


class Parter:
    def __init__(
        self,
        customers: Customers,
        interactions: Interactions,
        orders: Orders,
        identities: Identities,
        merges: Merges,
        rules: Rules,
        stand: Stand,
        clock: Clock,
        pause: Callable[[int], None],
    ) -> None:
        self._customers = customers
        self._interactions = interactions
        self._own_rows = OwnRows(interactions, orders, identities)
        self._identities = identities
        self._merges = merges
        self._rules = rules
        self._stand = stand
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
        now = ms_of(self._clock.now())
        try:
            made = parting.unmerging(self._past(living), log, tombstone, by, now, self._stand)
        except NotParted:
            self._check_unwritten(living)
            raise
        self._merges.undo(made, self._changes(log))
        return made.log

    def _check_unwritten(self, living: Customer) -> None:
        """Of whom something was folded since, rows tell what the customer that was read does not. Raises Conflict."""
        (now,) = read(self._customers, living.customer_id)
        if now.version != living.version:
            raise Conflict(living.customer_id)

    def _past(self, living: Customer) -> Past:
        """Raises NotParted."""
        logs: dict[str, Log] = {}
        wanted = {*living.document.merged.values(), *living.document.partings}
        while wanted:
            found = self._merges.load(wanted)
            logs |= found
            wanted = {id_ for log in found.values() for id_ in log.through} - logs.keys()
        try:
            own = self._own_rows.of(living)
        except TooMuch:
            raise NotParted(TOO_MUCH) from None
        return Past(living, logs, own.rows, own.known, self._rules)

    def _changes(self, log: Log) -> Sequence[Change]:
        """What becomes of their founders."""
        known = self._identities.load(log.founders)
        known |= self._identities.load(founders.users(log.founders, known))
        return founders.parted(*log.founders, document.load(log.gone).family, known)
