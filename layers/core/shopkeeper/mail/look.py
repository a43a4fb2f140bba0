"""All that a verdict on one send rests on, read at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from shopkeeper.consent import caps, own_say
from shopkeeper.consent import policy as policies
from shopkeeper.consent.caps import Full, Limit
from shopkeeper.consent.classes import MARKETING, SERVICE, TRANSACTIONAL
from shopkeeper.consent.contact import Contact, Request, Word
from shopkeeper.consent.news import word_of
from shopkeeper.consent.policy import Policy
from shopkeeper.consent.quiet import Quiet
from shopkeeper.customer import consents, habits
from shopkeeper.customer.document import Customer, Document
from shopkeeper.mail import facts
from shopkeeper.mail.choosing import Blocks
from shopkeeper.mail.ledger import Send
from shopkeeper.mail.offers import Held
from shopkeeper.mail.state import MailState
from shopkeeper.mail.terms import USUAL, Terms
from shopkeeper.mail.twins import Twins
from shopkeeper.segment.facts import places


@dataclass(frozen=True, slots=True)
class Look:
    """`opt_in` is the topic's, `at` the moment.

    Customer and contact are those of the living customer. `twins` are the sends of the same letter to those with whom
    it was merged. `terms` are those of the activity, and `offer` is what they offer. `is_open`: it is not of a journey
    that the customer has left.
    """

    send: Send
    status: str
    customer: Customer
    contact: Contact
    opt_in: str
    at: datetime
    twins: Twins = field(default_factory=Twins)
    mail: MailState = field(default_factory=MailState)
    policy: Policy = policies.NONE
    terms: Terms = USUAL
    workspace_zone: str = "UTC"
    offer: Held | None = None
    is_open: bool = True

    @property
    def document(self) -> Document:
        return self.customer.document

    @property
    def address(self) -> str:
        return facts.address_of(self.document)

    @property
    def request(self) -> Request:
        return Request(self.send.topic, self.opt_in, self.send.mail_class, capped=bool(self.limits))

    @property
    def limits(self) -> tuple[Limit, ...]:
        """How many mails the customer may get, as far as this is one of them."""
        if self.send.mail_class != MARKETING:
            return ()
        own = own_say.limits(self.contact, self.document.words)
        return own + caps.limits(self.policy, self.send.topic, self.terms.priority)

    @property
    def full(self) -> Full | None:
        """Of those the one that leaves no room for this mail."""
        return caps.full(self.contact, {self.send.send_id, *self.twins.names}, self.limits, self.at)

    @property
    def quiet(self) -> tuple[Quiet, ...]:
        """Windows in which it does not go."""
        windows = (self.policy.quiet, self.terms.quiet)
        if self.send.mail_class == TRANSACTIONAL or (self.send.mail_class == SERVICE and self.terms.critical):
            return ()
        return tuple(each for each in windows if each)

    @property
    def holidays(self) -> frozenset[str]:
        """Days on which it does not go, where the recipient is."""
        if self.send.mail_class != MARKETING or not self.policy.holidays:
            return frozenset()
        countries = {str(value).casefold() for _, value in places(self.document, "country")}
        return self.policy.holidays_in(countries)

    @property
    def zone(self) -> tuple[str, str]:
        """The recipient's, or else the workspace's; and whose it is."""
        own = habits.own_zone(self.document)
        return (own, "customer") if own else (self.workspace_zone, "workspace")

    def choose(self, blocks: Blocks) -> Mapping[str, str]:
        """Which variant of each the customer gets."""
        return blocks.chosen(self.customer, self.at, self.workspace_zone)

    @property
    def places(self) -> Mapping[str, str]:
        """What has been reserved for the send: in whose item, and when."""
        send_id, held = self.send.send_id, self.contact
        return {held.holder(send_id): held.reservations[send_id]} if send_id in held.reservations else {}

    def all_places(self, reserved: "Reserved | None") -> Mapping[str, str]:
        """With the one that this delivery knows of by itself."""
        return {**({reserved.who: reserved.at} if reserved else {}), **self.places}

    @property
    def told(self) -> Word | None:
        """What the document says of the topic, where it goes before what the contact knows: it is on its way there."""
        return self._told(self.send.topic, self.contact.topics.get(self.send.topic))

    @property
    def contact_soon(self) -> Contact:
        """As it will be when all that the document says has reached it."""
        topics = {**self.contact.topics, **({self.send.topic: self.told} if self.told else {})}
        marketing = self._told(consents.ALL, self.contact.marketing) or self.contact.marketing
        return replace(self.contact, topics=topics, marketing=marketing)

    def _told(self, topic: str, known: Word | None) -> Word | None:
        said = self.document.consents.get(topic)
        word = word_of(said) if said else None
        return word if word and word.prevails(known) else None


class Reserved(NamedTuple):
    """In whose contact, and when."""

    who: str
    at: str
