"""Why a mail is not to be sent: small named vetoes over what was looked at. The first that speaks decides.

`do_not_contact` is about the person, `malformed` about the address, `other` about us.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from shopkeeper import clock
from shopkeeper.consent import bounces, contact, own_say
from shopkeeper.consent.classes import MARKETING, TRANSACTIONAL
from shopkeeper.consent.contact import Refusal
from shopkeeper.customer import critical, purchases
from shopkeeper.customer.instants import from_ms, to_ms
from shopkeeper.mail import addresses, moves
from shopkeeper.mail.errors import MalformedError, RenderError
from shopkeeper.mail.ledger import DO_NOT_CONTACT, MALFORMED, OTHER
from shopkeeper.mail.look import Look
from shopkeeper.mail.offers import SKIP, SoldOut

RUNNING, PAUSED, CANCELLED, DONE = "running", "paused", "cancelled", "done"
# What the document says reaches the contact in seconds. What has not done so an hour after the plan never will.
ON_ITS_WAY_FOR = timedelta(hours=1)


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


def run_closed(look: Look) -> Veto | None:
    """The customer has left the journey that planned it, as by buying what it is about."""
    return None if look.is_open else Veto(OTHER, "run_closed")


def expired(look: Look) -> Veto | None:
    send = look.send
    return Veto(OTHER, "expired", {"expires_at": send.expires_at}) if moves.has_expired(send, look.at) else None


def merged(look: Look) -> Veto | None:
    """Two customers turned out to be one person, and one letter is enough."""
    return Veto(OTHER, "merged", {"send_id": look.twins.enough}) if look.twins.enough else None


def person_refuses(look: Look) -> Veto | None:
    """By what the contact says; and by a later `out` of which only the document knows as yet."""
    refusal = _refusal(look)
    if refusal is None or consent_on_its_way(look):
        return None
    return Veto(DO_NOT_CONTACT, refusal.reason, _evidence(look, refusal))


def consent_on_its_way(look: Look) -> Mapping[str, str] | None:
    """No veto, but a reason to look again in a while: the customer has agreed, and the contact has not heard of it yet.

    What it rests on. An `out` that the contact knows of holds, whatever may be on its way.
    """
    refusal = _refusal(look)
    if refusal is None or refusal.reason != contact.NO_CONSENT or look.told is None:
        return None
    return _evidence(look, refusal) if look.at < clock.from_text(look.send.planned_at) + ON_ITS_WAY_FOR else None


def _refusal(look: Look) -> Refusal | None:
    stands = contact.refusal(look.contact, look.request)
    if stands and stands.reason != contact.NO_CONSENT:
        return stands
    return contact.refusal(look.contact_soon, look.request) or stands


def _evidence(look: Look, refusal: Refusal) -> Mapping[str, str]:
    told = look.told
    return {**refusal.evidence, **({"document": told.is_, "told_at": told.at} if told else {})}


def address_held(look: Look) -> Veto | None:
    """Mail to the address bounced too often, or SES suppresses it: not now, and for some time."""
    held = bounces.held(look.contact.address.bounces, look.at)
    if held is None:
        return None
    return Veto(DO_NOT_CONTACT, "address_held", {"why": held.why, "until": held.until or "released"})


def legal_hold(look: Look) -> Veto | None:
    """Somebody here has said that nothing is to be written to them but what has to be."""
    hold = look.contact.legal_hold
    if hold is None or hold.is_ != contact.OUT or look.send.mail_class == TRANSACTIONAL:
        return None
    return Veto(DO_NOT_CONTACT, "legal_hold", {"since": hold.at})


def paused(look: Look) -> Veto | None:
    """They want no marketing until then."""
    word = own_say.paused_until(look.contact, look.document.words)
    if word is None or look.send.mail_class != MARKETING or word.is_ <= clock.to_text(look.at):
        return None
    return Veto(DO_NOT_CONTACT, "paused", {"until": word.is_, "said_at": word.at})


def critical_ticket(look: Look) -> Veto | None:
    """Whoever waits for help with something that bad is sent no offers. Without a document that can be read nothing is
    sent at all."""
    tickets = critical.open_tickets(look.document) if look.send.mail_class == MARKETING else []
    return Veto(DO_NOT_CONTACT, "critical_ticket", {"ticket": tickets[0]}) if tickets else None


def already_bought(look: Look) -> Veto | None:
    """Also where it was refunded since: who gave it back does not want to hear of it again."""
    wanted = look.terms.unless_bought
    if wanted is None:
        return None
    since = to_ms(clock.to_text(look.at - timedelta(days=wanted.days)))
    bought = purchases.standing(look.document.words)
    named = (each for each in bought if each.at > since and each.is_of(wanted.sku, wanted.product, wanted.category))
    found = next(named, None)
    told = {"order": found.order, "product": found.product, "bought_at": from_ms(found.at)} if found else {}
    return Veto(OTHER, "already_bought", told) if found else None


def offer_redeemed(look: Look) -> Veto | None:
    """By any order with a code of it: whoever has used it does not want to hear of it again."""
    redeemed = look.offer.redeemed if look.offer else None
    return Veto(OTHER, "offer_redeemed", {"order": redeemed.order, "at": redeemed.redeemed_at}) if redeemed else None


def offer_superseded(look: Look) -> Veto | None:
    """They were granted a better one."""
    better = look.offer.superseded(look.at) if look.offer else None
    return Veto(OTHER, "offer_superseded", {"by": better.id, "granted_at": better.granted_at}) if better else None


def offer_over(look: Look) -> Veto | None:
    held, send = look.offer, look.send
    until = held.over_since(send, look.at) if held else ""
    if held is None or not until or held.offered.when_out != SKIP:
        return None
    return Veto(OTHER, "offer_over", {"offer": held.offered.id, "until": until})


def address_missing(look: Look) -> Veto | None:
    return None if look.address else Veto(MALFORMED, "no_address")


def address_malformed(look: Look) -> Veto | None:
    try:
        addresses.check(look.address)
    except MalformedError as problem:
        return Veto(MALFORMED, "address", {"problem": problem.reason})
    return None


def not_on_the_test_list(look: Look) -> Veto | None:
    """Final: a mail that was tried in test mode does not go to everybody once that ends."""
    return None if look.mail.allows(look.address) else Veto(OTHER, "test_mode")


VETOES: tuple[Callable[[Look], Veto | None], ...] = (
    activity_stopped,
    run_closed,
    expired,
    merged,
    person_refuses,
    address_held,
    legal_hold,
    paused,
    critical_ticket,
    already_bought,
    offer_redeemed,
    offer_superseded,
    offer_over,
    address_missing,
    address_malformed,
    not_on_the_test_list,
)


def unmade(problem: RenderError | SoldOut) -> Veto:
    """The detail says after `render` what is missing, in few words, so that a report can count it."""
    if isinstance(problem, SoldOut):
        return Veto(OTHER, "stock", {"offer": str(problem)})
    detail = f"render: {problem.short}" if problem.short else "render"
    return Veto(OTHER, detail, {"problem": str(problem)})
