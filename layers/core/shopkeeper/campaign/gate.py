"""How many sends of a launch may go by now.

The rows of a launch have an order that never changes: by shard, and within it by `send_id`, which is a digest. A gate
stands at a place of that order. What lies before it may go; what lies behind is ready, and nobody queues it. A look at
the rows moves the gate on by as many as may go until the next look. So who is among the first 200, and who is not, is
the same whenever one asks. A place permits, and says nothing of how far the launch has come: that is read from rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shopkeeper import clock
from shopkeeper.campaign.flow import ALL, Flow
from shopkeeper.mail import ledger, moves
from shopkeeper.mail.ledger import Send

_DAY = timedelta(days=1)
_NOBODY = (0,) * ledger.ACTIVITY_SHARDS
_TAKES_NOTHING = frozenset({ledger.NOT_SENT, ledger.HELD_OUT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Rows up to the place `until` may go, "" for none. It was moved there at `opened_at`, for so many seconds; `ahead`
    is how many rows of the shards before each one that was for. On `day` of the ramp `of_day` were let go. The first
    could go at `first_at`, a look saw at `first_gone_at` that they have, and the others could at `went_on_at`."""

    until: str = ""
    opened_at: str = ""
    lasts: int = 0
    ahead: tuple[int, ...] = _NOBODY
    day: int = 0
    of_day: int = 0
    first_at: str = ""
    first_gone_at: str = ""
    went_on_at: str = ""

    def is_open(self, now: datetime) -> bool:
        """What it was opened for is not over."""
        return bool(self.lasts) and now < clock.from_text(self.opened_at) + timedelta(seconds=self.lasts)

    def lets_go(self, row: Send) -> bool:
        return place(row) <= self.until


SHUT = Gate()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The gate on its way, row by row: `most` that want delivery may lie before it, `most_fresh` of them behind the
    gate there is, `most_rows` of all, and `most_taken` that are sent or may be yet: what is not sent makes room again.
    `is_full`: that is what keeps it from moving on."""

    most: int
    most_fresh: int
    most_rows: int
    most_taken: int
    since: str
    until: str = ""
    rows: int = 0
    fresh: int = 0
    wants: tuple[int, ...] = _NOBODY
    taken: int = 0
    is_at_end: bool = False
    is_full: bool = False


def place(row: Send) -> str:
    return f"{row.activity_shard.rpartition('#')[2]}/{row.send_id}"


def goes_on_at(flow: Flow, gate: Gate) -> str:
    """When the others go, if that is known."""
    if flow.first is None or gate.went_on_at or not gate.first_at or flow.first.then == "wait":
        return gate.went_on_at
    return clock.to_text(clock.from_text(gate.first_at) + timedelta(minutes=flow.first.then))


def opening(flow: Flow, gate: Gate, seconds: int, now: datetime) -> Opening | None:
    """For a look that is `seconds` before the next one. None where the gate is open still, or there is none."""
    if not flow.is_gated or gate.is_open(now):
        return None
    return Opening(
        most=max(flow.rate * seconds // 60, 1) if flow.rate else ALL,
        most_fresh=_left_of_day(flow, gate, now),
        most_rows=flow.first.count if flow.first and not _all_may(flow, gate, now) else ALL,
        most_taken=flow.most_in_all,
        since=gate.until,
    )


def passed(on: Opening, shard: int, rows: Sequence[Send], now: datetime) -> Opening:
    """Behind these rows of the shard, which come next in the order; or at the last one that may go."""
    for row in rows if not on.is_at_end else ():
        on = _passed(on, shard, row, now)
        if on.is_at_end:
            break
    return on


def _passed(on: Opening, shard: int, row: Send, now: datetime) -> Opening:
    wanted, takes = moves.wants_delivery(row, now), row.state not in _TAKES_NOTHING
    is_fresh = wanted and place(row) > on.since
    if takes and on.taken == on.most_taken:
        return replace(on, is_at_end=True, is_full=True)
    if on.rows == on.most_rows or sum(on.wants) + wanted > on.most or on.fresh + is_fresh > on.most_fresh:
        return replace(on, is_at_end=True)
    wants = tuple(each + wanted * (number == shard) for number, each in enumerate(on.wants))
    taken, fresh = on.taken + takes, on.fresh + is_fresh
    return replace(on, wants=wants, fresh=fresh, taken=taken, until=place(row), rows=on.rows + 1)


def moved(flow: Flow, gate: Gate, on: Opening, under_way: int, seconds: int, now: datetime) -> Gate:
    """Where the opening came to, for so many seconds; what has a rate is spread over them. `under_way` are the rows
    before the gate there was that have not come to an end."""
    at, day = clock.to_text(now), _day(gate, now)
    return Gate(
        until=on.until,
        opened_at=at,
        lasts=seconds if flow.rate else 0,
        ahead=tuple(sum(on.wants[:shard]) for shard in range(ledger.ACTIVITY_SHARDS)),
        day=day,
        of_day=on.fresh + (gate.of_day if gate.day == day else 0),
        first_at=gate.first_at or at,
        first_gone_at=gate.first_gone_at or (at if _first_have_gone(flow, on, under_way) else ""),
        went_on_at=goes_on_at(flow, gate) if _all_may(flow, gate, now) else gate.went_on_at,
    )


def _first_have_gone(flow: Flow, on: Opening, under_way: int) -> bool:
    """All of them were let go, and none could go now. Who waits for the morning, or for room under a cap, holds the
    others up only as long as nobody has been written to."""
    if flow.first is None or on.rows < flow.first.count or any(on.wants):
        return False
    return not under_way or on.taken > under_way


def next_at(flow: Flow, gate: Gate, now: datetime) -> str:
    """When the gate can next be moved by nothing but time, once all before it have gone; "" for never."""
    tomorrow = clock.to_text(clock.from_text(gate.first_at) + _DAY * gate.day) if flow.ramp and gate.first_at else ""
    if _all_may(flow, gate, now):
        return tomorrow
    return min(filter(None, (goes_on_at(flow, gate), "" if gate.first_gone_at else tomorrow)), default="")


def delay(flow: Flow, gate: Gate, shard: int, number: int, now: datetime) -> int:
    """Of the n-th row that is queued from a shard, in seconds: so that they go one after another."""
    if not flow.rate or not gate.is_open(now):
        return 0
    gone = (now - clock.from_text(gate.opened_at)).total_seconds()
    return max(0, min(int((gate.ahead[shard] + number) * 60 / flow.rate - gone), gate.lasts, 900))


def _all_may(flow: Flow, gate: Gate, now: datetime) -> bool:
    at = goes_on_at(flow, gate)
    return flow.first is None or (bool(at) and at <= clock.to_text(now))


def _day(gate: Gate, now: datetime) -> int:
    return 1 + (now - clock.from_text(gate.first_at)) // _DAY if gate.first_at else 1


def _left_of_day(flow: Flow, gate: Gate, now: datetime) -> int:
    if flow.ramp is None:
        return ALL
    day = _day(gate, now)
    return max(0, flow.ramp.of_day(day) - (gate.of_day if gate.day == day else 0))
