"""Look at customers again of whom time alone has changed something: many at once, each written by itself.

1 read the documents; 2 put the rows that an interrupted write left owing; 3 write each that is still due where it
stands now, on condition of its version; 4 put the rows of the news. Whoever met a conflict is read again: mostly the
faster writer has looked at the customer as well, and then nothing is left to do.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Protocol

from msgspec.structs import replace

from shopkeeper.clock import Clock, to_text
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Stored
from shopkeeper.customer.instants import to_ms
from shopkeeper.customer.rows import Key, Row
from shopkeeper.customer.standing import Stand
from shopkeeper.customer.store.ports import Conflict, NotTaken, StoreError

MOST_CONFLICTS = 8

Failed = dict[str, Exception]
"""Why nothing could be done for a customer, by id."""


class Customers(Protocol):
    def load(self, customer_ids: Collection[str]) -> dict[str, Stored]:
        """By id, read consistently; those of whom nothing is stored are left out."""

    def save_all(self, stored: Collection[Stored]) -> Mapping[str, StoreError]:
        """Each by itself in the place of its version before; by id why some were not: Conflict, Refused."""


class Interactions(Protocol):
    def existing(self, keys: Collection[Key]) -> Mapping[Key, str]:
        """Those that have a row. Read consistently."""

    def put(self, rows: Collection[Row]) -> None:
        """Raises NotTaken."""


class Waker:
    """`pause` gets the number of conflicts so far and waits a little, not always equally long."""

    def __init__(
        self,
        customers: Customers,
        interactions: Interactions,
        stand: Stand,
        clock: Clock,
        pause: Callable[[int], None],
    ) -> None:
        self._customers = customers
        self._interactions = interactions
        self._stand = stand
        self._clock = clock
        self._pause = pause

    def visit(self, customer_ids: Sequence[str]) -> Failed:
        """They were due a moment ago, each named once. May raise what reading raises, and then some were written."""
        failed: Failed = {}
        waiting: Collection[str] = customer_ids
        for conflicts in range(MOST_CONFLICTS):
            waiting = self._round(waiting, failed)
            if not waiting:
                return failed
            self._pause(conflicts + 1)
        return failed | {customer_id: Conflict(customer_id) for customer_id in waiting}

    def _round(self, customer_ids: Collection[str], failed: Failed) -> list[str]:
        """Those that another writer was faster with."""
        now = to_ms(to_text(self._clock.now()))
        loaded = self._loaded(customer_ids, failed)
        self._settle(loaded.values(), failed)
        due = [each for id_, each in loaded.items() if 0 < each.due_at <= now and id_ not in failed]
        woken = self._woken(due, now, failed)
        faults = self._customers.save_all([stored for stored, _ in woken.values()]) if woken else {}
        failed |= {id_: fault for id_, fault in faults.items() if not isinstance(fault, Conflict)}
        news = [row for id_, (_, pending) in woken.items() if id_ not in faults for row in pending]
        if news:
            with suppress(NotTaken):  # They stand in `pending`, and whoever writes next puts them.
                self._interactions.put(news)
        return [id_ for id_, fault in faults.items() if isinstance(fault, Conflict)]

    def _loaded(self, customer_ids: Collection[str], failed: Failed) -> dict[str, Customer]:
        loaded = {}
        for id_, stored in self._customers.load(customer_ids).items():
            try:
                loaded[id_] = document.load(stored)
            except document.Unreadable as problem:
                failed[id_] = problem
        return loaded

    def _settle(self, customers: Iterable[Customer], failed: Failed) -> None:
        owners = {row.key: (each.customer_id, row) for each in customers for row in each.pending}
        seen = self._interactions.existing(owners) if owners else {}
        owed = [row for key, (_, row) in owners.items() if key not in seen]
        if not owed:
            return
        try:
            self._interactions.put(owed)
        except NotTaken as problem:
            failed |= {owners[key][0]: problem for key in problem.keys}

    def _woken(self, due: Iterable[Customer], now_ms: int, failed: Failed) -> dict[str, tuple[Stored, tuple[Row, ...]]]:
        woken = {}
        for each in due:
            try:
                stood = self._stand(each, _again(each, now_ms), now_ms, "clock")
                woken[each.customer_id] = document.store(stood), stood.pending
            except Exception as problem:  # Put off and told by whoever asked: the others must not wait for this one.
                failed[each.customer_id] = problem
        return woken


def _again(customer: Customer, now_ms: int) -> Customer:
    """The next version, with nothing new but the time. All rows have been put."""
    written = replace(customer.document, updated_at=now_ms)
    return replace(customer, version=customer.version + 1, document=written, pending=())
