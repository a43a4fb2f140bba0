"""Carry out what was decided, for many customers at once: each call serves as many of them as it can.

1 read the documents; 2 read the rows of the interactions and of `pending`, and put those that an interrupted write left
owing; 3 write each document on condition of its version; 4 put the rows. Whoever met a conflict, or has more than
one write takes, goes into the next round, which reads all again.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from shopkeeper.clock import Clock, to_text
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Unreadable
from shopkeeper.customer.fold import Candidate
from shopkeeper.customer.instants import to_ms
from shopkeeper.customer.rows import Key, Row
from shopkeeper.customer.store.decide import Write, decide
from shopkeeper.customer.store.ports import Conflict, Customers, Interactions, NotTaken

MOST_CONFLICTS = 12


@dataclass(frozen=True, slots=True)
class Group:
    """What is still to be stored of one customer, and how often another writer was faster."""

    candidates: tuple[Candidate, ...]
    conflicts: int = 0


class Rounds:
    """`pause` gets the number of conflicts so far and waits a little, not always equally long."""

    def __init__(
        self, customers: Customers, interactions: Interactions, clock: Clock, pause: Callable[[int], None]
    ) -> None:
        self._customers = customers
        self._interactions = interactions
        self._clock = clock
        self._pause = pause

    def store(self, candidates: Mapping[str, Sequence[Candidate]]) -> dict[str, str]:
        """Takes what to store by customer id; gives the customers that could not be served, each with the reason."""
        failed: dict[str, str] = {}
        waiting = {customer_id: Group(tuple(each)) for customer_id, each in candidates.items()}
        while waiting:
            waiting = self._round(waiting, failed)
        return failed

    def _round(self, groups: Mapping[str, Group], failed: dict[str, str]) -> dict[str, Group]:
        loaded = self._load(groups.keys() | _former(groups), failed)
        seen = self._interactions.existing(_keys(loaded, groups))
        seen |= self._settle(loaded, seen, failed)
        writes = self._decide([loaded[id_] for id_ in groups if id_ not in failed], groups, seen)
        conflicting = [id_ for id_, write in writes.items() if not self._save(write)]
        self._put([row for id_, write in writes.items() if id_ not in conflicting for row in write.rows], failed)
        return self._next(groups, writes, conflicting, failed)

    def _load(self, customer_ids: Collection[str], failed: dict[str, str]) -> dict[str, Customer]:
        stored = self._customers.load(customer_ids)
        loaded = {}
        for customer_id in customer_ids:
            try:
                kept = stored.get(customer_id)
                loaded[customer_id] = document.load(kept) if kept else Customer(customer_id)
            except Unreadable as problem:
                failed[customer_id] = f"unreadable: {problem}"
        return loaded

    def _settle(self, loaded: Mapping[str, Customer], seen: set[Key], failed: dict[str, str]) -> set[Key]:
        """Put the rows that whoever wrote `pending` still owes; so `pending` holds the news of one write at most."""
        owed = [row for customer in loaded.values() for row in customer.pending if row.key not in seen]
        self._put(owed, failed)
        return {row.key for row in owed}

    def _decide(self, customers: Sequence[Customer], groups: Mapping[str, Group], seen: set[Key]) -> dict[str, Write]:
        now = to_ms(to_text(self._clock.now()))
        decided = {each.customer_id: decide(each, seen, groups[each.customer_id].candidates, now) for each in customers}
        return {customer_id: write for customer_id, write in decided.items() if write}

    def _save(self, write: Write) -> bool:
        """False if another writer was faster."""
        for row in write.refused:
            self._interactions.put_if_absent(row)
        try:
            if write.stored:
                self._customers.save(write.stored)
        except Conflict:
            return False
        return True

    def _put(self, rows: Sequence[Row], failed: dict[str, str]) -> None:
        if not rows:
            return
        try:
            self._interactions.put(rows)
        except NotTaken as problem:
            failed |= {row.customer_id: "rows not taken" for row in rows if row.key in problem.keys}

    def _next(
        self,
        groups: Mapping[str, Group],
        writes: Mapping[str, Write],
        conflicting: Collection[str],
        failed: dict[str, str],
    ) -> dict[str, Group]:
        again = {id_: replace(groups[id_], conflicts=groups[id_].conflicts + 1) for id_ in conflicting}
        failed |= {id_: "conflicts" for id_, group in again.items() if group.conflicts >= MOST_CONFLICTS}
        if again:
            self._pause(max(group.conflicts for group in again.values()))
        rests = {id_: Group(write.rest) for id_, write in writes.items() if write.rest}
        return {id_: group for id_, group in (rests | again).items() if id_ not in failed}


def _keys(loaded: Mapping[str, Customer], groups: Mapping[str, Group]) -> set[Key]:
    pending = {row.key for customer in loaded.values() for row in customer.pending}
    return pending | {each.interaction.key for group in groups.values() for each in group.candidates}


def _former(groups: Mapping[str, Group]) -> set[str]:
    return {id_ for group in groups.values() for each in group.candidates for id_ in each.formerly}
