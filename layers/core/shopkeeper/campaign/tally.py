"""A count of the rows of a launch, which may be made a part at a time.

A look of an execution and a recount by the clock are the same count. All rows of it are judged as of the instant at
which it began, so the numbers do not depend on how many parts it took; what has happened to a row since is in them.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from shopkeeper import clock
from shopkeeper.campaign import gate, outcomes
from shopkeeper.campaign.flow import Flow
from shopkeeper.campaign.gate import Opening
from shopkeeper.campaign.launch import Launch
from shopkeeper.campaign.own_hours import NOT_LOOKED, Hours
from shopkeeper.campaign.ports import Ledger
from shopkeeper.clock import Clock
from shopkeeper.mail import ledger, moves, unsent
from shopkeeper.mail.doubts import RINGS_AFTER
from shopkeeper.mail.ledger import Refused, Send
from shopkeeper.mail.ports import Memory

STOPPED, EXPIRED, LIMIT, BUDGET = "other:stopped", "other:expired", "other:limit", "other:budget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What was counted since `as_of`, "" before it began: up to the row `after` of a shard, and all shards before.

    `counts` are rows by state, of which `wants` want delivery and `in_doubt` have been unknown for two hours;
    `outcomes` are the numbers of the report. `behind` are ready and may not go yet, which no `wants` counts; the gate
    of the launch is moved on by the `opening`, if there is one. `hours` are those of its recipients' own.
    """

    as_of: str = ""
    shard: int = 0
    after: str = ""
    rows: int = 0
    wants: int = 0
    in_doubt: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    outcomes: Mapping[str, int] = field(default_factory=dict)
    behind: int = 0
    opening: Opening | None = None
    hours: Hours = NOT_LOOKED

    @property
    def is_whole(self) -> bool:
        return self.shard == ledger.ACTIVITY_SHARDS


class Teller:
    """`doubts` is told of each launch and count that finds sends in doubt."""

    def __init__(self, sends: Ledger, memory: Memory, now: Clock, doubts: Callable[[str, int], None]) -> None:
        self._sends, self._memory, self._clock, self._doubts = sends, memory, now, doubts

    def tell(self, tally: Tally, launch: Launch) -> Tally:
        """One more page of a tally that is not whole. Rows that are ready are settled on the way: those of a launch
        that was called off are stopped, and what has expired waits no more, also of one that is paused. What was not
        sent is told, by whomever it was stopped, and who was held out."""
        told = self._page(tally, launch)
        if told.is_whole and told.in_doubt:
            self._doubts(launch.id, told.in_doubt)
        return told

    def _page(self, tally: Tally, launch: Launch) -> Tally:
        now = self._clock.now()
        as_of = tally.as_of or clock.to_text(now)
        shard = ledger.activity_shard(launch.activity, launch.id, tally.shard)
        rows, after = self._sends.of_shard(shard, tally.after)
        rows = [self._settled(row, launch, now) for row in rows]
        unsent.tell((row for row in rows if _is_news(row, launch)), self._memory)
        return replace(
            tally,
            as_of=as_of,
            shard=tally.shard + (not after),
            after=after,
            rows=tally.rows + len(rows),
            wants=tally.wants + sum(moves.wants_delivery(row, now) and launch.lets_go(row) for row in rows),
            hours=tally.hours.passed(rows, now),
            behind=tally.behind + sum(row.state == ledger.READY and not launch.lets_go(row) for row in rows),
            opening=tally.opening and gate.passed(tally.opening, tally.shard, _decided(rows, launch), now),
            in_doubt=tally.in_doubt + sum(is_in_doubt(row, now) for row in rows),
            counts=dict(Counter(tally.counts) + Counter(row.state for row in rows)),
            outcomes=dict(outcomes.added(tally.outcomes, outcomes.count(rows, clock.from_text(as_of)))),
        )

    def _settled(self, row: Send, launch: Launch, now: datetime) -> Send:
        reason = _end(row, launch, now)
        if not reason or row.state != ledger.READY:
            return row
        try:
            return self._sends.apply(moves.give_up(row, reason, now, _evidence(reason, row, launch.pins.flow)))
        except Refused as refused:  # It has moved on since the index saw it.
            return refused.row or row


def _decided(rows: Sequence[Send], launch: Launch) -> Sequence[Send]:
    """As if the others were not there yet."""
    return [row for row in rows if not launch.leaves_open(row)]


def _end(row: Send, launch: Launch, now: datetime) -> str:
    """Why it will not go any more, if it has not gone; "" if it may."""
    if launch.state == "cancelled":
        return STOPPED
    if moves.has_expired(row, now):
        return EXPIRED
    return limit(launch.pins.flow) if launch.full_at and not launch.lets_go(row) else ""


def limit(flow: Flow) -> str:
    """Why it goes to no more."""
    return BUDGET if flow.spends_all else LIMIT


def _evidence(reason: str, row: Send, flow: Flow) -> dict[str, str] | None:
    if reason == BUDGET and (spent := flow.budget):
        return {"amount": str(spent.amount), "currency": spent.currency, "mails": str(spent.mails)}
    return {"expires_at": row.expires_at} if reason == EXPIRED else None


def _is_news(row: Send, launch: Launch) -> bool:
    """Since the last count that came to its end began. Whoever died over a row has left it to the next one."""
    ended_at = {ledger.NOT_SENT: row.not_sent_at, ledger.HELD_OUT: row.planned_at}.get(row.state)
    return ended_at is not None and ended_at >= launch.as_of


def is_in_doubt(row: Send, now: datetime) -> bool:
    return row.state == ledger.UNKNOWN and row.call_started_at <= clock.to_text(now - RINGS_AFTER)
