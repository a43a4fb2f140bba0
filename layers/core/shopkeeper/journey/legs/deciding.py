"""Decide: take runs into the hands of a leg, let `advance` say what happens, and write that down before it is done.

One write takes the run, with all its causes and with what is to be handed over; only then rows of the ledger are
planned and anything leaves. So a leg may die anywhere: whoever comes next finds what was to be handed over, and hands
it over again, under the same keys. Runs do not wait for each other: what goes wrong with one is noted on it, and told.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

from shopkeeper import clock as clocks
from shopkeeper.clock import Clock
from shopkeeper.customer.instants import from_ms, to_ms
from shopkeeper.journey import migrating
from shopkeeper.journey.effects import Mail
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.legs import handing
from shopkeeper.journey.legs.handing import Leg
from shopkeeper.journey.ports import Eyes, Journeys, Mails, Overtaken, Runs
from shopkeeper.journey.rows import Row, RunKey

TRIES = 5
ENOUGH_BYTES = 160_000
"""Of what one execution is told at once. It takes 256 KB, and more ends it in a way that no state can catch; the run
that fills this may be a large one."""
Failed = Callable[[RunKey, Exception], None]


class Stuck(Exception):
    """It has failed so often that nobody tries again, before something is heard or somebody says so."""


class Wanted(NamedTuple):
    """`fence` is that of the leg that comes back to a run which it still holds; 0 for one that comes anew."""

    key: RunKey
    fence: int = 0


class Decider:
    """`failed` is told what is wrong with a run that nothing could be done for."""

    def __init__(self, runs: Runs, journeys: Journeys, eyes: Eyes, mails: Mails, now: Clock, failed: Failed) -> None:
        self._runs, self._journeys, self._eyes, self._mails = runs, journeys, eyes, mails
        self._clock, self._failed = now, failed

    def decide(self, wanted: Iterable[Wanted], leg: str) -> list[Leg]:
        """Those for which something is to be handed over, as many as there is room for: the others stay due. `leg` is
        the id of the execution."""
        legs, gathered = list[Leg](), 0
        for each in wanted:
            if gathered >= ENOUGH_BYTES:
                break
            if found := self._safely(each, leg):
                legs.append(found)
                gathered += handing.size(found)
        return legs

    def _safely(self, wanted: Wanted, leg: str) -> Leg | None:
        fence = wanted.fence
        try:
            if (taken := self._take(wanted, leg)) is None:
                return None
            fence = taken[0].fence
            return self._planned(*taken)
        except Exception as problem:  # One run that cannot go on is no reason for the others to wait.
            self._failed(wanted.key, problem)
            fail(self._runs, wanted.key, fence, self._clock, self._failed)
            return None

    def _take(self, wanted: Wanted, leg: str) -> tuple[Row, Graph] | None:
        """None for a run that nobody may move, or that another leg holds."""
        for _ in range(TRIES):
            row = self._runs.load(wanted.key)
            if row is None or not row.is_open or row.is_held(self._clock.now(), wanted.fence):
                return None
            after, graph = self._next(row, wanted, leg)
            try:
                self._runs.write(after, row)
            except Overtaken:
                continue
            return after, graph
        raise Overtaken(wanted.key)

    def _next(self, row: Row, wanted: Wanted, leg: str) -> tuple[Row, Graph]:
        """And the version that it follows from then on."""
        graph_of, now = partial(self._journeys.graph, row.run.journey), self._clock.now()
        before = graph_of(row.run.version)
        if row.pending and row.fence != wanted.fence:
            return row.taken_over(now), before
        graph, news = migrating.follows(before, row.run, row.inbox, graph_of)
        facts = self._eyes.look(row, graph, leg)
        step = migrating.advance(before, graph, row.run, news, facts, to_ms(clocks.to_text(now)))
        return row.taken(step.run, step.effects, second(step.due_at), now), graph

    def _planned(self, row: Row, graph: Graph) -> Leg | None:
        if not row.pending:
            return None
        self._mails.plan([each for each in row.pending if isinstance(each, Mail)], row, graph)
        return handing.leg(row, graph, self._clock.now())


def fail(runs: Runs, key: RunKey, fence: int, now: Clock, failed: Failed) -> None:
    """Notes on the run that a leg failed, unless another one holds it. `failed` is told if it is stuck from now on."""
    row = runs.load(key)
    if row is None or not row.is_open or row.is_held(now.now(), fence):
        return
    after = row.failed()
    try:
        runs.write(after, row)
    except Overtaken:  # Something has come; the next leg sees to it.
        return
    if after.is_stuck:
        failed(key, Stuck())


def second(at: int | None) -> str:
    """The first full one from then on: indexes of what is due are kept by the second."""
    return from_ms(-(-at // 1000) * 1000) if at is not None else ""
