"""Runs of customers who are somebody else now, or nobody any more.

Who is merged into another customer takes their runs along: each goes on where it stands, under the ids it has, and what
is told of it under the name of before finds it. Two runs of one name would be two where there may be one: then the one
that is under way goes on, of two that of the customer who stays, and the other one ends. What is kept of somebody who
was erased ends and is erased.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from msgspec import structs

from shopkeeper import clock as clocks
from shopkeeper.clock import Clock
from shopkeeper.customer.document import Customer
from shopkeeper.customer.instants import to_ms
from shopkeeper.journey.beginning import earlier
from shopkeeper.journey.ports import Overtaken, Runs
from shopkeeper.journey.rows import Row, RunKey
from shopkeeper.journey.run import MOST_PAST, MOST_USED, Cause

TRIES = 5
GONE = "gone"
"""The name of the cause that tells a run of it."""


class AllRuns(Runs, Protocol):
    def of_customer(self, customer_id: str) -> list[Row]:
        """All runs, those that are over too. Read consistently."""

    def move(self, after: Row, before: Row, there: Row | None) -> None:
        """Under the key of `after`, where `there` stands, and no more under that of `before`, where it is found
        nevertheless by whoever tells it something. Raises Overtaken unless both are as they were."""

    def forget(self, customer_id: str) -> None:
        """All of a customer that nobody may move any more."""


class Mover:
    def __init__(self, runs: AllRuns, now: Clock) -> None:
        self._runs, self._clock = runs, now

    def hear(self, seen: Customer) -> list[RunKey]:
        """Of a customer who was merged into another; the runs that are due by that."""
        into = seen.document.merged_into
        return self.merged(seen.customer_id, into) if into else []

    def merged(self, gone: str, into: str) -> list[RunKey]:
        return [key for row in self._runs.of_customer(gone) for key in self._merged(row, into)]

    def erased(self, customer_id: str) -> list[RunKey]:
        """Those that are over are gone at once; the others once they have switched off what is on."""
        now = self._clock.now()
        keys = [row.key for row in self._runs.of_customer(customer_id)]
        due = [key for key in keys if self._runs.tell(key, _gone(key, now), now)]
        self._runs.forget(customer_id)
        return due

    def _merged(self, row: Row | None, into: str) -> Iterator[RunKey]:
        for _ in range(TRIES):
            if row is None:
                return  # Somebody else has moved it.
            key, now = row.key, self._clock.now()
            there = self._runs.load(RunKey(into, key.name))
            after = moved(row, there, into, now)
            if after is None:
                yield from [key] if self._runs.tell(key, _gone(key, now), now) else ()
                return
            try:
                self._runs.move(after, row, there)
            except Overtaken:
                row = self._runs.load(key)
                continue
            yield from [after.key] if after.due_at else ()
            return
        raise Overtaken(f"{into} {row and row.key}")


def moved(row: Row, there: Row | None, into: str, now: datetime) -> Row | None:
    """The row at the customer `into`, in the place of the one that stands there; None if that one stays.

    Nobody holds it any more: a leg that did finds that another one has it, and what it was to hand over is handed over
    again. It looks about it at once, at the customer whom it is about now."""
    if there and _weight(there) >= _weight(row):
        return None
    run, past, used = row.run, row.run.past, row.run.used
    if there:
        past = tuple(sorted((*past, *earlier(there.run)), key=lambda each: each.entered_at))[-MOST_PAST:]
        used = (*there.run.used, *used)[-MOST_USED:]
    return replace(
        row,
        customer_id=into,
        run=structs.replace(run, past=past, used=used),
        fence=max(row.fence, there.fence if there else 0) + 1,
        lease_until="",
        due_at=clocks.to_text(now) if row.is_open and not row.is_stuck else row.due_at,
    )


def _weight(row: Row) -> int:
    """Who is under way goes before a run of which only the goal is watched, and that before one that is over."""
    is_under_way = row.run.status != "watching" or bool(row.pending)
    return (2 if is_under_way else 1) if row.is_open else 0


def _gone(key: RunKey, now: datetime) -> Cause:
    at = to_ms(clocks.to_text(now))
    return Cause(id=f"{GONE}/{key.customer_id}", kind="clock", name=GONE, at=at, received_at=at)
