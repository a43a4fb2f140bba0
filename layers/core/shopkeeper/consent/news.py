"""What a customer says of a topic reaches the contact, by which door ever it came in."""

from typing import Protocol

from shopkeeper.consent.contact import Word
from shopkeeper.customer import consents
from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.news import Route
from shopkeeper.customer.rows import Row


class Contacts(Protocol):
    def hear(self, customer_id: str, topic: str, word: Word) -> bool: ...


def to_contacts(contacts: Contacts) -> Route:
    """The contact keeps the word that prevails, so telling one again, and late, changes nothing."""

    def route(row: Row) -> None:
        for topic, said in consents.stated_in(row).items():
            contacts.hear(row.customer_id, topic, Word(said.is_, from_ms(said.at), said.source))

    return route
