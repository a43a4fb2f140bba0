"""Why a mail is not to be sent: small named vetoes over what was looked at. The first that speaks decides.

`do_not_contact` is about the person, `malformed` about the address, `other` about us.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shopkeeper import clock
from shopkeeper.consent import contact
from shopkeeper.consent.contact import Contact, Request
from shopkeeper.customer.document import Document
from shopkeeper.mail import addresses, facts
from shopkeeper.mail.errors import MalformedError
from shopkeeper.mail.ledger import DO_NOT_CONTACT, MALFORMED, OTHER, Send

RUNNING, PAUSED, CANCELLED, DONE = "running", "paused", "cancelled", "done"


@dataclass(frozen=True, slots=True)
class Look:
    """All that a verdict on one send rests on, read at one moment. `opt_in` is the topic's."""

    send: Send
    status: str
    document: Document
    contact: Contact
    opt_in: str
    at: datetime

    @property
    def address(self) -> str:
        return facts.address_of(self.document)

    @property
    def request(self) -> Request:
        return Request(self.send.topic, self.opt_in)


@dataclass(frozen=True, slots=True)
class Veto:
    """`evidence` names no address: it goes into the log and into the row."""

    category: str
    detail: str
    evidence: Mapping[str, str] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        return f"{self.category}:{self.detail}"


def first(look: Look) -> Veto | None:
    return next((veto for name in VETOES if (veto := name(look))), None)


def activity_stopped(look: Look) -> Veto | None:
    return Veto(OTHER, "stopped", {"status": look.status}) if look.status == CANCELLED else None


def expired(look: Look) -> Veto | None:
    expires_at = look.send.expires_at
    return Veto(OTHER, "expired", {"expires_at": expires_at}) if expires_at and _now(look) >= expires_at else None


def person_refuses(look: Look) -> Veto | None:
    refusal = contact.refusal(look.contact, look.request)
    return Veto(DO_NOT_CONTACT, refusal.reason, refusal.evidence) if refusal else None


def address_missing(look: Look) -> Veto | None:
    return None if look.address else Veto(MALFORMED, "no_address")


def address_malformed(look: Look) -> Veto | None:
    try:
        addresses.check(look.address)
    except MalformedError as problem:
        return Veto(MALFORMED, "address", {"problem": problem.reason})
    return None


VETOES: tuple[Callable[[Look], Veto | None], ...] = (
    activity_stopped,
    expired,
    person_refuses,
    address_missing,
    address_malformed,
)


def _now(look: Look) -> str:
    return clock.to_text(look.at)
