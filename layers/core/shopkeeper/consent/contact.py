"""The Contacts items: all that a veto about the person needs, read consistently and together.

One item is the customer's, one the address's, whoever has it: who leaves by a letter, or complains of it, speaks for
all whom we know under that address. Each thing stands in an attribute of its own, so that one conditional update can
test and change it whether or not anything stands there yet: `topic:<topic>` and `marketing` {is, at, source}; with the
customer `legal_hold` {is, at, cause, by, reason}, `wish:frequency` and `wish:pause_until` as words,
`reserved:<send_id>` the instant and the topic, and `reserving`, how often anything was reserved; with the address
`block` {is, at, cause, by, reason}, and what `consent.bounces` goes by: `bounced:<slot of a day>`, `suppressed_first`,
`suppressed_last` and `forgiven_at`, each an instant.

Schema 1 knew no items of addresses, and kept `block:<address>` the cause with the customer. Such a block is read as the
address's own for as long as the address has none.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shopkeeper import clock
from shopkeeper.consent.bounces import Bounces
from shopkeeper.consent.classes import MARKETING, TRANSACTIONAL
from shopkeeper.customer import addresses
from shopkeeper.customer.instants import from_ms, to_ms

SCHEMA = 2
OUT, IN = "out", "in"
REQUIRED, ASSUMED = "required", "assumed"
IMPORT = "import"
BY_HAND = "by_hand"
NO_CONSENT = "no_consent"

ANY, NONE = "*", "-"
"""In the place of the topic of a reservation: what was reserved before topics were noted, and what no cap counts."""

RESERVATIONS_KEPT = 32
"""Of each topic: two more than a cap may count."""
RESERVED_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Word:
    """What was said last about a topic: `is_` in or out, `at` an instant as text, `source` who wrote it down."""

    is_: str
    at: str
    source: str

    @property
    def firm(self) -> bool:
        """All but an `in` from a file, which yields to whatever was said in person, and to any `out`."""
        return self.is_ == OUT or self.source != IMPORT

    def prevails(self, held: "Word | None") -> bool:
        """Whatever the order they arrive in: as `Consent.rank` says, the later one, at the same instant the `out`."""
        return held is None or (self.firm, self.at, self.is_ == OUT) > (held.firm, held.at, held.is_ == OUT)


@dataclass(frozen=True, slots=True)
class Block:
    """What was said last of whether anything at all goes to an address: `is_` out or in.

    `cause` is `mail.feedback`'s, or BY_HAND; then `by` is who did it, and `reason` what they wrote down.
    """

    is_: str
    at: str
    cause: str
    by: str = ""
    reason: str = ""

    def prevails(self, held: "Block | None") -> bool:
        """SES's first report stays, and none of before a release blocks again. What somebody here says goes before
        that; of two such words the later one, and a release holds for what is older than it alone."""
        if self.is_ == IN:
            return held is not None and held.is_ == OUT and held.at < self.at
        if self.cause == BY_HAND:
            return held is None or held.cause != BY_HAND or held.at <= self.at
        return held is None or (held.is_ == IN and held.at < self.at)


def after(now: datetime, *said: Word | Block) -> str:
    """Now, or just after what some other clock has put later."""
    return max(clock.to_text(now), *(from_ms(to_ms(each.at) + 1) for each in said))


@dataclass(frozen=True, slots=True)
class Suppression:
    """What is said of an address, whoever has it. Of one of which nothing is stored it is empty."""

    block: Block | None = None
    marketing: Word | None = None
    topics: Mapping[str, Word] = field(default_factory=dict)
    bounces: Bounces = field(default_factory=Bounces)


address_key = addresses.address_key
"""The key of an address's item, and how the row of a send remembers it: neither holds the address itself."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer, and the address that was looked at with them. One of whom nothing is stored is the empty contact.

    `marketing` is the word on all marketing at once: a complaint, or "stop all". `reservations`: instant by send;
    `elsewhere` says in whose item one stands that is not the customer's own, who was merged into this one. `counted`
    are the topics of those that caps count, and `reserving` is the number of whoever reserved last.
    `wishes` are how often and from when on mail is wanted; those of others are of who was merged into this one.
    `legal_hold` says whether anything may be written at all.
    """

    customer_id: str
    topics: Mapping[str, Word] = field(default_factory=dict)
    marketing: Word | None = None
    reservations: Mapping[str, str] = field(default_factory=dict)
    address: Suppression = field(default_factory=Suppression)
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    counted: Mapping[str, str] = field(default_factory=dict)
    reserving: int = 0
    wishes: Mapping[str, Word] = field(default_factory=dict)
    wishes_of_others: tuple[tuple[str, Word], ...] = ()
    legal_hold: Block | None = None

    def holder(self, send_id: str) -> str:
        """In whose item a reservation stands, or would."""
        return self.elsewhere.get(send_id, self.customer_id)

    def joined(self, others: Iterable["Contact"]) -> "Contact":
        """With what holds of those who were merged into the customer. Letters to them are still out, and who leaves by
        one of these leaves here. So their words can only take away, and where they are the last ones."""
        topics, marketing, reservations = dict(self.topics), self.marketing, dict(self.reservations)
        elsewhere: dict[str, str] = {}
        counted, wished, hold = dict(self.counted), self.wishes_of_others, self.legal_hold
        for other in others:
            outs = {topic: word for topic, word in other.topics.items() if word.is_ == OUT}
            topics |= {topic: word for topic, word in outs.items() if word.prevails(topics.get(topic))}
            if other.marketing and other.marketing.is_ == OUT and other.marketing.prevails(marketing):
                marketing = other.marketing
            reservations = {**other.reservations, **reservations}
            counted = {**other.counted, **counted}
            wished += tuple(other.wishes.items())
            hold = other.legal_hold if other.legal_hold and other.legal_hold.is_ == OUT else hold
            elsewhere |= dict.fromkeys(other.reservations.keys() - self.reservations.keys(), other.customer_id)
        return replace(
            self,
            topics=topics,
            marketing=marketing,
            reservations=reservations,
            elsewhere=elsewhere,
            counted=counted,
            wishes_of_others=wished,
            legal_hold=hold,
        )

    def outdated(self, now: datetime) -> tuple[str, ...]:
        """The sends whose reservations may go, so that the item stays small: old ones, and many on one topic."""
        oldest_kept = clock.to_text(now - RESERVED_FOR)
        newer: Counter[str] = Counter()
        gone = []
        for send, at in sorted(self.reservations.items(), key=lambda item: (item[1], item[0]), reverse=True):
            topic = self.counted.get(send, NONE)
            newer[topic] += 1
            if newer[topic] >= RESERVATIONS_KEPT or at <= oldest_kept:
                gone.append(send)
        return tuple(reversed(gone))


class Refused(Exception):
    """The contact does not allow it; `contact` is how it stands."""

    def __init__(self, held: Contact) -> None:
        super().__init__(held.customer_id)
        self.contact = held


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a person is not to be written to; `evidence` is what it rests on, without any address."""

    reason: str
    evidence: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """A mail of a topic. `opt_in` is the topic's: required or assumed. `capped`: it was counted how many there were, so
    it is reserved only if nothing else has been since."""

    topic: str
    opt_in: str
    mail_class: str = MARKETING
    capped: bool = False

    @property
    def is_marketing(self) -> bool:
        return self.mail_class == MARKETING

    @property
    def minds_topic(self) -> bool:
        return self.mail_class != TRANSACTIONAL

    @property
    def needs_consent(self) -> bool:
        return self.is_marketing and self.opt_in != ASSUMED

    @property
    def counts_as(self) -> str:
        """What is noted with its reservation."""
        return self.topic if self.is_marketing else NONE


def refusal(contact: Contact, request: Request) -> Refusal | None:
    """The strictest first, and what the customer said before what is said of the address. The one door for refusing:
    what `Contacts.reserve` puts into its condition is the customer's half of it."""
    whose: dict[str, Contact | Suppression] = {"customer": contact, "address": contact.address}
    if request.is_marketing and (said := _out((each, place.marketing) for each, place in whose.items())):
        return Refusal("marketing_out", said)
    if request.minds_topic and (said := _out((each, place.topics.get(request.topic)) for each, place in whose.items())):
        return Refusal("opted_out", {"topic": request.topic, **said})
    if contact.address.block and contact.address.block.is_ == OUT:
        return Refusal("address_blocked", {"block": contact.address.block.cause})
    if request.needs_consent and request.topic not in contact.topics:
        return Refusal(NO_CONSENT, {"topic": request.topic, "opt_in": request.opt_in})
    return None


def _out(words: Iterable[tuple[str, Word | None]]) -> dict[str, str]:
    """The first word that says out, and whose item says it."""
    outs = ((whose, word) for whose, word in words if word and word.is_ == OUT)
    said = ({"is": word.is_, "at": word.at, "source": word.source, "of": whose} for whose, word in outs)
    return next(said, {})
