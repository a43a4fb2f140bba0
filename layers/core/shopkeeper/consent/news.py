"""What a customer says of a topic reaches the contact, by which door ever it came in."""

from collections.abc import Callable
from typing import Protocol

from shopkeeper.consent.contact import IN, OUT, Suppression, Word
from shopkeeper.customer import consents
from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.news import Route
from shopkeeper.customer.rows import Row


class Contacts(Protocol):
    def hear(self, who: str, topic: str, word: Word) -> bool: ...

    def suppression(self, address_key: str) -> Suppression: ...


def to_contacts(contacts: Contacts, address_key: Callable[[], str]) -> Route:
    """The contact keeps the word that prevails, so telling one again, and late, changes nothing.

    `address_key` gives that of the customer whose news it is; it is asked only where somebody says yes.
    """

    def route(row: Row) -> None:
        for topic, said in consents.stated_in(row).items():
            word = Word(said.is_, from_ms(said.at), said.source)
            contacts.hear(row.customer_id, topic, word)
            if word.is_ == IN and word.firm:
                _release(contacts, address_key(), topic, word)

    return route


def _release(contacts: Contacts, key: str, topic: str, word: Word) -> None:
    """Who says yes after somebody has left by a letter to this address is written to there again. A file says nothing
    of the kind, and no yes to a topic lifts a complaint or a block."""
    held = contacts.suppression(key).topics.get(topic) if key else None
    if held and held.is_ == OUT:
        contacts.hear(key, topic, word)
