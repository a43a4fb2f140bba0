"""Begin an execution, watch its sends until none is left to go, and end it.

Whether all have gone is read from the rows, never from a counter: as long as a row is ready or calling, and as long as
the index shows fewer rows than the audience had, there is something to wait for. An unknown outcome holds up nothing.
Rows of an attempt before may be of customers who have left the audience since, so that nobody knows how many there are:
a launch that took several is not over before the index has had its time. What it shows later still, a recount finds.
Messages can get lost; so where rows wait and nothing has moved since the last look, they are queued again: at once if
the queue is idle, else after a few such looks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from shopkeeper import clock
from shopkeeper.campaign import deciding, enqueue, failing, gate, recount
from shopkeeper.campaign import launch as launches
from shopkeeper.campaign.freeze import SLICES, Slice
from shopkeeper.campaign.launch import Launch
from shopkeeper.campaign.own_hours import Hours
from shopkeeper.campaign.ports import Launches, Links, Overtaken, Queue
from shopkeeper.campaign.recount import Recounts
from shopkeeper.campaign.tally import Tally, Teller
from shopkeeper.clock import Clock
from shopkeeper.mail import ledger

Next = Literal["freeze", "enqueue", "watch", "settle", "stop"]

FIRST_WAITS = (60, 120, 300)  # seconds
WAIT = 900
# Looks without any movement, after which even a busy queue is not thought to hold the messages any more.
MOST_STILL = 4
# Invocations of one execution, after which the clock starts another one. Each makes some ten events, and a retry
# three; an execution may have 25,000.
MOST_TURNS = 1_500
# An invocation of campaign_plan that saw its launch freezing may put rows until its time is up, five minutes later,
# and the index shows them a moment after that. A launch that was called off, or frozen anew, is not over before.
STRAGGLERS = timedelta(minutes=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What an execution knows, from state to state. `next` is where it goes from here; to watch is to wait `wait` s.

    It took about so many `turns` and has waited `waits` times; at the look before, `waiting` rows wanted delivery, and
    no fewer for `still` looks; that one began at `seen_at`. A look may take several invocations: `tally` says how far
    it has come.
    """

    launch: str
    attempt: int
    next: Next = "settle"
    turns: int = 0
    waits: int = 0
    wait: int = 0
    waiting: int = 0
    still: int = 0
    seen_at: str = ""
    tally: Tally = field(default_factory=Tally)
    slices: Sequence[int] = tuple(range(SLICES))
    shards: Sequence[int] = tuple(range(ledger.ACTIVITY_SHARDS))


class Settler:
    def __init__(
        self, store: Launches, teller: Teller, queue: Queue, links: Links, recounts: Recounts, now: Clock
    ) -> None:
        self._store, self._queue, self._links, self._recounts = store, queue, links, recounts
        self._teller, self._clock = teller, now

    def begin(self, watch: Watch) -> Watch:
        """To freeze, or, where that was done by an attempt before, to queue what is still to go.

        Before anybody is written down to get a mail, it is said what becomes of that mail later on.
        """
        launch = self._change(watch, lambda stands: launches.begun(stands, self._clock.now()))
        if launch is None:
            return replace(watch, next="stop")
        recount.keep(self._recounts, launch.id, self._clock.now())
        if launch.state != "freezing":
            return self._went_on(watch, launch)
        pins = launch.pins
        for letter in pins.letters:
            if letter.utm:
                self._links.tag(letter.template_ref, letter.content_ref, letter.utm)
            self._links.lead_home(f"{launch.activity}/{launch.id}", letter.content_ref, pins.home, pins.fallback)
        return replace(watch, next="freeze")

    def frozen(self, watch: Watch, parts: Sequence[Slice]) -> Watch:
        found, unreadable = sum(part.found for part in parts), sum(part.unreadable for part in parts)
        launch = self._change(watch, lambda stands: launches.frozen(stands, found, unreadable, self._clock.now()))
        if launch is None:
            return replace(watch, next="stop")
        return self._went_on(replace(watch, turns=sum(part.turns for part in parts), waiting=found), launch)

    def _went_on(self, watch: Watch, launch: Launch) -> Watch:
        """Nobody knows what became of the messages of an attempt before, and one too many does no harm."""
        if launch.rests(self._clock.now()):
            return replace(watch, next="stop")
        if launch.status != "running" or launch.pins.flow.is_gated:
            return replace(watch, next="settle")
        turns = watch.turns + _turns_to_queue(launch)
        return replace(watch, next="enqueue", turns=turns, wait=FIRST_WAITS[0], waits=1)

    def settle(self, watch: Watch, has_time: Callable[[], bool]) -> Watch:
        """One look at all rows, or as much of it as there is time for."""
        launch = self._change(watch, lambda stands: launches.alive(stands, self._clock.now()))
        if launch is None:
            return replace(watch, next="stop")
        watch = _begun(replace(watch, turns=watch.turns + 1), launch, self._clock.now())
        while not watch.tally.is_whole:
            watch = replace(watch, tally=self._teller.tell(watch.tally, launch))
            if not has_time():
                return replace(watch, next="settle")
        return self._looked(watch)

    def fail(self, watch: Watch, error: str) -> Watch:
        """A state of the machine gave up. The launch shows it, unless an attempt behind this one is at work."""
        self._change(watch, lambda stands: failing.failed(stands, error, self._clock.now()))
        return replace(watch, next="stop")

    def _looked(self, watch: Watch) -> Watch:
        now, idle = self._clock.now(), self._queue.is_idle()
        wait = watch.tally.hours.wait(_wait(watch), now)
        launch = self._change(watch, lambda stands: after_look(stands, watch, wait, now))
        if launch is None or is_at_rest(launch, watch.tally, now) or watch.turns >= MOST_TURNS:
            return replace(watch, next="stop")
        return after(watch, launch, wait, idle=idle)

    def _mine(self, watch: Watch) -> Launch | None:
        """None for an attempt that was overtaken by another, or is over."""
        launch = self._store.get(watch.launch)
        return launch if launch and launch.attempt == watch.attempt and launch.due_at else None

    def _change(self, watch: Watch, change: Callable[[Launch], Launch]) -> Launch | None:
        while True:
            stands = self._mine(watch)
            if stands is None:
                return None
            changed = change(stands)
            if changed == stands:
                return stands
            try:
                self._store.put(changed)
            except Overtaken:
                continue
            return changed


def _wait(watch: Watch) -> int:
    return (*FIRST_WAITS, WAIT)[min(watch.waits, len(FIRST_WAITS))]


def _begun(watch: Watch, launch: Launch, now: datetime) -> Watch:
    """At the first row of a look it is decided how far it may move the gate."""
    if watch.tally.as_of:
        return watch
    runs = launch.status == "running"
    opening = gate.opening(launch.pins.flow, launch.gate, _wait(watch), now) if runs else None
    return replace(watch, tally=Tally(hours=Hours(since=watch.seen_at), opening=opening))


def is_at_rest(launch: Launch, tally: Tally, now: datetime) -> bool:
    """Over, or there is nothing to do for it until its next instant."""
    return not launch.due_at or launch.rests(now) or _waits_for_its_gate(launch, tally)


def _waits_for_its_gate(launch: Launch, tally: Tally) -> bool:
    """All that may go have gone, the look let nobody else go, and nobody's own hour is to come."""
    is_shut = tally.opening is not None and not sum(tally.opening.wants)
    return (
        is_shut
        and not tally.hours.next_at
        and not _under_way(tally)
        and launch.status == "running"
        and tally.behind > 0
    )


def _under_way(tally: Tally) -> int:
    return sum(tally.counts.get(state, 0) for state in ledger.PENDING) - tally.behind


def _is_full(launch: Launch, tally: Tally) -> bool:
    """As many as may have got it, and nothing is under way that could make room: the next look gives the others up."""
    is_full = tally.opening is not None and tally.opening.is_full
    return is_full and not launch.full_at and _knows_all(launch, tally) and _waits_for_its_gate(launch, tally)


def _knows_all(launch: Launch, tally: Tally) -> bool:
    """The index shows all rows; of which one is missing now, nobody knows its place in the order."""
    return sum(tally.counts.values()) >= launch.found


def after(watch: Watch, launch: Launch, wait: int, *, idle: bool) -> Watch:
    """Where to go from a look after which there is still something to wait for."""
    wants = watch.tally.wants
    still = watch.still + 1 if 0 < wants >= watch.waiting else 0
    lets_go = watch.tally.opening is not None and sum(watch.tally.opening.wants) > 0
    came = watch.tally.hours.came > 0 and not launch.pins.flow.is_gated
    queues = launch.status == "running" and (lets_go or came or (still > 0 and (idle or still >= MOST_STILL)))
    return Watch(
        launch=watch.launch,
        attempt=watch.attempt,
        next="enqueue" if queues else "watch",
        turns=watch.turns + (_turns_to_queue(launch) if queues else 0),
        waits=watch.waits + 1,
        wait=wait,
        waiting=wants,
        still=0 if queues else still,
        seen_at=watch.tally.as_of,
    )


def _turns_to_queue(launch: Launch) -> int:
    return ledger.ACTIVITY_SHARDS + launch.found // enqueue.MOST_ROWS


def after_look(launch: Launch, watch: Watch, wait: int, now: datetime) -> Launch:
    seen = deciding.counted(launch, watch.tally.counts, watch.tally.outcomes, watch.tally.as_of)
    if is_drained(launch, watch.tally):
        return launches.settled(seen, now)
    if watch.turns >= MOST_TURNS or deciding.has_chosen(launch, seen):
        return launches.handed_over(seen, now)
    seen = _let_go(seen, watch.tally, wait, now)
    if _is_full(seen, watch.tally):
        return launches.looked(replace(seen, full_at=clock.to_text(now)), timedelta(seconds=wait), now)
    if _waits_for_its_gate(seen, watch.tally):
        return launches.rested(seen, gate.next_at(seen.pins.flow, seen.gate, now))
    return launches.looked(seen, timedelta(seconds=wait), now)


def _let_go(launch: Launch, tally: Tally, wait: int, now: datetime) -> Launch:
    """Who the first are is decided once the index shows all rows; which one is missing now might be among them."""
    flow = launch.pins.flow
    if tally.opening is None or ((flow.first or flow.is_limited) and not _knows_all(launch, tally)):
        return launch
    return replace(launch, gate=gate.moved(flow, launch.gate, tally.opening, _under_way(tally), wait, now))


def is_drained(launch: Launch, tally: Tally) -> bool:
    left = sum(tally.counts.get(state, 0) for state in ledger.PENDING)
    return not left and sum(tally.counts.values()) >= launch.found and tally.as_of >= _end_of_stragglers(launch)


def _end_of_stragglers(launch: Launch) -> str:
    """No instant where every row there can be was counted by the one attempt that froze the launch."""
    since = launch.cancelled_at or (launch.frozen_at if launch.attempt > 1 else "")
    return clock.to_text(clock.from_text(since) + STRAGGLERS) if since else ""
