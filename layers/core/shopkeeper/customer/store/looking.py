"""Look at customers again of whom nothing new was heard: where do they stand now, and when does that change by itself?

Written is only who stands otherwise, on condition of the version, and only behind all rows that a write of before still
owes; so whoever writes a customer in between makes it be looked at anew.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple, Protocol

from msgspec.structs import replace

from shopkeeper.clock import Clock, to_text
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Stored, Unreadable
from shopkeeper.customer.instants import to_ms
from shopkeeper.customer.rows import Row
from shopkeeper.customer.standing import Cause, Stand
from shopkeeper.customer.store.ports import Conflict, Interactions, NotTaken, StoreError

MOST_CONFLICTS = 12
ROWS_NOT_TAKEN = "rows not taken"
"""Why a customer could not be looked at, where time will heal it."""
MOST_LOOKS = 40
"""At one customer: so much of what changes has room in one write; see `segment.standing`."""


class Customers(Protocol):
    def load(self, customer_ids: Collection[str]) -> dict[str, Stored]:
        """By id, read consistently; those of whom nothing is stored are left out."""

    def save_all(self, stored: Collection[Stored]) -> Mapping[str, StoreError]:
        """Each by itself in the place of its version before; by id why some were not: Conflict, Refused."""


class Seen(NamedTuple):
    """`changed` are customers as they were written; `unclear` is why others could not be looked at, by id."""

    changed: dict[str, Customer]
    unclear: dict[str, str]


class Look:
    """`pause` gets the number of conflicts so far and waits a little, not always equally long."""

    def __init__(
        self,
        customers: Customers,
        interactions: Interactions,
        stand: Stand,
        clock: Clock,
        pause: Callable[[int], None],
    ) -> None:
        self._customers, self._interactions = customers, interactions
        self._stand, self._clock, self._pause = stand, clock, pause

    def at(self, customer_ids: Collection[str], cause: Cause) -> Seen:
        seen = Seen({}, {})
        waiting, conflicts = list(customer_ids), 0
        for _ in range(MOST_LOOKS):
            busy, unfinished = self._once(waiting, cause, seen)
            waiting, conflicts = [*busy, *unfinished], conflicts + bool(busy)
            if not waiting or conflicts >= MOST_CONFLICTS:
                break
            if busy:
                self._pause(conflicts)
        seen.unclear.update(dict.fromkeys(waiting, "conflicts"))
        return seen

    def _once(self, customer_ids: Collection[str], cause: Cause, seen: Seen) -> tuple[list[str], list[str]]:
        """Whom others wrote in the meantime, and of whom more changes than is written at once."""
        stands: dict[str, Customer] = {}
        for before in self._settled(customer_ids, seen):
            after = self._after(before, to_ms(to_text(self._clock.now())), cause)
            if _differs(before, after):
                stands[before.customer_id] = after
        faults = self._customers.save_all([document.store(each) for each in stands.values()]) if stands else {}
        refused = {id_: str(fault) for id_, fault in faults.items() if not isinstance(fault, Conflict)}
        written = {id_: each for id_, each in stands.items() if id_ not in faults}
        seen.unclear.update(refused)
        seen.changed.update(written)
        self._put([row for each in written.values() for row in each.pending], seen)
        unfinished = [id_ for id_, each in written.items() if 0 < each.due_at <= each.document.updated_at]
        return [id_ for id_ in faults if id_ not in refused], unfinished

    def _after(self, before: Customer, now_ms: int, cause: Cause) -> Customer:
        written = replace(before.document, updated_at=now_ms)
        after = replace(before, version=before.version + 1, document=written, pending=())
        return self._stand(before, after, now_ms, cause)

    def _settled(self, customer_ids: Collection[str], seen: Seen) -> list[Customer]:
        """Whose rows are all there. An interrupted write may still owe some."""
        loaded = list(_readable(self._customers.load(customer_ids).values(), seen))
        pending = {row.key: row for each in loaded for row in each.pending}
        there = self._interactions.existing(pending) if pending else set()
        self._put([row for key, row in pending.items() if key not in there], seen)
        return [each for each in loaded if each.customer_id not in seen.unclear]

    def _put(self, rows: list[Row], seen: Seen) -> None:
        if not rows:
            return
        try:
            self._interactions.put(rows)
        except NotTaken as problem:
            left = [row.customer_id for row in rows if row.key in problem.keys]
            seen.unclear.update(dict.fromkeys(left, ROWS_NOT_TAKEN))


def _readable(stored: Iterable[Stored], seen: Seen) -> Iterable[Customer]:
    for each in stored:
        try:
            yield document.load(each)
        except Unreadable:
            seen.unclear[each.customer_id] = "unreadable"


def _differs(before: Customer, after: Customer) -> bool:
    """Another edition that finds the customer where it was before changes nothing."""
    stood, stands = before.document.standing, after.document.standing
    slots = stood.slots if stood else ()
    return slots != (stands.slots if stands else ()) or before.due_at != after.due_at or bool(after.document.moved)
