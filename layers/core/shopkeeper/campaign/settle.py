"""Begin an execution, watch its sends until none is left to go, and end it.

Whether all have gone is read from the rows, never from a counter: as long as a row is ready or calling, and as long as
the index shows fewer rows than the audience had, there is something to wait for. An unknown outcome holds up nothing.
Messages can get lost; so where rows wait and nothing has moved since the last look, they are queued again: at once if
the queue is idle, else after a few such looks.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from shopkeeper.campaign import launch as launches
from shopkeeper.campaign import outcomes
from shopkeeper.campaign.freeze import SLICES
from shopkeeper.campaign.launch import Launch
from shopkeeper.campaign.ports import Launches, Ledger, Overtaken, Queue
from shopkeeper.clock import Clock
from shopkeeper.mail import ledger, moves
from shopkeeper.mail.ledger import Refused, Send

Next = Literal["freeze", "enqueue", "watch", "settle", "stop"]

FIRST_WAITS = (60, 120, 300)  # seconds
WAIT = 900
# Looks without any movement, after which even a busy queue is not thought to hold the messages any more.
MOST_STILL = 4
# An execution may have 25,000 events; the clock starts another one long before.
MOST_WAITS = 500
STOPPED = "other:stopped"
_LATE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What an execution knows, from state to state. `next` is where it goes from here; to watch is to wait `wait` s.

    It has waited `waits` times; at the look before, `waiting` rows wanted delivery, and no fewer for `still` looks. A
    look may take several invocations: `shard` and `after` say how far it has come, `counts` what it has seen, by
    state, `wants` how many of these want delivery, and `outcomes` are the numbers of the report.
    """

    launch: str
    attempt: int
    next: Next = "settle"
    waits: int = 0
    wait: int = 0
    waiting: int = 0
    still: int = 0
    shard: int = 0
    after: str = ""
    wants: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    outcomes: Mapping[str, int] = field(default_factory=dict)
    slices: Sequence[int] = tuple(range(SLICES))
    shards: Sequence[int] = tuple(range(ledger.ACTIVITY_SHARDS))


class Settler:
    def __init__(self, store: Launches, sends: Ledger, queue: Queue, now: Clock) -> None:
        self._store, self._sends, self._queue, self._clock = store, sends, queue, now

    def begin(self, watch: Watch) -> Watch:
        """To freeze, or, where that was done by an attempt before, to watch."""
        launch = self._change(watch, lambda stands: launches.begun(stands, self._clock.now()))
        if launch is None:
            return replace(watch, next="stop")
        return replace(watch, next="freeze" if launch.state == "freezing" else "settle")

    def frozen(self, watch: Watch, found: int, unreadable: int) -> Watch:
        launch = self._change(watch, lambda stands: launches.frozen(stands, found, unreadable, self._clock.now()))
        if launch is None:
            return replace(watch, next="stop")
        if launch.state != "running":
            return replace(watch, next="settle")
        return replace(watch, next="enqueue", wait=FIRST_WAITS[0], waits=1, waiting=found)

    def settle(self, watch: Watch, has_time: Callable[[], bool]) -> Watch:
        """One look at all rows, or as much of it as there is time for."""
        launch = self._mine(watch)
        if launch is None:
            return replace(watch, next="stop")
        while watch.shard < ledger.ACTIVITY_SHARDS:
            watch = self._page(watch, launch)
            if not has_time():
                return replace(watch, next="settle")
        return self._looked(watch)

    def fail(self, watch: Watch, error: str) -> Watch:
        """A state of the machine gave up. The launch shows it, unless an attempt behind this one is at work."""
        self._change(watch, lambda stands: launches.failed(stands, error, self._clock.now()))
        return replace(watch, next="stop")

    def _page(self, watch: Watch, launch: Launch) -> Watch:
        shard = ledger.activity_shard(launch.activity, launch.id, watch.shard)
        rows, after = self._sends.of_shard(shard, watch.after)
        now = self._clock.now()
        if launch.state == "cancelled":
            self._stop([row for row in rows if row.state == ledger.READY], now)
        return replace(
            watch,
            shard=watch.shard + (not after),
            after=after,
            wants=watch.wants + sum(moves.wants_delivery(row, now) for row in rows),
            counts=dict(Counter(watch.counts) + Counter(row.state for row in rows)),
            outcomes=dict(Counter(watch.outcomes) + outcomes.count(rows, now)),
        )

    def _stop(self, rows: Sequence[Send], now: datetime) -> None:
        for row in rows:
            with suppress(Refused):  # The row has moved on since the index saw it.
                self._sends.apply(moves.give_up(row, STOPPED, now))

    def _looked(self, watch: Watch) -> Watch:
        now, idle = self._clock.now(), self._queue.is_idle()
        wait = (*FIRST_WAITS, WAIT)[min(watch.waits, len(FIRST_WAITS))]
        again_at = now + timedelta(seconds=wait) + _LATE
        launch = self._change(watch, lambda stands: after_look(stands, watch, now, again_at))
        if launch is None or not launch.due_at or watch.waits >= MOST_WAITS:
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


def after(watch: Watch, launch: Launch, wait: int, *, idle: bool) -> Watch:
    """Where to go from a look after which there is still something to wait for."""
    still = watch.still + 1 if 0 < watch.wants >= watch.waiting else 0
    queues = launch.state == "running" and still > 0 and (idle or still >= MOST_STILL)
    return Watch(
        launch=watch.launch,
        attempt=watch.attempt,
        next="enqueue" if queues else "watch",
        waits=watch.waits + 1,
        wait=wait,
        waiting=watch.wants,
        still=0 if queues else still,
    )


def after_look(launch: Launch, watch: Watch, now: datetime, again_at: datetime) -> Launch:
    if is_drained(launch, watch):
        return launches.settled(_seen(launch, watch, now), now)
    return launches.looked(_seen(launch, watch, now), now if watch.waits >= MOST_WAITS else again_at)


def _seen(launch: Launch, watch: Watch, now: datetime) -> Launch:
    return launches.counted(launch, watch.counts, watch.outcomes, now)


def is_drained(launch: Launch, watch: Watch) -> bool:
    """A cancelled launch is looked at twice: a slice may have been at its last page when it was cancelled."""
    left = sum(watch.counts.get(state, 0) for state in ledger.PENDING)
    looked_enough = launch.state != "cancelled" or watch.waits > 0
    return not left and sum(watch.counts.values()) >= launch.found and looked_enough
