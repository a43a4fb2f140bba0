"""Who stands behind a number of a report, page by page."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from typing_extensions import TypedDict

from shopkeeper.campaign import hits, outcomes, sales
from shopkeeper.campaign.launch import Launch
from shopkeeper.customer.amounts import Amount, amounts
from shopkeeper.customer.requests import BadRequest
from shopkeeper.mail import ledger
from shopkeeper.mail.credited import Credit
from shopkeeper.mail.ledger import Send

START = ("0", "")
# A rare outcome is looked for in so many rows at a time; a page may therefore be short, or empty, and not the last.
MOST_ROWS = 2_000

_BY: Mapping[str, str] = {"clicked": "u", "clicked_unknown": "?", "clicked_any": "um?"}
"""By whom a link was followed, as `hits.kinds` names it."""
_NUMBER = re.compile(r"0|[1-9][0-9]{0,4}")

Place = tuple[str, str]
"""The shard, and the send in it behind which to go on."""


class Pages(Protocol):
    def of_shard(self, activity_shard: str, after: str = "") -> tuple[Sequence[Send], str]: ...


class Who(NamedTuple):
    """Those who count under a name of outcomes.NAMES; with a `variant` as far as they get, or got, that letter, and
    with a `link` as far as they followed the one of that number."""

    outcome: str
    variant: str = ""
    link: str = ""

    def is_meant(self, row: Send, overdue: str) -> bool:
        is_counted = self.variant in ("", row.variant) and self.outcome in outcomes.names(row, overdue)
        return is_counted and (not self.link or self._followed(row))

    def _followed(self, row: Send) -> bool:
        return not {f"{by}{self.link}" for by in _BY[self.outcome]}.isdisjoint(hits.kinds(row))


class Fate(TypedDict):
    """What became of a send: `outcome` is the rung of the report's ladder, `state` that of the ledger. `evidence` is
    what a `reason`, or waiting until `waits_until`, rests on; `blocks` which variant of each block the letter has. Of
    so many `unjudged` hits nobody can say, or not yet, whether a person made them."""

    customer_id: str
    outcome: str
    variant: str | None
    blocks: dict[str, str] | None
    state: str
    reason: str | None
    evidence: dict[str, str] | None
    waits_until: str | None
    attempt: int
    planned_at: str
    accepted_at: str | None
    delivered_at: str | None
    bounced_at: str | None
    complained_at: str | None
    not_sent_at: str | None
    opened_at: str | None
    opened_machine_at: str | None
    clicked_at: str | None
    clicked_machine_at: str | None
    unjudged: int
    unsubscribed_at: str | None


class OrderView(TypedDict):
    """Of a letter: what is left of it after refunds. `revenue` is null where no usable amount is known."""

    at: str
    revenue: Amount | None
    currency: str | None
    units: int


class Recipient(Fate):
    """`orders` count for it. `evidence` is what a `reason`, or waiting until `waits_until`, rests on: of a cap which
    one, how many there were, and when there is room."""

    send_id: str
    orders: list[OrderView]


def recipients(
    launch: Launch, pages: Pages, who: Who, limit: int, now: datetime, after: Sequence[str] = START
) -> tuple[list[Send], Place | None]:
    """At most `limit` of them, and where to go on, None at the end. Raises BadRequest for who is nobody of this launch,
    and for an `after` that no page gave out."""
    _check(launch, who)
    overdue, (shard, last) = outcomes.overdue(now), _place(after)
    found: list[Send] = []
    looked = 0
    while shard < ledger.ACTIVITY_SHARDS and looked < MOST_ROWS:
        rows, following = pages.of_shard(ledger.activity_shard(launch.activity, launch.id, shard), last)
        for row in rows:
            if who.is_meant(row, overdue):
                found.append(row)
            if len(found) == limit:
                return found, (str(shard), row.send_id)
        looked += len(rows)
        shard, last = (shard, following) if following else (shard + 1, "")
    return found, (str(shard), last) if shard < ledger.ACTIVITY_SHARDS else None


def _check(launch: Launch, who: Who) -> None:
    if who.outcome not in outcomes.NAMES:
        raise BadRequest([("outcome", f"there are {', '.join(outcomes.NAMES)}")])
    if who.link and who.outcome not in _BY:
        raise BadRequest([("link", f"is for {' and '.join(_BY)} alone")])
    if who.link and not _NUMBER.fullmatch(who.link):
        raise BadRequest([("link", "is the number of a link, as the report has it")])
    variants = [each.id for each in launch.pins.variants]
    if who.variant and who.variant not in variants:
        raise BadRequest([("variant", f"there are {', '.join(variants) or 'none'}")])


def _place(after: Sequence[str]) -> tuple[int, str]:
    shard, last = after
    if shard not in map(str, range(ledger.ACTIVITY_SHARDS)):
        raise BadRequest([("cursor", "is none that this list gave out")])
    return int(shard), last


def shown(send: Send, now: datetime) -> Recipient:
    return {"send_id": send.send_id, "orders": [_order(each) for each in sales.standing(send)], **fate(send, now)}


def _order(said: Credit) -> OrderView:
    priced = amounts({said.currency: said.minor_units})[said.currency] if said.currency else None
    return {"at": said.at, "revenue": priced, "currency": said.currency or None, "units": said.units}


def fate(send: Send, now: datetime) -> Fate:
    waits = send.state == ledger.READY and not send.queued_at
    return {
        "customer_id": send.customer_id,
        "outcome": next(outcomes.names(send, outcomes.overdue(now))),
        "variant": send.variant or None,
        "blocks": json.loads(send.blocks) if send.blocks else None,
        "state": send.state,
        "reason": send.reason or None,
        "evidence": json.loads(send.evidence) if send.evidence else None,
        "waits_until": (send.due_at or None) if waits else None,
        "attempt": send.attempt,
        "planned_at": send.planned_at,
        "accepted_at": send.accepted_at or None,
        "delivered_at": send.delivered_at or None,
        "bounced_at": send.bounced_at or None,
        "complained_at": send.complained_at or None,
        "not_sent_at": send.not_sent_at or None,
        "opened_at": send.opened_at or None,
        "opened_machine_at": send.opened_machine_at or None,
        "clicked_at": send.clicked_at or None,
        "clicked_machine_at": send.clicked_machine_at or None,
        "unjudged": len(hits.unjudged(send)),
        "unsubscribed_at": send.unsubscribed_at or None,
    }
