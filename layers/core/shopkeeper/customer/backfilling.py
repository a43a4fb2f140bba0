"""Who lacks a measure that is asked for gets it: everybody, on a walk, once it is defined; and whoever loses it since.

A writer counts what the document has, and gives it to no document but a new one. So a measure comes into all others by
the walk that begins when its definition is known to every writer: from then on each new customer is born with it.

Who lacks it in the meantime has either not been seen by the walk, or is owed it by a row of its own that is due. A
merge of two of whom one lacks it, and the undoing of a merge, write that row in their transaction.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import Protocol

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.customer import document
from shopkeeper.customer.document import Stored
from shopkeeper.customer.measures import Rules
from shopkeeper.customer.store.backfill import Backfill, Uncounted, lacking
from shopkeeper.customer.store.settling import NotSettled
from shopkeeper.customer.walks import AGAIN, Gathered

KIND = "measure"
WAIT = timedelta(minutes=4)
"""After so long every writer knows a definition: whoever saves it, and whoever knows it not yet and still writes, takes
no longer than a function may run, and nobody remembers definitions for more than a minute."""
MOST_VISITS = 5
AWHILE = timedelta(minutes=1)
_LEFT, _TRIES = "left", "tries"  # Of the page that is being seen: who goes without, and how often others were tried.


class Filling:
    """The work of a walk, whose name is that of a version of a definition. It gives all that a customer lacks, so one
    walk may do the work of others."""

    limit = 25

    def __init__(self, rules: Callable[[], Rules], backfill: Backfill, now: Clock) -> None:
        self._rules, self._backfill, self._clock = rules, backfill, now

    def see(self, _: str, page: Sequence[Stored], gathered: Gathered) -> Gathered:
        """Whoever cannot be counted is noted before the next one is tried: to find that out takes many reads, and a
        visitor may die over them. Whom others keep writing is tried again a while later, MOST_VISITS times."""
        rules, living = self._rules(), list(document.living(page))
        left, tries = set(gathered.get(_LEFT, ())), dict(gathered.get(_TRIES, {}))
        busy = False
        for customer_id in [each.customer_id for each in living if lacking(each, rules)]:
            if customer_id in left:
                continue
            try:
                self._backfill.fill(customer_id, rules)
            except Uncounted:
                return self._again(gathered, left | {customer_id}, tries, timedelta(0))
            except NotSettled:
                tries[customer_id] = tries.get(customer_id, 0) + 1
                busy |= tries[customer_id] < MOST_VISITS
                left |= {customer_id} if tries[customer_id] >= MOST_VISITS else set()
        if busy:
            return self._again(gathered, left, tries, AWHILE)
        uncounted = sum(each.customer_id in left for each in living)
        return self._noted(gathered, len(living), uncounted)

    def _again(self, gathered: Gathered, left: Collection[str], tries: Gathered, after: timedelta) -> Gathered:
        noted, again_at = self._noted(gathered, 0, 0), clock.to_text(self._clock.now() + after)
        return {**noted, _LEFT: sorted(left), _TRIES: tries, AGAIN: again_at}

    def _noted(self, gathered: Gathered, seen: int, uncounted: int) -> Gathered:
        return {
            "customers": gathered.get("customers", 0) + seen,
            "uncounted": gathered.get("uncounted", 0) + uncounted,
            "at": clock.to_text(self._clock.now()),
        }

    def finish(self, _name: str, _gathered: Sequence[Gathered]) -> bool:
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
