"""What SES's word on a mail means: for its send, for the address, and for what we may still write to the customer.

`hear` is the one way in which a report changes a row. It takes the larger state, the earliest instants and, of two
reports that weigh the same, always the same reason: so the row that all reports of a mail lead to does not depend on
their order, nor on how often each of them comes.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from shopkeeper.customer import consents
from shopkeeper.customer.interaction import Interaction, raw
from shopkeeper.mail import attempts, ledger, ses_events
from shopkeeper.mail.ledger import Change, Send
from shopkeeper.mail.ses_events import Event, Recipient

SOURCE: Literal["feedback"] = "feedback"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`state` is that of the ledger; empty for what changes nothing.

    `reason` is `category:detail` for a mail that was not sent, else what a bounce or complaint was about. `blocks` says
    why no mail goes to that address any more; empty: it does. `leaves` is what the customer gets out of: the topic of
    the mail, or all marketing. `strikes` is what may hold the address for a while, as `consent.bounces` says.
    """

    state: str
    reason: str = ""
    blocks: str = ""
    leaves: Literal["", "topic", "marketing"] = ""
    strikes: Literal["", "soft", "suppressed"] = ""


_BY_TYPE = {
    "Send": Verdict(ledger.ACCEPTED),
    "Delivery": Verdict(ledger.DELIVERED),
    "DeliveryDelay": Verdict(ledger.DELAYED),
    "Reject": Verdict(ledger.NOT_SENT, f"{ledger.OTHER}:rejected"),
    "Rendering Failure": Verdict(ledger.NOT_SENT, f"{ledger.OTHER}:render"),
}
_SUPPRESSED = Verdict(ledger.NOT_SENT, f"{ledger.DO_NOT_CONTACT}:suppression_list", blocks="suppression_list")
# SES has accepted these and never tried to deliver them: no bounces, whatever it calls them.
_NEVER_TRIED = {
    "OnAccountSuppressionList": _SUPPRESSED,
    "OnTenantSuppressionList": _SUPPRESSED,
    "UnsubscribedRecipient": Verdict(ledger.NOT_SENT, f"{ledger.DO_NOT_CONTACT}:unsubscribed", leaves="topic"),
    "EmailValidationSuppressed": Verdict(ledger.NOT_SENT, f"{ledger.MALFORMED}:validation", blocks="validation"),
}
_TOLD_AT = {
    ledger.DELAYED: "delayed_at",
    ledger.DELIVERED: "delivered_at",
    ledger.SOFT_BOUNCED: "bounced_at",
    ledger.HARD_BOUNCED: "bounced_at",
    ledger.COMPLAINED: "complained_at",
    ledger.NOT_SENT: "not_sent_at",
}
_CALL = ("due_shard", "due_at", "claim_id", "lease_until")
# A delay is a state on the way and no interaction.
_NAMES = {
    ledger.ACCEPTED: "Email Sent",
    ledger.DELIVERED: "Email Delivered",
    ledger.SOFT_BOUNCED: "Email Bounced",
    ledger.HARD_BOUNCED: "Email Bounced",
    ledger.COMPLAINED: "Email Marked as Spam",
    ledger.NOT_SENT: "Not Sent",
}


def judge(event: Event) -> Verdict:
    if event.type == "Bounce":
        return _bounce(event)
    if event.type == "Complaint":
        return _complaint(event)
    return _BY_TYPE[event.type]


def _bounce(event: Event) -> Verdict:
    """A transient bounce comes only once SES has given up; the status shows which of them are for good."""
    part = event.part
    subtype = part.bounce_sub_type or ""
    if never_tried := _NEVER_TRIED.get(subtype) or (_SUPPRESSED if subtype.endswith("SuppressionList") else None):
        return never_tried
    code = _worst_code(part.people)
    said = f"{ses_events.word(part.bounce_type)}/{ses_events.word(subtype)}"
    reason = f"{said} {code}".strip()
    if part.bounce_type == "Permanent" or code.startswith("5"):
        if subtype == "Suppressed":
            return Verdict(ledger.HARD_BOUNCED, reason, strikes="suppressed")
        return Verdict(ledger.HARD_BOUNCED, reason, blocks="hard_bounce")
    return Verdict(ledger.SOFT_BOUNCED, reason, strikes="soft")


def _complaint(event: Event) -> Verdict:
    if (event.part.complaint_sub_type or "").endswith("SuppressionList"):
        return replace(_SUPPRESSED, leaves="marketing")
    said = ses_events.word(event.part.complaint_feedback_type)
    if said == "not-spam":
        return Verdict("")
    return Verdict(ledger.COMPLAINED, said or "abuse", leaves="marketing")


def _worst_code(people: list[Recipient]) -> str:
    return max((person.code for person in people), default="")


def hear(row: Send, event: Event, verdict: Verdict) -> Change | None:
    """None for what the row says already, and for what is of an attempt before.

    The change takes hold only while the row is as it was read.
    """
    if attempts.is_past(row, event.message_id):
        return None
    before, after = asdict(row), asdict(_heard(row, event, verdict))
    changed = {name: value for name, value in after.items() if value != before[name]}
    if not changed:
        return None
    return Change(
        send_id=row.send_id,
        puts={name: value for name, value in changed.items() if value != ""},
        drops=tuple(name for name, value in changed.items() if value == ""),
        expects={name: before[name] for name in {*changed, "state", "rank"}},
    )


def _heard(row: Send, event: Event, verdict: Verdict) -> Send:
    if not verdict.state:
        return row
    said: dict[str, Any] = {}
    if verdict.state != ledger.NOT_SENT:  # Whoever tells of a delivery or a bounce says, too, that SES had accepted.
        said |= {"accepted_at": row.accepted_at or event.accepted_at}
    said["ses_message_id"] = row.ses_message_id or event.message_id
    if event.message_id != said["ses_message_id"]:
        said["second_message_id"] = row.second_message_id or event.message_id
    rank = ledger.LAST_WORD if verdict.state == ledger.NOT_SENT else ledger.RANKS[verdict.state]
    if rank > row.rank:
        said |= dict.fromkeys((*_CALL, "not_sent_at", "evidence"), "") | {"state": verdict.state, "rank": rank}
        said |= {"reason": verdict.reason, "failure_source": ledger.PROVIDER if verdict.reason else ""}
    elif rank == row.rank and verdict.reason:
        said["reason"] = min(row.reason, verdict.reason)
    return replace(row, **(said | _earlier(row, event, verdict)))


def _earlier(row: Send, event: Event, verdict: Verdict) -> dict[str, str]:
    """The first time that this was said of the mail; what we thought of it before does not count."""
    name = _TOLD_AT.get(verdict.state, "")
    held = getattr(row, name, "") if row.rank > ledger.RANKS[ledger.UNKNOWN] else ""
    return {name: min(held or event.at, event.at)} if name else {}


def facts(row: Send, event: Event, verdict: Verdict, received_at: str) -> list[Interaction]:
    """What the customer's memory gets of it; the same for each copy of the event."""
    told = [_fact(row, event, verdict, received_at)] if verdict.state in _NAMES else []
    if verdict.leaves == "marketing":
        told.append(_left(row, event, received_at, consents.ALL, "complaint"))
    elif verdict.leaves == "topic" and row.topic:
        told.append(_left(row, event, received_at, row.topic, "ses_list"))
    return told


def _fact(row: Send, event: Event, verdict: Verdict, received_at: str) -> Interaction:
    properties = {"topic": row.topic, "reason": verdict.reason, **row.names}
    if verdict.blocks and row.address_key:
        properties |= {"address": row.address_key, "block": verdict.blocks}
    if verdict.state in (ledger.SOFT_BOUNCED, ledger.HARD_BOUNCED):
        properties["bounce"] = verdict.state.removesuffix("_bounced")
    return _interaction(row, event, received_at, verdict.state, _NAMES[verdict.state], properties)


def _left(row: Send, event: Event, received_at: str, topic: str, basis: str) -> Interaction:
    properties = {"topic": topic, "is": "out", "basis": basis, "send_id": row.send_id}
    return _interaction(row, event, received_at, "left", consents.CHANGED, properties)


def _interaction(
    row: Send, event: Event, received_at: str, kind: str, name: str, properties: dict[str, str]
) -> Interaction:
    return Interaction(
        subject=f"customer:{row.customer_id}",
        message_id=f"{row.send_id}/{kind}/{event.key}",
        type="track",
        name=name,
        at=event.at,
        received_at=received_at,
        source=SOURCE,
        trusted=True,
        raw_properties=raw({key: value for key, value in properties.items() if value}),
    )
