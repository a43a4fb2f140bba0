"""Who lacks a measure that is asked for gets it: everybody, on a walk, once it is defined; and whoever loses it since.

A writer counts what the document has, and gives it to no document but a new one. So a measure comes into all others by
the walk that begins when its definition is known to every writer: from then on each new customer is born with it.

Who lacks it in the meantime has either not been seen by the walk, or is owed it by a row of its own that is due. A
merge of two of whom one lacks it, and the undoing of a merge, write that row in their transaction.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Protocol

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Stored, Unreadable
from shopkeeper.customer.measures import Rules
from shopkeeper.customer.store.backfill import Backfill, Uncounted, lacking
from shopkeeper.customer.walks import Gathered

KIND = "measure"
WAIT = timedelta(minutes=4)
"""After so long every writer knows a definition: whoever saves it, and whoever knows it not yet and still writes, takes
no longer than a function may run, and nobody remembers definitions for more than a minute."""


class Filling:
    """The work of a walk, whose name is that of a version of a definition. It gives all that a customer lacks, so one
    walk may do the work of others."""

    limit = 25

    def __init__(self, rules: Callable[[], Rules], backfill: Backfill, now: Clock) -> None:
        self._rules, self._backfill, self._clock = rules, backfill, now

    def see(self, _: str, page: Sequence[Stored], gathered: Gathered) -> Gathered:
        """Raises NotSettled where others keep writing a customer; then the same page is seen again, a while later."""
        rules, seen, uncounted = self._rules(), gathered.get("customers", 0), gathered.get("uncounted", 0)
        for customer in _living(page):
            seen += 1
            uncounted += not self._fill(customer, rules)
        return {"customers": seen, "uncounted": uncounted, "at": clock.to_text(self._clock.now())}

    def finish(self, _name: str, _gathered: Sequence[Gathered]) -> bool:
        return True

    def _fill(self, customer: Customer, rules: Rules) -> bool:
        try:
            if lacking(customer, rules):
                self._backfill.fill(customer.customer_id, rules)
        except Uncounted:
            return False
        return True


class Owed(Protocol):
    def load(self, customer_id: str) -> str:
        """By what it is owed, "" where it is not. Read consistently."""

    def settle(self, customer_id: str, by: str) -> None:
        """Unless it is owed again by something else."""


class Settling:
    """`uncounted` is told of customers of whom too much is remembered to count it."""

    def __init__(
        self, owed: Owed, rules: Callable[[], Rules], backfill: Backfill, uncounted: Callable[[str], None]
    ) -> None:
        self._owed, self._rules, self._backfill, self._uncounted = owed, rules, backfill, uncounted

    def visit(self, customer_id: str) -> bool:
        """By the clock: it is due. Raises NotSettled."""
        by = self._owed.load(customer_id)
        if not by:
            return False
        try:
            self._backfill.fill(customer_id, self._rules())
        except Uncounted:
            self._uncounted(customer_id)
        self._owed.settle(customer_id, by)
        return False


def _living(page: Sequence[Stored]) -> Iterator[Customer]:
    """What cannot be read is noticed elsewhere."""
    for stored in page:
        try:
            customer = document.load(stored)
        except Unreadable:
            continue
        if not customer.document.merged_into:
            yield customer
