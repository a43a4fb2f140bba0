"""How often, and from when on, a customer wants marketing. Pure.

What the document says last counts beside what the contact knows, until that has heard of it: the strictest wins, so
nothing has to be waited for. What those have said who were merged into the customer counts as well.
"""

from collections.abc import Iterator, Mapping

from shopkeeper.consent.caps import Limit
from shopkeeper.consent.contact import Contact, Word
from shopkeeper.consent.policy import Cap
from shopkeeper.customer import wishes
from shopkeeper.customer.words import Words


def limits(contact: Contact, words: Mapping[str, Words]) -> tuple[Limit, ...]:
    said = (each.is_ for each in _said(contact, words, wishes.FREQUENCY) if each.is_ != wishes.ANY)
    numbers = (map(int, each.split("/")) for each in said)
    return tuple(Limit(Cap(most=most, days=days), is_own=True) for most, days in numbers)


def paused_until(contact: Contact, words: Mapping[str, Words]) -> Word | None:
    """The word that asks for the longest pause, which may be over."""
    return max(_said(contact, words, wishes.PAUSE), key=lambda word: word.is_, default=None)


def _said(contact: Contact, words: Mapping[str, Words], name: str) -> Iterator[Word]:
    own, told = contact.wishes.get(name), wishes.told(words, name)
    if own:
        yield own
    if told and (own is None or told[1] > own.at):
        yield Word(*told, source="document")
    yield from (word for each, word in contact.wishes_of_others if each == name)
