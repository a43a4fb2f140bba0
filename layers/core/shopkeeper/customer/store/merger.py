"""Carry out a merge: in one transaction, on condition that both customers still are what was read of them.

Before it, the rows that either still owes are put, so that all that was folded into them has its row. Whoever had read
one of the two before, and writes it afterwards, meets a conflict, reads again, and finds where the customer went.
"""

from collections.abc import Sequence
from contextlib import suppress

from shopkeeper.clock import Clock, to_text
from shopkeeper.customer import document, merging
from shopkeeper.customer.document import Customer, Unreadable
from shopkeeper.customer.identity import Change
from shopkeeper.customer.instants import to_ms
from shopkeeper.customer.merging import Log, Why
from shopkeeper.customer.store.ports import Conflict, Customers, Interactions, Merges, NotTaken, StoreError


class NotSettled(StoreError):
    """The two cannot be merged before something else is mended. The same can be asked again."""


class Merger:
    def __init__(self, customers: Customers, interactions: Interactions, merges: Merges, clock: Clock) -> None:
        self._customers = customers
        self._interactions = interactions
        self._merges = merges
        self._clock = clock

    def merge(self, gone_id: str, into_id: str, changes: Sequence[Change], why: Why) -> Log:
        """`changes` of identities are part of it. Raises NotMerged, NotSettled, Conflict, Refused."""
        gone, into = self._load(gone_id, into_id)
        if not why.by:
            merging.check_not_parted(gone, into)
        self._settle(gone, into)
        made = merging.merging(gone, into, why, to_ms(to_text(self._clock.now())))
        self._merges.carry_out(made, changes)
        with suppress(NotTaken):  # They stand in `pending`, and whoever writes next puts them.
            self._interactions.put(made.rows)
        return made.log

    def _load(self, *customer_ids: str) -> list[Customer]:
        stored = self._customers.load(customer_ids)
        try:
            loaded = [document.load(stored[id_]) if id_ in stored else Customer(id_) for id_ in customer_ids]
        except Unreadable as problem:
            raise NotSettled(f"unreadable: {problem}") from problem
        if any(each.document.merged_into for each in loaded):
            raise Conflict(customer_ids)
        return loaded

    def _settle(self, *customers: Customer) -> None:
        pending = {row.key: row for each in customers for row in each.pending}
        seen = self._interactions.existing(pending) if pending else set()
        try:
            if owed := [row for key, row in pending.items() if key not in seen]:
                self._interactions.put(owed)
        except NotTaken as problem:
            raise NotSettled("rows not taken") from problem
