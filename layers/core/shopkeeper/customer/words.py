"""The latest word on things that have a name each: a ticket, a concern, an account, the country somebody is in.

Of all words on one thing the latest holds, whatever the order they arrive in; of all things of a family the newest few
are kept. Both are choices of a largest, so what is kept depends on which words were told and on nothing else.
"""

from collections.abc import Mapping
from heapq import nlargest
from typing import Any, NamedTuple, TypeGuard

import msgspec

MOST_PER_FAMILY = 20
_TIE_BREAKER = 12  # characters; of the lines of a file, numbered at the end, the last one holds
LONGEST_NAME = 100  # letters
LONGEST_TEXT = 200

canonical = msgspec.json.Encoder(order="deterministic").encode


class Word(msgspec.Struct, frozen=True, array_like=True):
    """`at` is in milliseconds since 1970; `by` is the end of the id of the message that said it."""

    at: int
    by: str
    value: Any

    def is_after(self, other: "Word") -> bool:
        """Where two messages cannot be told apart, what they say settles it."""
        own, its = (self.at, self.by), (other.at, other.by)
        return own > its or (own == its and canonical(self.value) > canonical(other.value))


class Said(NamedTuple):
    """What an interaction says of one thing."""

    family: str
    name: str
    value: Any


Words = dict[str, Word]
"""By the name of the thing."""

Families = dict[str, Words]


def teller(message_id: str) -> str:
    """By which of two messages of one instant it is settled whose word holds."""
    return message_id[-_TIE_BREAKER:]


def tell(families: Families, family: str, name: str, word: Word) -> None:
    """Changes `families`, whose members stay as they are."""
    words = families.get(family, {})
    told = latest(words, name, word)
    if told is not words:
        families[family] = newest(told)


def latest(words: Words, name: str, word: Word) -> Words:
    """The same words where a later one on this thing is among them."""
    held = words.get(name)
    return words | {name: word} if held is None or word.is_after(held) else words


def union(one: Mapping[str, Words], other: Mapping[str, Words]) -> Families:
    families = dict(one)
    for family, words in other.items():
        for name, word in words.items():
            tell(families, family, name, word)
    return families


def newest(words: Words) -> Words:
    if len(words) <= MOST_PER_FAMILY:
        return words
    return dict(nlargest(MOST_PER_FAMILY, words.items(), key=lambda each: (each[1].at, each[0])))


def is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value.strip()) <= LONGEST_NAME


def id_text(value: object) -> str:
    """17 and "17" are the same."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return text.strip() if isinstance(text, str) and is_name(text) else ""


def texts(said: dict[str, Any], *names: str) -> dict[str, str]:
    return {
        name: said[name].strip()[:LONGEST_TEXT]
        for name in names
        if isinstance(said.get(name), str) and said[name].strip()
    }
