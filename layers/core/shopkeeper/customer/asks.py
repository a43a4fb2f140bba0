"""What a customer asks about: technique or price, delivery or size. Interactions say so by `about`.

Each is a thing of its own, so the newest few are kept, whatever the order they arrive in, and each counts the less the
longer ago it was. What was said in words is kept apart from what was looked at: twenty pages push out no question.
"""

from collections.abc import Iterator
from typing import Any

from typing_extensions import TypedDict

from shopkeeper import ids
from shopkeeper.customer.document import Document
from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.interaction import Interaction
from shopkeeper.customer.words import Said, id_text

ASKED = "asked"
LOOKED = "looked"
HALF_LIFE_DAYS = 30

_PREFIX = "about:"
_MOST_MARKS = 5  # of one interaction
_SHORT = 8
_BETWEEN = "\t"
_HALF_LIFE_MS = HALF_LIFE_DAYS * 24 * 60 * 60 * 1000
_FAINTEST = 0.01
_NO_WORDS = frozenset({"page", "screen"})


class Asked(TypedDict):
    """`weight` is how often, each time counted half after 30 days, a quarter after 60; `times` is how often it is known
    of, and `at` when it was last."""

    about: str
    weight: float
    times: int
    at: str


def stated(interaction: Interaction) -> Iterator[Said]:
    """A machine asks nothing."""
    by_machine = (
        interaction.context.get("device_class") == "machine" or interaction.properties.get("class") == "machine"
    )
    if by_machine or interaction.type not in ("track", "page", "screen"):
        return
    if marks := _marks(interaction):
        family = LOOKED if interaction.type in _NO_WORDS or interaction.name.endswith("Viewed") else ASKED
        which = ids.digest("asked", *interaction.key)[:_SHORT]
        yield from (Said(family, mark + _BETWEEN + which, "") for mark in marks)


def _marks(interaction: Interaction) -> list[str]:
    """Each once. What is noted as a concern is about its topic."""
    said = interaction.properties.get("about")
    if said is None and interaction.name == "Concern Noted":
        said = interaction.properties.get("topic")
    if said is None:
        return []
    found = (_mark(each) for each in (said if isinstance(said, list) else [said]))
    return list(dict.fromkeys(mark for mark in found if mark))[:_MOST_MARKS]


def _mark(said: Any) -> str:
    """ "About: Price " and "price" are the same."""
    return id_text(id_text(said).casefold().removeprefix(_PREFIX)).replace(_BETWEEN, " ")


def asks_about(document: Document, now_ms: int) -> list[Asked]:
    """What weighs most first; what is all but forgotten is left out."""
    instants: dict[str, list[int]] = {}
    for family in (ASKED, LOOKED):
        for name, word in document.words.get(family, {}).items():
            instants.setdefault(name.rpartition(_BETWEEN)[0], []).append(word.at)
    found = [_asked(mark, times, now_ms) for mark, times in instants.items()]
    return sorted(
        (each for each in found if each["weight"] >= _FAINTEST), key=lambda each: (-each["weight"], each["about"])
    )


def _asked(mark: str, instants: list[int], now_ms: int) -> Asked:
    weight = sum(0.5 ** (max(0, now_ms - at) / _HALF_LIFE_MS) for at in sorted(instants))
    return {"about": mark, "weight": round(weight, 2), "times": len(instants), "at": from_ms(max(instants))}
