"""Look at customers again of whom nothing new was heard: where do they stand now, and when does that change by itself?

Many at once, each for itself: read the documents; put the rows that a write of before still owes; write who stands
otherwise, on condition of the version; put the rows of that news. Whoever met a conflict is read again: mostly the
faster writer has looked at the customer as well, and then nothing is left to do.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple, Protocol

from msgspec.structs import replace

from shopkeeper.clock import Clock
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Stored, Unreadable
from shopkeeper.customer.instants import ms_of
from shopkeeper.customer.rows import Row
from shopkeeper.customer.standing import Cause, Stand, changes_anything
from shopkeeper.customer.store.ports import Conflict, Interactions, NotTaken, StoreError

MOST_CONFLICTS = 12
MOST_LOOKS = 40
"""At one customer: so much of what changes has room in one write; see `segment.standing`."""
_SECOND = 1_000  # Who is due at once is due at the next full one.


class Customers(Protocol):
    def load(self, customer_ids: Collection[str]) -> dict[str, Stored]:
        """By id, read consistently; those of whom nothing is stored are left out."""

    def save_all(self, stored: Collection[Stored]) -> Mapping[str, StoreError]:
        """Each by itself in the place of its version before; by id why some were not: Conflict, Refused."""


class Seen(NamedTuple):
    """`changed` are customers as they were written; `unclear` is why others could not be looked at, by id: and NotTaken
    of those that were written and whose news has no rows yet, which whoever writes them next will put."""

    changed: dict[str, Customer]
    unclear: dict[str, Exception]

    @property
    def has_its_rows(self) -> bool:
        return not any(isinstance(problem, NotTaken) for problem in self.unclear.values())


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

    def woken(self, customer_ids: Collection[str]) -> dict[str, Exception]:
        """They were due a moment ago, each named once. Why nothing could be done for some, by id. May raise what
        reading raises, and then some were written."""
        seen = self.at(customer_ids, "clock")
        return {id_: problem for id_, problem in seen.unclear.items() if id_ not in seen.changed}

    def at(self, customer_ids: Collection[str], cause: Cause) -> Seen:
        """By the clock, only at those who are due."""
        seen = Seen({}, {})
        waiting, conflicts = [*customer_ids], 0
        for _ in range(MOST_LOOKS):
            busy, unfinished = self._once(waiting, cause, seen)
            waiting, conflicts = [*busy, *unfinished], conflicts + bool(busy)
            if not waiting or conflicts >= MOST_CONFLICTS:
                break
            if busy:
                self._pause(conflicts)
        seen.unclear.update((id_, Conflict(id_)) for id_ in waiting)
        return seen

    def _once(self, customer_ids: Collection[str], cause: Cause, seen: Seen) -> tuple[list[str], list[str]]:
        """Whom others wrote in the meantime, and of whom more changes than is written at once."""
        now_ms = ms_of(self._clock.now())
        settled = self._settled(customer_ids, seen)
        wanted = [each for each in settled if cause != "clock" or 0 < each.due_at <= now_ms]
        stands, stored = self._standing(wanted, now_ms, cause, seen)
        faults = self._customers.save_all(stored) if stored else {}
        refused = {id_: fault for id_, fault in faults.items() if not isinstance(fault, Conflict)}
        written = {id_: each for id_, each in stands.items() if id_ not in faults}
        seen.unclear.update(refused)
        seen.changed.update(written)
        self._put([row for each in written.values() for row in each.pending], seen)
        unfinished = [id_ for id_, each in written.items() if 0 < each.due_at < now_ms + _SECOND]
        return [id_ for id_ in faults if id_ not in refused], unfinished

    def _standing(
        self, customers: Iterable[Customer], now_ms: int, cause: Cause, seen: Seen
    ) -> tuple[dict[str, Customer], list[Stored]]:
        """Those who stand otherwise."""
        stands: dict[str, Customer] = {}
        stored: list[Stored] = []
        for before in customers:
            try:
                after = self._stand(before, _again(before, now_ms), now_ms, cause)
                if changes_anything(before, after):
                    stored.append(document.store(after))
                    stands[before.customer_id] = after
            except Exception as problem:  # Told to whoever asked: the others must not wait for this one.
                seen.unclear[before.customer_id] = problem
        return stands, stored

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
            seen.unclear.update(dict.fromkeys(left, problem))


def _readable(stored: Iterable[Stored], seen: Seen) -> Iterable[Customer]:
    for each in stored:
        try:
            yield document.load(each)
        except Unreadable as problem:
            seen.unclear[each.customer_id] = problem


def _again(customer: Customer, now_ms: int) -> Customer:
    """The next version, with nothing new but the time. All rows have been put."""
    written = replace(customer.document, updated_at=now_ms)
    return replace(customer, version=customer.version + 1, document=written, pending=())
