"""Leave a topic by the signed link of a mail, and take that back. What the contact says counts from the next look on.

Who leaves, leaves twice: as the customer, and for the address that the mail went to, so that no letter of that topic
goes there, whoever else is known under it. Whoever holds a forwarded mail can leave in its recipient's name. So an undo
takes back only what was done by the same link, and for a day only: nobody comes back by an old mail who has left by
another way.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, Protocol

from shopkeeper import clock
from shopkeeper.consent.contact import IN, OUT, Contact, Word, after
from shopkeeper.customer import consents
from shopkeeper.customer.instants import to_ms
from shopkeeper.customer.interaction import Interaction, raw

UNDO_WITHIN = timedelta(hours=24)
ON_ITS_WAY = timedelta(hours=24)
_TRIES = 5

How = Literal["one_click", "page"]


class Contended(Exception):
    """Others kept changing the contact. The same can be asked again."""


@dataclass(frozen=True, slots=True)
class Mailing:
    """What the link says: the mail of this topic to this customer. `brand` is `<id>#<version>`.

    `address_key` is that of the address it went to; empty where nobody knows any more. `names` are those of the letter,
    as all that is said of it carries them.
    """

    send_id: str
    customer_id: str
    topic: str
    brand: str = ""
    address_key: str = ""
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """What the contact remembers as the source of what was done by this link."""
        return f"unsubscribe:{self.send_id}"

    @property
    def places(self) -> tuple[str, ...]:
        """Where one leaves. The customer comes first: should no more than one be written, that is the one."""
        return (self.customer_id, self.address_key) if self.address_key else (self.customer_id,)


class Contacts(Protocol):
    """`who` is a customer's id or the key of an address."""

    def load(self, customer_id: str, address_key: str = "") -> Contact: ...

    def hear(self, who: str, topic: str, word: Word) -> bool: ...

    def leave(self, who: str, topic: str, word: Word) -> Word: ...


def leave(contacts: Contacts, mailing: Mailing, now: datetime) -> tuple[Word, ...]:
    """The customer is out when this returns, and so is the address. Gives the words that say so, the customer's first:
    each the first one however often it is asked."""
    return tuple(_leave(contacts, who, mailing, now) for who in mailing.places)


def _leave(contacts: Contacts, who: str, mailing: Mailing, now: datetime) -> Word:
    word = Word(OUT, clock.to_text(now), mailing.source)
    for _ in range(_TRIES):
        held = contacts.leave(who, mailing.topic, word)
        if held.is_ == OUT:
            return held
        word = replace(word, at=held.at)  # A sender's clock runs ahead of ours: this one is later all the same.
    raise Contended(mailing.send_id)


def leave_late(contacts: Contacts, mailing: Mailing, at: str) -> Word:
    """The same for a wish of an earlier instant: what the customer has said since then holds, for the address too.

    Who has pressed the button again meanwhile, and was heard at once, has left by that word: it is one fact.
    """
    word = Word(OUT, at, mailing.source)
    contacts.hear(mailing.customer_id, mailing.topic, word)
    held = _outs(contacts.load(mailing.customer_id), mailing).get(mailing.customer_id)
    if held and mailing.address_key:
        contacts.hear(mailing.address_key, mailing.topic, word)
    return held if held and held.source == mailing.source else word


def come_back(contacts: Contacts, mailing: Mailing, now: datetime) -> Word | None:
    """The word that says the customer is in again; None if this link cannot undo it.

    The address comes back first, so that whoever is found to be back is back altogether.
    """
    for _ in range(_TRIES):
        contact = contacts.load(mailing.customer_id, mailing.address_key)
        words = standing(contact, mailing)
        if not words:
            held = contact.topics.get(mailing.topic)
            return held if held and held.source == mailing.source else None
        if not can_undo(words, mailing, now):
            return None
        word = Word(IN, after(now, *words), mailing.source)
        if all(contacts.hear(who, mailing.topic, word) for who in reversed(_outs(contact, mailing))):
            return word
    raise Contended(mailing.send_id)


def can_undo(words: Iterable[Word], mailing: Mailing, now: datetime) -> bool:
    """`words` are those that `leave` or `standing` gives. Who is out by any other way as well stays out."""
    since = clock.to_text(now - UNDO_WITHIN)
    return all(word.is_ == OUT and word.source == mailing.source and word.at > since for word in words)


def standing(contact: Contact, mailing: Mailing) -> tuple[Word, ...]:
    """The words that keep mail of this topic from the customer at that address; empty where it may go."""
    return (*_outs(contact, mailing).values(), *all_marketing(contact))


def all_marketing(contact: Contact) -> tuple[Word, ...]:
    """The words that keep all marketing from the customer at that address: a complaint, or "stop all"."""
    said = (contact.marketing, contact.address.marketing)
    return tuple(word for word in said if word and word.is_ == OUT)


def just_now(words: Iterable[Word], now: datetime) -> bool:
    """Whether a mail from before the first of these words may still be on its way."""
    return min((word.at for word in words), default="") > clock.to_text(now - ON_ITS_WAY)


def _outs(contact: Contact, mailing: Mailing) -> dict[str, Word]:
    """The words that say out of this topic, by place."""
    topics = {mailing.customer_id: contact.topics, mailing.address_key: contact.address.topics}
    words = {who: topics[who].get(mailing.topic) for who in mailing.places}
    return {who: word for who, word in words.items() if word and word.is_ == OUT}


def left(mailing: Mailing, word: Word, how: How, now: datetime) -> Interaction:
    """The same for each time the button is pressed: the first of them counts.

    Who was out already and presses the button of another mail leaves by that one, too, at this instant.
    """
    at = word.at if word.source == mailing.source else clock.to_text(now)
    properties = {"topic": mailing.topic, "send_id": mailing.send_id, **mailing.names, "how": how}
    return _fact(mailing, f"unsubscribe/{to_ms(word.at)}", consents.UNSUBSCRIBED, at, now, properties)


def came_back(mailing: Mailing, word: Word, now: datetime) -> Interaction:
    properties = {"topic": mailing.topic, "is": IN, "basis": "undo", "send_id": mailing.send_id, **mailing.names}
    return _fact(mailing, f"undo/{to_ms(word.at)}", consents.CHANGED, word.at, now, properties)


def _fact(mailing: Mailing, kind: str, name: str, at: str, now: datetime, properties: dict[str, str]) -> Interaction:
    return Interaction(
        subject=f"customer:{mailing.customer_id}",
        message_id=f"{mailing.send_id}/{kind}",
        type="track",
        name=name,
        at=at,
        received_at=clock.to_text(now),
        source="recipient",
        trusted=True,
        raw_properties=raw(properties),
    )
