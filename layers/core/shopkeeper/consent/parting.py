"""What contacts are told when a merge was undone: each keeps what it said itself, and loses what the other one said.

While two customers were one, their words were told to the contact of the one who stayed. The contact may know more than
the customer's document does, so a word is taken back only if it is one that was told for the other.
"""

from collections.abc import Iterator, Mapping
from typing import Protocol

from shopkeeper.consent.contact import Contact, Word
from shopkeeper.consent.news import Ears, hear, word_of
from shopkeeper.customer import consents
from shopkeeper.customer.consents import Consent
from shopkeeper.customer.instants import from_ms

Said = Mapping[str, Consent]
"""By topic."""


class Contacts(Ears, Protocol):
    def load(self, customer_id: str) -> Contact: ...

    def correct(self, who: str, topic: str, held: Word, word: Word | None) -> bool: ...


def keep_apart(contacts: Contacts, gone: tuple[str, Said], stayed: tuple[str, Said], stale: Said) -> None:
    """Both by customer id and what they said themselves; `stale` is what the one who stayed was thought to have said.

    Done again, it changes nothing.
    """
    customer_id, own = gone
    for topic, said in own.items():
        hear(contacts, customer_id, topic, word_of(said))
    customer_id, own = stayed
    for topic, held in _not_theirs(contacts.load(customer_id), stale):
        contacts.correct(customer_id, topic, held, word_of(own[topic]) if topic in own else None)


def _not_theirs(contact: Contact, stale: Said) -> Iterator[tuple[str, Word]]:
    """Who wrote a word down may have called its source something else."""
    for topic, said in stale.items():
        held = contact.marketing if topic == consents.ALL else contact.topics.get(topic)
        if held and (held.is_, held.at) == (said.is_, from_ms(said.at)):
            yield topic, held
