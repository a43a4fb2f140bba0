"""The ids of rows that are ready into the queues of mail_send: one for each lane.

A message names a few sends, so that a million recipients take 20,000 requests. It says nothing but ids: what is to
become of a send stands in its row, and a message too many does no harm.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from shopkeeper.campaign import gate, own_hours
from shopkeeper.campaign.at_work import at_work
from shopkeeper.campaign.flow import Flow
from shopkeeper.campaign.launch import Launch
from shopkeeper.campaign.ports import Holds, Launches, Ledger, Queue
from shopkeeper.clock import Clock
from shopkeeper.consent.classes import TRANSACTIONAL
from shopkeeper.mail import ledger
from shopkeeper.mail.ledger import Send

SENDS_PER_MESSAGE = 5
# Rows queued by one invocation, if there is time for as many.
MOST_ROWS = 25_000


@dataclass(frozen=True, slots=True)
class Lanes:
    """A receipt never stands behind a million newsletters: it has a queue of its own, and senders of its own."""

    marketing: Queue
    transactional: Queue

    def queue(self, row: Send) -> None:
        """Into the lane of its class."""
        lane = self.transactional if row.mail_class == TRANSACTIONAL else self.marketing
        lane.send(list(messages([row.send_id])))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """How far a shard of the activity has come, as the execution keeps it. `more`: it is not at its end."""

    launch: str
    attempt: int
    shard: int
    after: str = ""
    queued: int = 0
    more: bool = True


class Enqueuer:
    """`queue` is that of the marketing lane: no campaign is transactional."""

    def __init__(self, launches: Launches, sends: Ledger, queue: Queue, holds: Holds, now: Clock) -> None:
        self._launches, self._sends, self._queue, self._holds, self._clock = launches, sends, queue, holds, now

    def enqueue(self, part: Shard, has_time: Callable[[], bool]) -> Shard:
        """The shard as far as time and measure allow. A launch that no longer runs ends it, and one that is paused or
        held: the next look at its rows comes back to them."""
        launch = at_work(self._launches, part, "running", self._clock)
        if launch is None or not self._goes(launch):
            return replace(part, more=False)
        seen = 0
        while part.more and seen < MOST_ROWS and (not seen or has_time()):
            part, rows = self._page(part, launch)
            seen += rows
        return part

    def _goes(self, launch: Launch) -> bool:
        if launch.status != "running":
            return False
        return not self._holds.get(launch.activity, launch.id).stops(self._clock.now())

    def _page(self, part: Shard, launch: Launch) -> tuple[Shard, int]:
        shard = ledger.activity_shard(launch.activity, launch.id, part.shard)
        rows, after = self._sends.of_shard(shard, part.after)
        now = self._clock.now()
        waiting = [row.send_id for row in rows if own_hours.may_go(row, launch, now)]
        flow, size = launch.pins.flow, _size(launch.pins.flow)
        numbers = range(part.queued, part.queued + len(waiting), size)
        delays = [gate.delay(flow, launch.gate, part.shard, number, now) for number in numbers]
        self._queue.send(list(messages(waiting, size)), delays)
        return replace(part, after=after, queued=part.queued + len(waiting), more=bool(after)), max(len(rows), 1)


def _size(flow: Flow) -> int:
    """With a rate a message is for five seconds at most."""
    return max(1, min(SENDS_PER_MESSAGE, flow.rate * 5 // 60)) if flow.rate else SENDS_PER_MESSAGE


def messages(send_ids: Sequence[str], size: int = SENDS_PER_MESSAGE) -> Iterator[bytes]:
    for first in range(0, len(send_ids), size):
        yield json.dumps({"send_ids": send_ids[first : first + size]}).encode()
