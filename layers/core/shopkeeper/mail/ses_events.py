"""The events of a configuration set of SES, as SNS delivers them raw.

Strict about what decides: what happened, to which mail. Tolerant about all else: what is absent, null or new. The other
side hides recipients, documents do not name every subtype, and headers come with some types only.
"""

import re

import msgspec

from shopkeeper import clock, ids
from shopkeeper.mail import canaries
from shopkeeper.mail.errors import MailError
from shopkeeper.mail.ports import TEST_TAG

# Three numbers, as no part of an address of the network.
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
_MOST_WORD = 60

# Where each type says the rest, and whether it means nothing without that.
_PARTS = {
    "Send": ("send", False),
    "Reject": ("reject", False),
    "Delivery": ("delivery", False),
    "Bounce": ("bounce", True),
    "Complaint": ("complaint", True),
    "DeliveryDelay": ("delivery_delay", False),
    "Rendering Failure": ("failure", False),
}


class NotUnderstood(MailError):
    """Somebody has to look at this event. The message says why, and never repeats an address."""


class Recipient(msgspec.Struct, frozen=True, rename="camel"):
    email_address: str | None = None
    status: str | None = None
    diagnostic_code: str | None = None

    @property
    def code(self) -> str:
        """The enhanced status code, e.g. `5.1.1`, wherever the event says it; empty if it does not."""
        found = _STATUS.search(self.status or "") or _STATUS.search(self.diagnostic_code or "")
        return found.group(1) if found else ""


class Part(msgspec.Struct, frozen=True, rename="camel"):
    """What an event says beyond its `mail`; each type uses a few of these."""

    timestamp: str | None = None
    feedback_id: str | None = None
    bounce_type: str | None = None
    bounce_sub_type: str | None = None
    complaint_sub_type: str | None = None
    complaint_feedback_type: str | None = None
    delay_type: str | None = None
    recipients: list[str] | None = None
    bounced_recipients: list[Recipient] | None = None
    complained_recipients: list[Recipient] | None = None
    delayed_recipients: list[Recipient] | None = None

    @property
    def people(self) -> list[Recipient]:
        named = self.bounced_recipients or self.complained_recipients or self.delayed_recipients
        return named or [Recipient(address) for address in self.recipients or []]


class Mail(msgspec.Struct, frozen=True, rename="camel"):
    message_id: str
    timestamp: str | None = None
    destination: list[str] | None = None
    tags: dict[str, list[str]] | None = None


class _Event(msgspec.Struct, frozen=True, rename="camel"):
    event_type: str
    mail: Mail
    send: Part | None = None
    reject: Part | None = None
    delivery: Part | None = None
    bounce: Part | None = None
    complaint: Part | None = None
    delivery_delay: Part | None = None
    failure: Part | None = None


_decoder = msgspec.json.Decoder(_Event)


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """`at` is when it happened and `accepted_at` when SES took the mail, text as `clock.to_text` writes it.

    `key` is the same for each copy of the event. Neither a canary nor a test belongs to a send.
    `address` is whom it is about: we write to one person at a time.
    """

    type: str
    send_id: str
    message_id: str
    at: str
    accepted_at: str
    key: str
    address: str
    part: Part
    is_canary: bool = False
    is_test: bool = False


def read(body: str | bytes, received_at: str) -> Event:
    """`received_at` stands in for a time that the event does not say. Raises NotUnderstood."""
    try:
        event = _decoder.decode(body)
    except ValueError as problem:  # It names places and kinds, and repeats no value.
        raise NotUnderstood(str(problem)) from None
    part = _part(event)
    accepted_at = _instant(event.mail.timestamp) or received_at
    address = next((person.email_address for person in part.people if person.email_address), "")
    return Event(
        type=event.event_type,
        send_id="" if _is(canaries.TAG, event.mail) or _is(TEST_TAG, event.mail) else _send_id(event.mail),
        is_canary=_is(canaries.TAG, event.mail),
        is_test=_is(TEST_TAG, event.mail),
        message_id=event.mail.message_id,
        at=_instant(part.timestamp) or accepted_at,
        accepted_at=accepted_at,
        key=ids.digest(event.event_type, part.feedback_id or f"{event.mail.message_id}|{address}"),
        address=address or next(iter(event.mail.destination or []), ""),
        part=part,
    )


def word(text: str | None) -> str:
    """A word of SES as it may stand in a reason: no address gets in, however odd the event."""
    return re.sub(r"[^A-Za-z0-9_.-]", "", text or "")[:_MOST_WORD]


def _part(event: _Event) -> Part:
    if event.event_type not in _PARTS:
        raise NotUnderstood(f"an event of type {word(event.event_type)}")
    name, is_needed = _PARTS[event.event_type]
    part: Part | None = getattr(event, name)
    if part is None and is_needed:
        raise NotUnderstood(f"an event of type {event.event_type} without {name}")
    return part or Part()


def _is(tag: str, mail: Mail) -> bool:
    return tag in (mail.tags or {}) and "send_id" not in (mail.tags or {})


def _send_id(mail: Mail) -> str:
    """A tag holds a list. Two different sends in it would make it nobody's."""
    named = set((mail.tags or {}).get("send_id", []))
    if len(named) != 1 or not all(named):
        raise NotUnderstood("no tag says which send it is")
    return named.pop()


def _instant(text: str | None) -> str:
    try:
        return clock.to_text(clock.from_text(text or ""))
    except (ValueError, OverflowError):
        return ""
