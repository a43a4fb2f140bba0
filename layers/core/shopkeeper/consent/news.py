"""What a customer says of a topic reaches the contact, by which door ever it came in."""

from collections.abc import Callable, Iterator
from typing import Protocol

from shopkeeper.consent.contact import IN, OUT, Suppression, Word
from shopkeeper.customer import consents, merging, rows, wishes
from shopkeeper.customer.consents import Consent
from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.news import Route
from shopkeeper.customer.rows import Row


class Ears(Protocol):
    def hear(self, who: str, topic: str, word: Word) -> bool: ...

    def hear_all(self, who: str, word: Word) -> bool: ...


class Contacts(Ears, Protocol):
    def wish(self, who: str, name: str, word: Word) -> bool: ...

    def suppression(self, address_key: str) -> Suppression: ...


def to_contacts(contacts: Contacts, address_key: Callable[[], str]) -> Route:
    """The contact keeps the word that prevails, so telling one again, and late, changes nothing.

    `address_key` gives that of the customer whose news it is; it is asked only where somebody says yes. What is told
    again for whom the customer was merged with was not said of this address.
    """

    def route(row: Row) -> None:
        for topic, said in consents.stated_in(row).items():
            word = word_of(said)
            hear(contacts, row.customer_id, topic, word)
            if word.is_ == IN and word.firm and not merging.merge_of(row):
                _release(contacts, address_key(), topic, word)
        for name, wanted in _wishes_in(row):
            contacts.wish(row.customer_id, name, wanted)

    return route


def _wishes_in(row: Row) -> Iterator[tuple[str, Word]]:
    if row.name == consents.CHANGED:
        for said in wishes.stated(rows.interaction_of(row)):
            yield said.name, Word(said.value, row.at, row.source)


def word_of(said: Consent) -> Word:
    return Word(said.is_, from_ms(said.at), said.source)


def _release(contacts: Contacts, key: str, topic: str, word: Word) -> None:
    """Who says yes after somebody has left by a letter to this address, or complained, is written to there again.

    A file says nothing of the kind, no yes to a topic lifts a complaint, and none at all a block.
    """
    said = contacts.suppression(key) if key else Suppression()
    held = said.marketing if topic == consents.ALL else said.topics.get(topic)
    if held and held.is_ == OUT:
        hear(contacts, key, topic, word)


def hear(contacts: Ears, who: str, topic: str, word: Word) -> bool:
    return contacts.hear_all(who, word) if topic == consents.ALL else contacts.hear(who, topic, word)
