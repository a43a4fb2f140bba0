"""Count the rows of a launch again: what happens to mails after the last of them has gone shows in its report.

Each launch has one row for that, which is due again and again. While its execution looks at the sends itself, nothing
is done; afterwards they are counted soon, then every hour for a day, then every day until the last mail is unopened or
not, and whenever somebody asks. A visit of the clock counts for a few seconds and writes down how far it has come.

A launch that is done although a send of it is still to go, whatever the cause, is put back to be watched: its next
execution queues what waits.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from shopkeeper import clock
from shopkeeper.campaign import deciding, outcomes
from shopkeeper.campaign import launch as launches
from shopkeeper.campaign.launch import Launch
from shopkeeper.campaign.ports import Launches, Overtaken
from shopkeeper.campaign.tally import Tally, Teller
from shopkeeper.clock import Clock
from shopkeeper.mail import ledger

SOON = timedelta(minutes=10)
OFTEN = timedelta(hours=1)
SELDOM = timedelta(days=1)
# Of one visit, so that everything else that is due goes on meanwhile.
MOST_ROWS = 5_000
LONGEST = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recount:
    """When the launch is counted next, "" for never, and how far the count is that is being made.

    `asked`: somebody wants a count that begins from now on.
    """

    launch: str
    due_at: str
    asked: bool = False
    tally: Tally = field(default_factory=Tally)
    revision: int = 1

    @property
    def has_begun(self) -> bool:
        return bool(self.tally.as_of)


class Recounts(Protocol):
    def get(self, launch_id: str) -> Recount | None:
        """Read consistently."""

    def put(self, recount: Recount) -> None:
        """In the place of the revision before. Raises Overtaken."""


def keep(recounts: Recounts, launch_id: str, now: datetime) -> None:
    """From now on the launch is counted again and again."""
    _change(recounts, launch_id, lambda stands: kept(stands, launch_id, now))


def ask(recounts: Recounts, launch_id: str, now: datetime) -> None:
    """It is counted as soon as may be."""
    _change(recounts, launch_id, lambda stands: asked(stands, launch_id, now))


def _change(recounts: Recounts, launch_id: str, change: Callable[[Recount | None], Recount]) -> None:
    while (changed := change(stands := recounts.get(launch_id))) != stands:
        with suppress(Overtaken):
            recounts.put(changed)
            break


class Recounter:
    def __init__(self, launches: Launches, recounts: Recounts, teller: Teller, now: Clock) -> None:
        self._launches, self._recounts = launches, recounts
        self._teller, self._clock = teller, now

    def visit(self, launch_id: str) -> bool:
        """By the clock. True if there is more to be counted at once."""
        recount, now = self._recounts.get(launch_id), self._clock.now()
        if recount is None or not is_due(recount, now):
            return False
        launch = self._launches.get(launch_id)
        if launch is None or not wants_count(recount, launch, now):
            return self._put(put_off(recount, launch, now))
        recount = self._count(begun(recount), launch, now + LONGEST)
        if not recount.tally.is_whole:
            return self._put(going_on(recount, self._clock.now()))
        self._note(launch_id, recount.tally)
        return self._put(finished(recount, launch, self._clock.now()))

    def _count(self, recount: Recount, launch: Launch, until: datetime) -> Recount:
        tally, most = recount.tally, recount.tally.rows + MOST_ROWS
        while not tally.is_whole and tally.rows < most and (tally is recount.tally or self._clock.now() < until):
            tally = self._teller.tell(tally, launch)
        return replace(recount, tally=tally)

    def _note(self, launch_id: str, tally: Tally) -> None:
        """In the launch, whatever else becomes of it meanwhile."""
        while launch := self._launches.get(launch_id):
            seen = noted(launch, tally, self._clock.now())
            if seen is launch:
                break
            with suppress(Overtaken):
                self._launches.put(seen)
                break

    def _put(self, recount: Recount) -> bool:
        """If somebody has asked in the meantime, the row is due, and the count goes on from where it stood before."""
        try:
            self._recounts.put(recount)
        except Overtaken:
            return True
        return recount.has_begun or recount.asked


def kept(stands: Recount | None, launch_id: str, now: datetime) -> Recount:
    """A launch that failed and goes on after weeks may have been counted for the last time."""
    if stands is None:
        return Recount(launch=launch_id, due_at=clock.to_text(now + SOON))
    return stands if stands.due_at else _due(stands, now + SOON)


def asked(stands: Recount | None, launch_id: str, now: datetime) -> Recount:
    if stands is None:
        return Recount(launch=launch_id, due_at=clock.to_text(now), asked=True)
    return stands if stands.asked else _due(replace(stands, asked=True), now)


def is_due(recount: Recount, now: datetime) -> bool:
    return bool(recount.due_at) and recount.due_at <= clock.to_text(now)


def wants_count(recount: Recount, launch: Launch, now: datetime) -> bool:
    """As long as a launch goes on, its execution counts it; but for a winner nobody waits until it happens to look."""
    is_to_decide = deciding.wants_winner(launch) and launch.decides_at <= clock.to_text(now)
    return recount.has_begun or recount.asked or bool(launch.finished_at) or is_to_decide


def noted(launch: Launch, tally: Tally, now: datetime) -> Launch:
    """The very launch where a later count stands in it."""
    seen = deciding.counted(launch, tally.counts, tally.outcomes, tally.as_of)
    if seen is launch:
        return launch
    is_not_done = launch.state == "done" and not ledger.PENDING.isdisjoint(tally.counts)
    if is_not_done or deciding.has_chosen(launch, seen):
        return launches.handed_over(seen, now)
    return replace(seen, revision=launch.revision + 1)


def put_off(recount: Recount, launch: Launch | None, now: datetime) -> Recount:
    return _due(recount, _in_time(launch, now + SOON, now) if launch else None)


def begun(recount: Recount) -> Recount:
    """Whoever asks from here on asks for another count."""
    return recount if recount.has_begun else replace(recount, asked=False)


def going_on(recount: Recount, now: datetime) -> Recount:
    return _due(recount, now)


def finished(recount: Recount, launch: Launch, now: datetime) -> Recount:
    following = now if recount.asked else next_count(launch, now)
    return _due(replace(recount, tally=Tally()), following)


def next_count(launch: Launch, now: datetime) -> datetime | None:
    """None once the mails of the launch are unopened or not, no order counts for them any more, and a day has passed in
    which that was told."""
    if not launch.finished_at or deciding.wants_winner(launch):
        return _in_time(launch, now + OFTEN, now)
    over = clock.from_text(launch.finished_at)
    last = over + max(outcomes.WINDOW, launch.pins.conversion.window) + SELDOM
    return None if now >= last else min(now + (OFTEN if now < over + SELDOM else SELDOM), last)


def _in_time(launch: Launch, at: datetime, now: datetime) -> datetime:
    """Not behind the instant at which it chooses its winner."""
    return min(at, max(clock.from_text(launch.decides_at), now)) if deciding.wants_winner(launch) else at


def _due(recount: Recount, at: datetime | None) -> Recount:
    return replace(recount, due_at=clock.to_text(at) if at else "", revision=recount.revision + 1)
