"""Recompute the segments: who begins it and when, and what is done before and behind the walk over all customers.

Whoever publishes says so here before the edition moves, so the clock comes by even where that one dies over it. One run
is at work at a time; it builds what every writer knew when it began, and the rest waits for the next one. Writers know
an edition a minute after it was there, and those who are at their work by then end it soon; until then a customer whom
the walk has seen could still be written by somebody who keeps fewer slots right.
"""

from collections.abc import Callable, Mapping, Set
from datetime import datetime
from typing import Any, Protocol

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.customer import walks
from shopkeeper.customer.backfilling import AWHILE, WAIT
from shopkeeper.customer.measures import Registered
from shopkeeper.customer.walks import SLICES, Slice, Slices
from shopkeeper.segment import publishing, runs
from shopkeeper.segment.edition import Edition, Slot
from shopkeeper.segment.references import needs
from shopkeeper.segment.rule import Rule
from shopkeeper.segment.runs import Desk, Overtaken
from shopkeeper.segment.scanning import Desks


class Editions(Protocol):
    def fresh(self) -> Edition:
        """Of this moment."""

    def rules(self, edition: Edition) -> Mapping[str, Rule]:
        """Of its slots, by their refs."""


class Measures(Protocol):
    def counted(self) -> Set[str]:
        """The ids of those that every customer has."""

    def ensure(self, wanted: Mapping[str, Registered]) -> None:
        """Those that nobody has asked for yet are asked for."""


class Machine(Protocol):
    def start(self, name: str, said: Mapping[str, Any]) -> None:
        """What was started under this name before is not started again."""


class Recomputing:
    def __init__(
        self, desks: Desks, slices: Slices, editions: Editions, measures: Measures, machine: Machine, now: Clock
    ) -> None:
        self._desks, self._slices, self._editions = desks, slices, editions
        self._measures, self._machine, self._clock = measures, machine, now

    def visit(self, _: str) -> None:
        """By the clock: the desk was due a moment ago, and may not be any more."""
        now = self._clock.now()
        desk = self._desks.desk()
        if not runs.is_due(desk, now):
            return
        after = runs.resumed(desk, now) if desk.run else self._begun(desk, now)
        try:
            self._desks.save(after)
        except Overtaken:
            return  # It is due still, or somebody else is at it.
        if after.run:
            self._machine.start(after.execution, {"run": after.run, "attempt": after.attempt})

    def _begun(self, desk: Desk, now: datetime) -> Desk:
        """The run and its slices are there before the desk says that it is at work."""
        edition = self._editions.fresh()
        slots = publishing.buildable(edition, self._is_known(edition, now))
        if not slots and not desk.asked:
            return runs.put_off(desk, _next_look(edition, now), now)
        names = {str(each.number): f"{each.segment}@{each.version}" for each in edition.slots}
        after, run = runs.begun(desk, edition.number, slots, names, now)
        for number in range(SLICES):
            self._slices.add(Slice(walk=run.walk, number=number, expires_at=runs.expires_at(now)))
        self._desks.save_run(run)
        return after

    def _is_known(self, edition: Edition, now: datetime) -> Callable[[Slot], bool]:
        building = [each for each in edition.slots if each.phase == "building"]
        if not building:
            return lambda _: False
        rules = self._editions.rules(edition)
        needed = {each.number: needs([rules[each.rule]]) for each in building}
        self._measures.ensure({id_: each for its in needed.values() for id_, each in its.items()})
        counted = self._measures.counted()
        return lambda slot: known_at(slot) <= now and needed[slot.number].keys() <= counted


def known_at(slot: Slot) -> datetime:
    """From then on every writer keeps it right."""
    return clock.from_text(slot.since) + WAIT


def _next_look(edition: Edition, now: datetime) -> datetime | None:
    """When one of them is known; those that wait for a measure are asked for again and again."""
    building = [max(known_at(each), now + AWHILE) for each in edition.slots if each.phase == "building"]
    return min(building, default=None)


def is_walked(slices: Slices, run: runs.Run) -> bool:
    parts = slices.load(run.walk, range(walks.SLICES))
    return len(parts) == SLICES and all(part.ended for part in parts)
