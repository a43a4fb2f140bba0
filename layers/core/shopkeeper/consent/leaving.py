"""Leave a topic by the signed link of a mail, and take that back. What the contact says counts from the next look on.

Whoever holds a forwarded mail can leave in its recipient's name. So an undo takes back only what was done by the same
link, and for a day only: nobody comes back by an old mail who has left by another way.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, Protocol

from shopkeeper import clock
from shopkeeper.consent.contact import IN, OUT, Contact, Word
from shopkeeper.customer import consents
from shopkeeper.customer.instants import from_ms, to_ms
from shopkeeper.customer.interaction import Interaction

UNDO_WITHIN = timedelta(hours=24)
_TRIES = 5

How = Literal["one_click", "page"]


class Contended(Exception):
    """Others kept changing the contact. The same can be asked again."""


@dataclass(frozen=True, slots=True)
class Mailing:
    """What the link says: the mail of this topic to this customer. `brand` is `<id>#<version>`."""

    send_id: str
    customer_id: str
    topic: str
    brand: str = ""

    @property
    def source(self) -> str:
        """What the contact remembers as the source of what was done by this link."""
        return f"unsubscribe:{self.send_id}"


class Contacts(Protocol):
    def load(self, customer_id: str) -> Contact: ...

    def hear(self, customer_id: str, topic: str, word: Word) -> bool: ...

    def leave(self, customer_id: str, topic: str, word: Word) -> Word: ...


def leave(contacts: Contacts, mailing: Mailing, now: datetime) -> Word:
    """The customer is out when this returns. Gives the word that says so, the first one however often it is asked."""
    word = Word(OUT, clock.to_text(now), mailing.source)
    for _ in range(_TRIES):
        held = contacts.leave(mailing.customer_id, mailing.topic, word)
        if held.is_ == OUT:
            return held
        word = replace(word, at=held.at)  # A sender's clock runs ahead of ours: this one is later all the same.
    raise Contended(mailing.send_id)


def leave_late(contacts: Contacts, mailing: Mailing, at: str) -> Word:
    """The same for a wish of an earlier instant: what the customer has said since then holds."""
    word = Word(OUT, at, mailing.source)
    contacts.hear(mailing.customer_id, mailing.topic, word)
    return word


def come_back(contacts: Contacts, mailing: Mailing, now: datetime) -> Word | None:
    """The word that says the customer is in again; None if this link cannot undo it."""
    for _ in range(_TRIES):
        held = contacts.load(mailing.customer_id).topics.get(mailing.topic)
        if held and held.is_ == IN and held.source == mailing.source:
            return held
        if held is None or not can_undo(held, mailing, now):
            return None
        word = Word(IN, max(clock.to_text(now), from_ms(to_ms(held.at) + 1)), mailing.source)
        if contacts.hear(mailing.customer_id, mailing.topic, word):
            return word
    raise Contended(mailing.send_id)


def can_undo(held: Word, mailing: Mailing, now: datetime) -> bool:
    return held.is_ == OUT and held.source == mailing.source and held.at > clock.to_text(now - UNDO_WITHIN)


def standing(contact: Contact, mailing: Mailing) -> Word | None:
    """The word by which the customer gets no mail of this topic; None if there is none."""
    word = contact.topics.get(mailing.topic)
    if word and word.is_ == OUT:
        return word
    return contact.marketing if contact.marketing and contact.marketing.is_ == OUT else None


def left(mailing: Mailing, word: Word, how: How, now: datetime) -> Interaction:
    """The same for each time the button is pressed: the first of them counts.

    Who was out already and presses the button of another mail leaves by that one, too, at this instant.
    """
    at = word.at if word.source == mailing.source else clock.to_text(now)
    properties = {"topic": mailing.topic, "send_id": mailing.send_id, "how": how}
    return _fact(mailing, f"unsubscribe/{to_ms(word.at)}", consents.UNSUBSCRIBED, at, now, properties)


def came_back(mailing: Mailing, word: Word, now: datetime) -> Interaction:
    properties = {"topic": mailing.topic, "is": IN, "basis": "undo", "send_id": mailing.send_id}
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
        properties=properties,
    )
