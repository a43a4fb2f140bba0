"""The latest word on things that have a name each: a ticket, a concern, an account, the country somebody is in.

Of all words on one thing the latest holds, whatever the order they arrive in; of all things of a family the newest few
are kept. Both are choices of a largest, so what is kept depends on which words were told and on nothing else.
"""

from collections.abc import Mapping
from heapq import nlargest
from typing import Any

import msgspec

MOST_PER_FAMILY = 50

_canonical = msgspec.json.Encoder(order="deterministic").encode


class Word(msgspec.Struct, frozen=True, array_like=True):
    """`at` is in milliseconds since 1970; `by` is the end of the id of the message that said it."""

    at: int
    by: str
    value: Any

    @property
    def rank(self) -> tuple[int, str, bytes]:
        return self.at, self.by, _canonical(self.value)


Words = dict[str, Word]
"""By the name of the thing."""

Families = dict[str, Words]


def tell(families: Families, family: str, name: str, word: Word) -> None:
    """Changes `families`, whose members stay as they are."""
    words = families.get(family, {})
    held = words.get(name)
    if held is None or word.rank > held.rank:
        families[family] = newest(words | {name: word})


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
