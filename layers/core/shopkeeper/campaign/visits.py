"""What the clock does about a row that is due. Each reads the row again, so a late index costs no more.

A visit is short. It is true if there is more to do at once, which is done when others that are due had their turn.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Protocol

from shopkeeper.campaign.enqueue import Lanes
from shopkeeper.clock import Clock
from shopkeeper.mail import ledger, moves, unsent
from shopkeeper.mail.doubts import Doubts
from shopkeeper.mail.ledger import Change, Refused, Send
from shopkeeper.mail.ports import Memory


class Ledger(Protocol):
    def load(self, send_id: str) -> Send | None:
        """Read consistently."""

    def apply(self, change: Change) -> Send:
        """Raises mail.ledger.Refused where the row has moved on."""


class NobodysRecord(LookupError):
    """A record is due, and nothing here knows what for."""


class Visits:
    """`records` says who visits records of which kind, by their name."""

    def __init__(
        self,
        records: Mapping[str, Callable[[str], bool | None]],
        sends: Ledger,
        lanes: Lanes,
        doubts: Doubts,
        memory: Memory,
        shards: int,
        now: Clock,
    ) -> None:
        self._records = records
        self._sends, self._lanes, self._doubts, self._memory = sends, lanes, doubts, memory
        self._shards, self._clock = shards, now

    def record(self, key: str) -> bool:
        """Raises NobodysRecord."""
        kind, _, name = key.partition("#")
        if kind not in self._records:
            raise NobodysRecord(kind)
        return bool(self._records[kind](name))

    def send(self, send_id: str) -> bool:
        """A deferred send is queued again, a call whose caller died becomes unknown, and what is unknown is settled."""
        row = self._sends.load(send_id)
        if row is None:
            return False
        if then := self._visit(row):
            with suppress(Refused):  # It has moved on by itself.
                unsent.tell([self._sends.apply(then)], self._memory)
        return False

    def _visit(self, row: Send) -> Change | None:
        now = self._clock.now()
        if row.state == ledger.UNKNOWN:
            return self._doubts.settle(row, now)
        visit = moves.visit(row, now, self._shards)
        if visit.queue:
            self._lanes.queue(row)
        return visit.then
