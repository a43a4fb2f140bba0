"""Carry out a merge: in one transaction, on condition that both customers still are what was read of them.

Before it, the rows that either still owes are put, so that all that was folded into them has its row. Whoever had read
one of the two before, and writes it afterwards, meets a conflict, reads again, and finds where the customer went.
"""

from collections.abc import Sequence
from contextlib import suppress

from shopkeeper import ids
from shopkeeper.clock import Clock
from shopkeeper.customer import merging
from shopkeeper.customer.identity import Change
from shopkeeper.customer.instants import ms_of
from shopkeeper.customer.merging import Log, Why
from shopkeeper.customer.standing import Stand
from shopkeeper.customer.store.ports import Conflict, Customers, Interactions, Merges, NotTaken
from shopkeeper.customer.store.settling import read, settle


class Merger:
    def __init__(
        self, customers: Customers, interactions: Interactions, merges: Merges, stand: Stand, clock: Clock
    ) -> None:
        self._customers = customers
        self._interactions = interactions
        self._merges = merges
        self._stand = stand
        self._clock = clock

    def merge(self, gone_founder: str, into_founder: str, changes: Sequence[Change], why: Why) -> Log:
        """`changes` of identities are part of it. Raises NotMerged, NotSettled, Conflict, Refused."""
        founders = gone_founder, into_founder
        gone, into = read(self._customers, *map(ids.customer_id, founders))
        if gone.document.merged_into or into.document.merged_into:
            raise Conflict(founders)
        if not why.by:
            merging.check_not_parted(gone, into)
        settle(self._interactions, (gone, into))
        now = ms_of(self._clock.now())
        made = merging.merging(gone, into, founders, why, now, self._stand)
        self._merges.carry_out(made, changes)
        with suppress(NotTaken):  # They stand in `pending`, and whoever writes next puts them.
            self._interactions.put(made.rows)
        return made.log
