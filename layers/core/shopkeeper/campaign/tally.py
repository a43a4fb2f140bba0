"""A count of the rows of a launch, which may be made a part at a time.

A look of an execution and a recount by the clock are the same count. All rows of it are judged as of the instant at
which it began, so the numbers do not depend on how many parts it took; what has happened to a row since is in them.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from shopkeeper import clock
from shopkeeper.campaign import outcomes
from shopkeeper.campaign.launch import Launch
from shopkeeper.campaign.ports import Ledger
from shopkeeper.clock import Clock
from shopkeeper.mail import ledger, moves
from shopkeeper.mail.ledger import Refused, Send

STOPPED = "other:stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What was counted since `as_of`, "" before it began: up to the row `after` of a shard, and all shards before.

    `counts` are rows by state, of which `wants` want delivery, and `outcomes` are the numbers of the report.
    """

    as_of: str = ""
    shard: int = 0
    after: str = ""
    rows: int = 0
    wants: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    outcomes: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        return self.shard == ledger.ACTIVITY_SHARDS


class Teller:
    def __init__(self, sends: Ledger, now: Clock) -> None:
        self._sends, self._clock = sends, now

    def tell(self, tally: Tally, launch: Launch) -> Tally:
        """One more page of a tally that is not whole. Rows of a launch that was called off are stopped on the way."""
        now = self._clock.now()
        as_of = tally.as_of or clock.to_text(now)
        shard = ledger.activity_shard(launch.activity, launch.id, tally.shard)
        rows, after = self._sends.of_shard(shard, tally.after)
        if launch.state == "cancelled":
            rows = [self._stopped(row, now) for row in rows]
        return replace(
            tally,
            as_of=as_of,
            shard=tally.shard + (not after),
            after=after,
            rows=tally.rows + len(rows),
            wants=tally.wants + sum(moves.wants_delivery(row, now) for row in rows),
            counts=dict(Counter(tally.counts) + Counter(row.state for row in rows)),
            outcomes=dict(Counter(tally.outcomes) + outcomes.count(rows, clock.from_text(as_of))),
        )

    def _stopped(self, row: Send, now: datetime) -> Send:
        if row.state != ledger.READY:
            return row
        try:
            return self._sends.apply(moves.give_up(row, STOPPED, now))
        except Refused as refused:  # It has moved on since the index saw it.
            return refused.row or row
