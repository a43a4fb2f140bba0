"""Each recipient at the hour of the launch on their own clock. Pure.

A row is planned with its own instant, and no index knows of that: the launch looks at its rows again when the next of
these instants has come, and queues what may go by then. So its rate and its limit hold for it as for any other row, and
nothing more is written. An hour that had passed before the row was planned goes by the policy for what is past due.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil

from shopkeeper import clock, zones
from shopkeeper.campaign import calendar
from shopkeeper.campaign.launch import Launch, is_too_late
from shopkeeper.campaign.pins import SKIP
from shopkeeper.customer import habits
from shopkeeper.customer.document import Document
from shopkeeper.mail import ledger, moves
from shopkeeper.mail.ledger import Send

HOUR_PASSED = "other:hour_passed"


def planned(row: Send, launch: Launch, document: Document, now: datetime) -> Send:
    """The row with the instant at which it goes, where its launch has hours of its recipients' own."""
    schedule, hours = launch.pins.schedule, launch.pins.expires_after
    if not schedule.local or row.state != ledger.READY:
        return row
    own = habits.own_zone(document)
    zone = own or schedule.zone
    at = zones.instant(calendar.from_text(launch.wall_at), zones.zone(zone))
    evidence = {"waits": "own_hour", "zone": zone, "zone_of": "customer" if own else "workspace"}
    expires_at = clock.to_text(at + timedelta(hours=hours)) if hours else ""
    waits = replace(row, due_at=clock.to_text(at), expires_at=expires_at, evidence=json.dumps(evidence))
    if launch.pins.past_due != SKIP or not is_too_late(at, now):
        return waits
    passed = {"hour": waits.due_at, **{name: evidence[name] for name in ("zone", "zone_of")}}
    return moves.give_up(waits, HOUR_PASSED, now, passed).applied(waits)


def has_one(row: Send) -> bool:
    """And nothing has moved it since: what is put off stands in the index of what is due."""
    return row.state == ledger.READY and bool(row.due_at) and not row.due_shard


def may_go(row: Send, launch: Launch, now: datetime) -> bool:
    """By now, and where it is let go bit by bit, by when it was seen how many may."""
    since = launch.gate.opened_at if launch.pins.flow.is_gated else clock.to_text(now)
    return launch.lets_go(row) and moves.wants_delivery(row, now) and (not has_one(row) or row.due_at <= since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """What a look at the rows of a launch has found: how many hours have come `since` the look before, and which comes
    next; "" for none."""

    since: str = ""
    came: int = 0
    next_at: str = ""

    def passed(self, rows: Iterable[Send], now: datetime) -> "Hours":
        hours, instant = [row.due_at for row in rows if has_one(row)], clock.to_text(now)
        came = sum(self.since < at <= instant for at in hours)
        coming = [at for at in (self.next_at, *hours) if at > instant]
        return replace(self, came=self.came + came, next_at=min(coming, default=""))

    def wait(self, seconds: int, now: datetime) -> int:
        """Until the next look, which may be as many seconds away."""
        if not self.next_at:
            return seconds
        return max(1, min(seconds, ceil((clock.from_text(self.next_at) - now).total_seconds())))


NOT_LOOKED = Hours()
