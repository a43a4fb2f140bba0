"""The ledger: one row of the Sends table per recipient, activity, step and occurrence, written before any act.

    ready -> calling -> accepted -> (delayed) -> delivered | soft_bounced | hard_bounced | complained
      ^ ^       |-> unknown -> accepted, when SES's own events tell
      | |-------|     |                  a definite no of SES that may heal
      |---------------|-> not_sent       SES has told nothing of it, and would have: see `mail.doubts`
    ready | calling -> not_sent          with the reason; held_out is planned as such and stays
    not_sent (malformed) -> ready        by one more attempt: see `mail.attempts`

The fence goes up with each claim and each deferral, so that whoever has read the row before is too late.

Every function of `mail.moves` is pure and gives a `Change`: one conditional update, carried out whole or not at all.
`Change.fits` and `Change.applied` say what the update does; the adapter and the fakes of the tests do the same.

Ranks make the provider's word monotonic: a change of his takes hold only where the rank is lower, so a late
*delivered* never erases *complained*. Our own verdict `not_sent` ranks with unknown, because evidence of the provider
corrects it; his verdict `not_sent` (a Reject, a suppression list) is the last word and so is `held_out`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from shopkeeper import clock, ids
from shopkeeper.consent.classes import MARKETING
from shopkeeper.mail.credited import Credit

SCHEMA = 1
ACTIVITY_SHARDS = 8

READY = "ready"
CALLING = "calling"
UNKNOWN = "unknown"
ACCEPTED = "accepted"
DELAYED = "delayed"
DELIVERED = "delivered"
SOFT_BOUNCED = "soft_bounced"
HARD_BOUNCED = "hard_bounced"
COMPLAINED = "complained"
NOT_SENT = "not_sent"
HELD_OUT = "held_out"

RANKS: Mapping[str, int] = {
    READY: 1,
    CALLING: 2,
    UNKNOWN: 3,
    NOT_SENT: 3,
    ACCEPTED: 4,
    DELAYED: 5,
    DELIVERED: 6,
    SOFT_BOUNCED: 7,
    HARD_BOUNCED: 8,
    COMPLAINED: 9,
    HELD_OUT: 10,
}
LAST_WORD = 10
PENDING = frozenset({READY, CALLING})  # They hold up a launch; each ends, by the next delivery or by the clock.
AT_PROVIDER = frozenset({ACCEPTED, DELAYED, DELIVERED, SOFT_BOUNCED, HARD_BOUNCED, COMPLAINED})
"""States in which SES has taken the mail."""

MESSAGE = "message:"
"""So begins the activity of what is sent to one customer alone, by `POST /v1/messages`."""
JOURNEY = "journey:"
"""And that of a journey, whose mails are planned run by run."""

MALFORMED, DO_NOT_CONTACT, OTHER = "malformed", "do_not_contact", "other"
MERGED = f"{OTHER}:merged"
"""For another send of the same letter to the same person."""
LOCAL, PROVIDER = "local", "provider"
"""Whose verdict it is that a mail was not sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """A row. Instants are text as `clock.to_text` writes it; empty where there is none, and then not stored.

    `reason` is category and detail, e.g. `do_not_contact:no_consent` or `other:render: traits.city`; `evidence`, JSON
    text, is what it rests on; `earlier`, JSON text too, is what each attempt before this one came to. `template` and
    `brand` are `<id>#<version>`; `variant` is what an activity of several letters calls this one. `address_key` is that
    of the address which the last call was for, as `contact.address_key` gives it: the row does not hold the address
    itself. `refused_at` is when SES last refused it for what may not lie with it. `queued_at` is when it was last
    queued, of what may go before it is due: then the clock only looks whether it has gone. `unheard_at` is when it was
    found that SES had not taken it, though its answer was lost; `second_message_id` is SES's name of a second mail,
    which there should never be. `hits` are opens and followed links, each once, as `customer.outcomes` names them; of
    those that are `unjudged`, by their marks, it is not said, or not yet, who made them. `orders` count for it, see
    `campaign.crediting`. `destinations` and `blocks`, JSON text, are where links made for this recipient lead, and
    which variant of each block the last call was for. `offer`, JSON text too, is what a mail of a journey offers.
    """

    send_id: str
    customer_id: str
    activity: str
    step: str
    occurrence: str
    activity_shard: str
    template: str = ""
    content_ref: str = ""
    variant: str = ""
    brand: str = ""
    topic: str = ""
    mail_class: str = MARKETING
    state: str = READY
    rank: int = RANKS[READY]
    fence: int = 0
    attempt: int = 1
    earlier: str = ""
    planned_at: str = ""
    expires_at: str = ""
    claim_id: str = ""
    lease_until: str = ""
    call_started_at: str = ""
    address_key: str = ""
    due_shard: str = ""
    due_at: str = ""
    queued_at: str = ""
    ses_message_id: str = ""
    reason: str = ""
    evidence: str = ""
    failure_source: str = ""
    not_sent_at: str = ""
    refused_at: str = ""
    unheard_at: str = ""
    second_message_id: str = ""
    accepted_at: str = ""
    delayed_at: str = ""
    delivered_at: str = ""
    bounced_at: str = ""
    complained_at: str = ""
    opened_at: str = ""
    opened_machine_at: str = ""
    clicked_at: str = ""
    clicked_machine_at: str = ""
    unsubscribed_at: str = ""
    destinations: str = ""
    blocks: str = ""
    offer: str = ""
    hits: frozenset[str] = frozenset()
    unjudged: frozenset[str] = frozenset()
    orders: tuple[Credit, ...] = ()
    schema: int = SCHEMA

    @property
    def is_message(self) -> bool:
        return self.activity.startswith(MESSAGE)

    @property
    def is_alone(self) -> bool:
        """A message, or of a journey: no launch looks after it, so the clock does until it has gone."""
        return self.activity.startswith((MESSAGE, JOURNEY))

    @property
    def names(self) -> dict[str, str]:
        """Of the letter, as all that is said of it carries them."""
        return {name: getattr(self, name) for name in ("send_id", "activity", "step", "occurrence")}

    @property
    def letter(self) -> dict[str, str]:
        """Which of several it is, as the claim writes it down: it may have been left open until then."""
        names = ("template", "content_ref", "variant") if self.variant else ()
        return {name: getattr(self, name) for name in names}


ATTRIBUTES = tuple(each.name for each in fields(Send) if each.name != "orders")
Value = str | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One conditional update of one row that exists.

    `puts` are set and `drops` are removed. The row must be in one of `states` (empty: any), its fence must be `fence`
    if that is given, and what `expects` names must be what it says, empty for what is not there.
    """

    send_id: str
    puts: Mapping[str, Value] = field(default_factory=dict)
    drops: tuple[str, ...] = ()
    states: frozenset[str] = frozenset()
    fence: int | None = None
    expects: Mapping[str, Value] = field(default_factory=dict)

    def fits(self, row: Send | None) -> bool:
        if row is None or row.send_id != self.send_id:
            return False
        fenced = self.fence is None or row.fence == self.fence
        unchanged = all(getattr(row, name) == value for name, value in self.expects.items())
        return fenced and unchanged and (not self.states or row.state in self.states)

    def stands(self, row: Send | None) -> bool:
        """The row says already what the change would make it say: it was written, and its first answer got lost."""
        return row is not None and all(getattr(row, name) == value for name, value in self.puts.items())

    def applied(self, row: Send) -> Send:
        """The row afterwards; only for a row that fits."""
        dropped: dict[str, Any] = {name: 0 if isinstance(getattr(row, name), int) else "" for name in self.drops}
        return replace(row, **(dropped | dict(self.puts)))


class Refused(Exception):
    """The row is not as the change wants it; `row` is how it stands, None if there is none."""

    def __init__(self, row: Send | None) -> None:
        super().__init__(row.state if row else "no such send")
        self.row = row


class Unsure(Exception):
    """A change may or may not have been written: nobody answered in time."""


def planned(
    *, customer_id: str, activity: str, step: str, occurrence: str, planned_at: datetime, **attributes: Any
) -> Send:
    """The row of a planned send: planning it again gives the same id, so it is put if absent. `held_out=True` keeps it
    from being sent for ever."""
    send_id = str(ids.send_id(activity, step, customer_id, occurrence))
    state = HELD_OUT if attributes.pop("held_out", False) else READY
    return Send(
        send_id=send_id,
        customer_id=customer_id,
        activity=activity,
        step=step,
        occurrence=occurrence,
        activity_shard=activity_shard(activity, occurrence, int(due_shard(send_id, ACTIVITY_SHARDS))),
        state=state,
        rank=RANKS[state],
        planned_at=clock.to_text(planned_at),
        **attributes,
    )


def going_out(activity: str, occurrence: str) -> str:
    """The occurrence that what is counted, held or called off together has in common: a journey is one."""
    return "" if activity.startswith(JOURNEY) else occurrence


def activity_shard(activity: str, occurrence: str, shard: int) -> str:
    return f"{activity}/{going_out(activity, occurrence)}#{shard}"


def activity_shards(activity: str, occurrence: str) -> tuple[str, ...]:
    """All of them, as the index `by_activity` has them."""
    return tuple(activity_shard(activity, occurrence, shard) for shard in range(ACTIVITY_SHARDS))


def due_shard(send_id: str, shards: int) -> str:
    """The partition of the due index that a send belongs to: `0` to `shards - 1`."""
    return str(int(send_id[:8], 16) % shards)
