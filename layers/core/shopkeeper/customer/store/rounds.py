"""Carry out what was decided, for many customers at once: each call serves as many of them as it can.

1 read the documents; 2 read the rows of the interactions and of `pending`, and put those that an interrupted write left
owing; 3 write each document on condition of its version; 4 put the rows. Whoever met a conflict, or has more than
one write takes, goes into the next round, which reads all again.

A customer who was merged into another one is followed there, in each round anew. The document that is written says
itself who was merged into it, so that this still holds when it is written.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set

from shopkeeper.clock import Clock
from shopkeeper.customer import document, rows
from shopkeeper.customer.document import Customer, Unreadable
from shopkeeper.customer.fold import Candidate
from shopkeeper.customer.following import onward
from shopkeeper.customer.identity import NOBODY
from shopkeeper.customer.instants import ms_of
from shopkeeper.customer.measures import Rules
from shopkeeper.customer.retractions import RETRACTED, target_in
from shopkeeper.customer.rows import Key, Row
from shopkeeper.customer.standing import Stand, unstood
from shopkeeper.customer.store.decide import Write, decide
from shopkeeper.customer.store.evidence import Evidence, Look
from shopkeeper.customer.store.ports import Claim, Conflict, Customers, Interactions, NotTaken, Refused
from shopkeeper.customer.store.refill import Refill
from shopkeeper.customer.store.waiting import Failed, Unclear, Waiting, by_living, in_motion, unclear_of

MOST_CONFLICTS = 12


class Rounds:
    """`pause` gets the number of conflicts so far and waits a little, not always equally long.

    `rules` gets the ids of all registered measures that were just read, and gives rules that know them, except those
    that nobody asks for any more. `full` gets each row of what has no room in its customer's document.
    """

    def __init__(
        self,
        customers: Customers,
        interactions: Interactions,
        evidence: Evidence,
        refill: Refill,
        rules: Callable[[Set[str]], Rules],
        stand: Stand,
        clock: Clock,
        pause: Callable[[int], None],
        full: Callable[[Row], None],
    ) -> None:
        self._customers = customers
        self._interactions = interactions
        self._evidence = evidence
        self._refill = refill
        self._rules = rules
        self._stand = stand
        self._clock = clock
        self._pause = pause
        self._full = full

    def store(self, candidates: Iterable[Candidate]) -> Failed:
        failed: Failed = {}
        waiting = [Waiting(each) for each in candidates]
        while waiting:
            waiting = self._round(waiting, failed)
        return failed

    def lay_aside(self, candidates: Sequence[Candidate]) -> Failed:
        """What belongs to nobody gets a row and has no part in any document.

        If it was folded before its subject was quarantined, the row that says so is put first, and stays.
        """
        unclear: Unclear = {}
        look = self._look(candidates, unclear)
        loaded, seen = look.loaded, look.seen
        failed: Failed = {}
        for each in candidates:
            key = each.interaction.key
            if problem := unclear_of(each, loaded, unclear) or ("conflicts" if in_motion(each, loaded) else ""):
                failed[key] = problem
            elif key not in seen:
                self._put_if_absent(rows.row_of(each.interaction, unfolded="quarantined"), failed)
        return failed

    def _round(self, waiting: Sequence[Waiting], failed: Failed) -> list[Waiting]:
        unclear: Unclear = {}
        look = self._look([each.candidate for each in waiting], unclear)
        groups, again = by_living(waiting, look.loaded, unclear, failed)
        groups, rest = self._gather(groups, look, failed)
        writes = self._decide(groups, look, failed)
        saved = [id_ for id_, write in writes.items() if self._save(write, unclear, failed)]
        self._put([row for id_ in saved for row in writes[id_].rows], unclear)
        for id_ in writes:
            if id_ in unclear:
                failed |= {each.candidate.interaction.key: unclear[id_] for each in groups[id_]}
            elif id_ in saved:
                rest += [Waiting(each) for each in writes[id_].rest]
            else:
                again += groups[id_]
        return rest + self._again(again, failed)

    def _look(self, candidates: Sequence[Candidate], unclear: Unclear) -> Look:
        """The documents, those of former customers too; then what is counted and which rows there are. In this order.

        `unclear` gets the customers of whom it stays open what they have folded.
        """
        wanted = {id_ for each in candidates for id_ in (each.customer_id, *each.formerly)}
        loaded = self._load(wanted - {NOBODY}, unclear)
        rules = self._rules({measure_id for customer in loaded.values() for measure_id in customer.registered})
        pending = {row.key for customer in loaded.values() for row in customer.pending}
        found = self._interactions.existing(pending | {each.interaction.key for each in candidates})
        retracted = {key for key, why in found.items() if why == RETRACTED}
        seen = found.keys() - retracted
        owed = self._settle(loaded, seen, unclear)
        retracted |= {target for row in owed if (target := target_in(row))}
        seen |= {row.key for row in owed}
        return Look(loaded, seen, retracted - seen, rules)

    def _load(self, customer_ids: Collection[str], unclear: Unclear) -> dict[str, Customer]:
        loaded: dict[str, Customer] = {}
        while customer_ids:
            loaded |= self._read(customer_ids, unclear)
            customer_ids = onward(loaded) - unclear.keys()
        return loaded

    def _read(self, customer_ids: Collection[str], unclear: Unclear) -> dict[str, Customer]:
        stored = self._customers.load(customer_ids)
        loaded = {}
        for customer_id in customer_ids:
            try:
                kept = stored.get(customer_id)
                loaded[customer_id] = document.load(kept) if kept else Customer(customer_id)
            except Unreadable as problem:
                unclear[customer_id] = f"unreadable: {problem}"
        return loaded

    def _settle(self, loaded: Mapping[str, Customer], seen: Set[Key], unclear: Unclear) -> list[Row]:
        """Put the rows that whoever wrote `pending` still owes; so `pending` holds the news of one write at most."""
        owed = [row for customer in loaded.values() for row in customer.pending if row.key not in seen]
        self._put(owed, unclear)
        return owed

    def _gather(
        self, groups: Mapping[str, Sequence[Waiting]], look: Look, failed: Failed
    ) -> tuple[dict[str, list[Waiting]], list[Waiting]]:
        """What is to be folded, with all that must be known of it; and what turns out to be somebody else's."""
        own: dict[str, list[Waiting]] = defaultdict(list)
        others, claims = [], dict[str, Claim]()
        for id_, group in groups.items():
            customer = look.loaded[id_]
            gathered = self._evidence.gather(customer, [each.candidate for each in group], look, claims)
            for each, candidate in zip(group, gathered, strict=True):
                if isinstance(candidate, Refused):
                    failed[each.candidate.interaction.key] = str(candidate)
                elif candidate.customer_id in customer.family:
                    own[id_].append(each._replace(candidate=candidate))
                else:
                    others.append(each._replace(candidate=candidate))
        return own, others

    def _decide(self, groups: Mapping[str, Sequence[Waiting]], look: Look, failed: Failed) -> dict[str, Write]:
        now = ms_of(self._clock.now())
        writes = {}
        for id_, group in groups.items():
            try:
                write = self._write(look, look.loaded[id_], group, now)
            except Exception as problem:  # These messages come again and say why; the others must not wait for them.
                failed |= {each.candidate.interaction.key: type(problem).__name__ for each in group}
                continue
            if write:
                writes[id_] = write
        return writes

    def _write(self, look: Look, customer: Customer, group: Sequence[Waiting], now: int) -> Write | None:
        def keep(folded: Customer) -> Iterator[Customer]:
            yield self._stand(customer, folded, now, "interaction")
            yield unstood(customer, folded, now)

        write = decide(customer, look.seen, [each.candidate for each in group], now, look.rules, keep)
        return self._refill.made_good(write, look.rules, keep) if write else None

    def _save(self, write: Write, unclear: Unclear, failed: Failed) -> bool:
        """False if another writer was faster, or the document is not taken at all, which `unclear` tells."""
        for row in write.refused:
            self._full(row)
            self._put_if_absent(row, failed)
        if not write.stored:
            return True
        try:
            self._customers.save(write.stored)
        except Conflict:
            return False
        except Refused as problem:
            unclear[write.stored.customer_id] = str(problem)
            return False
        return True

    def _put_if_absent(self, row: Row, failed: Failed) -> None:
        try:
            self._interactions.put_if_absent(row)
        except Refused as problem:
            failed[row.key] = str(problem)

    def _put(self, rows: Sequence[Row], unclear: Unclear) -> None:
        try:
            if rows:
                self._interactions.put(rows)
        except NotTaken as problem:
            unclear |= {row.customer_id: "rows not taken" for row in rows if row.key in problem.keys}

    def _again(self, waiting: Iterable[Waiting], failed: Failed) -> list[Waiting]:
        """After a little while; but not for ever."""
        again = [each._replace(conflicts=each.conflicts + 1) for each in waiting]
        failed |= {each.candidate.interaction.key: "conflicts" for each in again if each.conflicts >= MOST_CONFLICTS}
        if again:
            self._pause(max(each.conflicts for each in again))
        return [each for each in again if each.conflicts < MOST_CONFLICTS]
