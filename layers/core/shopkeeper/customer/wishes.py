"""How often, and from when on, a customer wants mail: `Consent Changed {frequency, pause_until}`.

`frequency` is `{"most": 1, "days": 7}`, at most one in any seven days, or "any", which takes that back; `pause_until`
an instant, of which one that has passed ends a pause. On the word of somebody who is known alone, as for a yes.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from shopkeeper.customer.instants import from_ms, to_ms
from shopkeeper.customer.interaction import Interaction
from shopkeeper.customer.words import Said, Words

FAMILY = "wishes"
FREQUENCY, PAUSE = "frequency", "pause_until"
NAMES = frozenset({FREQUENCY, PAUSE})
ANY = "any"
MOST = 30


def stated(interaction: Interaction) -> Iterator[Said]:
    if interaction.trusted or interaction.context.get("proof") == "user_hash":
        yield from (Said(FAMILY, name, value) for name, value in said_in(interaction.properties).items())


def said_in(properties: Mapping[str, Any]) -> dict[str, str]:
    """What is as it should be, as text: `1/7` or any; an instant."""
    read = {FREQUENCY: _frequency(properties.get(FREQUENCY)), PAUSE: _pause(properties.get(PAUSE))}
    return {name: value for name, value in read.items() if value is not None}


def told(words: Mapping[str, Words], name: str) -> tuple[str, str] | None:
    """What a document says last of it, and when: both as text."""
    word = words.get(FAMILY, {}).get(name)
    return (word.value, from_ms(word.at)) if word else None


def _frequency(said: object) -> str | None:
    if said == ANY:
        return ANY
    if not isinstance(said, dict):
        return None
    most, days = said.get("most"), said.get("days")
    return f"{most}/{days}" if all(type(each) is int and 0 < each <= MOST for each in (most, days)) else None


def _pause(said: object) -> str | None:
    try:
        return from_ms(to_ms(said)) if isinstance(said, str) else None
    except (ValueError, OverflowError):
        return None
