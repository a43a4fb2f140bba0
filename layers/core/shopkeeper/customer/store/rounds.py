"""Carry out what was decided, for many customers at once: each call serves as many of them as it can.

1 read the documents; 2 read the rows of the interactions and of `pending`, and put those that an interrupted write left
owing; 3 write each document on condition of its version; 4 put the rows. Whoever met a conflict, or has more than
one write takes, goes into the next round, which reads all again.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from shopkeeper.clock import Clock, to_text
from shopkeeper.customer import document, rows
from shopkeeper.customer.document import Customer, Unreadable
from shopkeeper.customer.fold import Candidate
from shopkeeper.customer.instants import to_ms
from shopkeeper.customer.rows import Key, Row
from shopkeeper.customer.store.decide import Write, decide
from shopkeeper.customer.store.ports import Conflict, Customers, Interactions, NotTaken, Refused

MOST_CONFLICTS = 12

Failed = dict[str | Key, str]
"""Why something could not be stored: by customer id for all that is theirs, or by the key of one interaction."""


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

    def store(self, candidates: Mapping[str, Sequence[Candidate]]) -> Failed:
        """Takes what to store by customer id."""
        failed: Failed = {}
        waiting = {customer_id: Group(tuple(each)) for customer_id, each in candidates.items()}
        while waiting:
            waiting = self._round(waiting, failed)
        return failed

    def lay_aside(self, candidates: Sequence[Candidate]) -> Failed:
        """What belongs to nobody gets a row and has no part in any document.

        If it was folded before its subject was quarantined, the row that says so is put first, and stays.
        """
        unclear: Failed = {}
        _, seen = self._look((), candidates, unclear)
        failed: Failed = {each.interaction.key: problem for each in candidates if (problem := _unclear(each, unclear))}
        for each in candidates:
            if each.interaction.key not in seen | failed.keys():
                self._put_if_absent(rows.row_of(each.interaction, unfolded="quarantined"), failed)
        return failed

    def _round(self, groups: Mapping[str, Group], failed: Failed) -> dict[str, Group]:
        unclear: Failed = {}
        everything = [each for group in groups.values() for each in group.candidates]
        loaded, seen = self._look(groups.keys(), everything, unclear)
        failed |= unclear | _held_back(groups, unclear)
        writes = self._decide([loaded[id_] for id_ in groups if id_ not in failed], groups, seen)
        conflicting = [id_ for id_, write in writes.items() if not self._save(write, failed)]
        self._put([row for id_, write in writes.items() if id_ not in conflicting for row in write.rows], failed)
        return self._next(groups, writes, conflicting, failed)

    def _look(
        self, customer_ids: Collection[str], candidates: Sequence[Candidate], unclear: Failed
    ) -> tuple[dict[str, Customer], set[Key]]:
        """The documents, those of former customers too; then which rows there are. In this order.

        `unclear` gets the customers of whom it stays open what they have folded.
        """
        formerly = {id_ for each in candidates for id_ in each.formerly}
        loaded = self._load(formerly.union(customer_ids), unclear)
        pending = {row.key for customer in loaded.values() for row in customer.pending}
        seen = self._interactions.existing(pending | {each.interaction.key for each in candidates})
        return loaded, seen | self._settle(loaded, seen, unclear)

    def _load(self, customer_ids: Collection[str], failed: Failed) -> dict[str, Customer]:
        stored = self._customers.load(customer_ids)
        loaded = {}
        for customer_id in customer_ids:
            try:
                kept = stored.get(customer_id)
                loaded[customer_id] = document.load(kept) if kept else Customer(customer_id)
            except Unreadable as problem:
                failed[customer_id] = f"unreadable: {problem}"
        return loaded

    def _settle(self, loaded: Mapping[str, Customer], seen: set[Key], failed: Failed) -> set[Key]:
        """Put the rows that whoever wrote `pending` still owes; so `pending` holds the news of one write at most."""
        owed = [row for customer in loaded.values() for row in customer.pending if row.key not in seen]
        self._put(owed, failed)
        return {row.key for row in owed}

    def _decide(self, customers: Sequence[Customer], groups: Mapping[str, Group], seen: set[Key]) -> dict[str, Write]:
        now = to_ms(to_text(self._clock.now()))
        decided = {each.customer_id: decide(each, seen, groups[each.customer_id].candidates, now) for each in customers}
        return {customer_id: write for customer_id, write in decided.items() if write}

    def _save(self, write: Write, failed: Failed) -> bool:
        """False if another writer was faster, or the document is not taken at all, which `failed` tells."""
        for row in write.refused:
            self._put_if_absent(row, failed)
        if not write.stored:
            return True
        try:
            self._customers.save(write.stored)
        except Conflict:
            return False
        except Refused as problem:
            failed[write.stored.customer_id] = str(problem)
            return False
        return True

    def _put_if_absent(self, row: Row, failed: Failed) -> None:
        try:
            self._interactions.put_if_absent(row)
        except Refused as problem:
            failed[row.key] = str(problem)

    def _put(self, rows: Sequence[Row], failed: Failed) -> None:
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
        failed: Failed,
    ) -> dict[str, Group]:
        again = {id_: replace(groups[id_], conflicts=groups[id_].conflicts + 1) for id_ in conflicting}
        failed |= {id_: "conflicts" for id_, group in again.items() if group.conflicts >= MOST_CONFLICTS}
        if again:
            self._pause(max(group.conflicts for group in again.values()))
        rests = {id_: Group(write.rest) for id_, write in writes.items() if write.rest}
        return {id_: group for id_, group in (rests | again).items() if id_ not in failed}


def _held_back(groups: Mapping[str, Group], unclear: Failed) -> Failed:
    """Customers with a candidate that a former customer may have folded, which nobody could find out."""
    reasons = {id_: _first(_unclear(each, unclear) for each in group.candidates) for id_, group in groups.items()}
    return {id_: reason for id_, reason in reasons.items() if reason}


def _unclear(candidate: Candidate, unclear: Failed) -> str:
    return _first(f"formerly {unclear[id_]}" for id_ in candidate.formerly if id_ in unclear)


def _first(reasons: Iterable[str]) -> str:
    return next(filter(None, reasons), "")
