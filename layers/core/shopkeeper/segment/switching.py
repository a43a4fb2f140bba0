"""The end of a recomputation: what was built counts, what it took the place of is cleared up."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.customer.walks import Slices
from shopkeeper.segment import edition as editions
from shopkeeper.segment import publishing, runs
from shopkeeper.segment.edition import Edition
from shopkeeper.segment.planning import Step, change
from shopkeeper.segment.recompute import is_walked
from shopkeeper.segment.runs import Found, Run
from shopkeeper.segment.scanning import Desks, at_work, found_in


class NotWalked(Exception):
    """A slice is not at its end. The next attempt goes on with it."""


class Editions(Protocol):
    def fresh(self) -> Edition:
        """Of this moment."""

    def replace(self, after: Edition) -> None:
        """In the place of the number before. Raises segment.edition.Overtaken."""


class Sizes(Protocol):
    def note(self, names: Mapping[str, tuple[int, int]], at: str) -> None:
        """By the name of a segment or part: its version, and how many it had then. Once for an instant."""


class Members(Protocol):
    def clear(self, part: str, has_time: Callable[[], bool]) -> bool:
        """False if the time was up before nothing was left of it."""


class Measures(Protocol):
    def retire(self, edition: Edition) -> None:
        """Those that we asked for ourselves, and that nothing needs any more, as long as this edition counts."""


class Switcher:
    def __init__(
        self,
        desks: Desks,
        slices: Slices,
        held: Editions,
        sizes: Sizes,
        members: Members,
        measures: Measures,
        now: Clock,
    ) -> None:
        self._desks, self._slices, self._editions, self._sizes = desks, slices, held, sizes
        self._members, self._measures, self._clock = members, measures, now

    def switch(self, step: Step) -> Step:
        """Raises NotWalked. Each part of it may be done again, where whoever did it died before the next."""
        run = at_work(self._desks, step.run, step.attempt, self._clock)
        if run is None:
            return replace(step, next="over")
        if not is_walked(self._slices, run):
            raise NotWalked(run.id)
        found = sum((found_in(each.gathered) for each in self._slices.load(run.walk, step.slices)), Found())
        counts = self._switched(run)
        run = replace(run, state="done", found=found, ended_at=run.ended_at or clock.to_text(self._clock.now()))
        self._sizes.note(_sizes(counts, found), run.begun_at)
        self._desks.save_run(run)
        return replace(step, next="clear")

    def clear(self, step: Step, has_time: Callable[[], bool]) -> Step:
        """The last of it: then the desk is free.

        What went during this run is cleared once more by the next one: for a minute or so there are writers who know
        the edition of before, and what they tell of it may come behind.
        """
        run = at_work(self._desks, step.run, step.attempt, self._clock)
        if run is None:
            return replace(step, next="over")
        edition = self._editions.fresh()
        there = {each.part for each in edition.slots}
        for part in [each for each in self._desks.desk().gone if each not in there]:
            if not self._members.clear(part, has_time):
                return replace(step, next="clear")
            if part.rpartition("@")[2] not in run.names:
                change(self._desks, partial(runs.cleared, done={part}))
        self._measures.retire(edition)
        change(self._desks, lambda desk: runs.ended(desk, self._clock.now()) if desk.run == run.id else desk)
        return replace(step, next="over")

    def fail(self, step: Step, error: str) -> Step:
        """A state of the machine gave up. It shows, unless an attempt behind this one is at work."""
        run = at_work(self._desks, step.run, step.attempt, self._clock)
        if run is not None:
            self._desks.save_run(replace(run, state="failed", error=error))
            change(self._desks, lambda desk: runs.failed(desk, self._clock.now()))
        return replace(step, next="over")

    def _switched(self, run: Run) -> Edition:
        while True:
            before = self._editions.fresh()
            after = publishing.switched(before, run.slots)
            if after is before:
                return before
            change(self._desks, partial(runs.leaving, gone=publishing.gone(before, after)))
            try:
                self._editions.replace(after)
            except editions.Overtaken:
                continue
            return after


def _sizes(counts: Edition, found: Found) -> dict[str, tuple[int, int]]:
    """Of what counts: a slot in which nobody was found has nobody."""
    ready: Iterable[Any] = (each for each in counts.slots if each.phase == "ready")
    return {each.segment: (each.version, found.sizes.get(str(each.number), 0)) for each in ready}
