"""What a customer has allowed, per topic, from `Consent Changed {topic, is: in|out, basis, wording}` and
`Unsubscribed {topic}`.

The topic `*` is all marketing at once. An `out` of it goes before whatever is said of a topic, and only an `in` of it
takes that back. Of all facts about a topic one prevails, whatever the order they arrive in: the one that ranks highest.
"""

from typing import Any

import msgspec

from shopkeeper.customer.instants import to_ms
from shopkeeper.customer.interaction import Interaction
from shopkeeper.customer.rows import Row

ALL = "*"
CHANGED = "Consent Changed"
UNSUBSCRIBED = "Unsubscribed"
LONGEST_TEXT = 200
"""Letters of a basis, and of a wording, that are kept of a consent; the rows keep all."""


class Consent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"is_": "is"}):
    is_: str
    at: int
    source: str
    basis: str = ""
    wording: str = ""

    @property
    def rank(self) -> tuple[bool, int, bool, str, str, str]:
        """The latest prevails and a tie goes to `out`; but an `in` from a file yields to all that was said in person.

        An `out` counts as said in person even from a file: somebody once opted out.
        """
        is_out = self.is_ == "out"
        return is_out or self.source != "import", self.at, is_out, self.source, self.basis, self.wording


def stated(interaction: Interaction) -> dict[str, Consent]:
    """The topic and what is said of it; nothing where the interaction says nothing usable.

    A publishable key proves nothing about who is speaking: it can take a consent back, and give one only with the
    shop's word for who is signed in.
    """
    return _stated(interaction, interaction.properties, interaction.context)


def stated_in(row: Row) -> dict[str, Consent]:
    """The same of the row that remembers it."""
    if row.name not in (CHANGED, UNSUBSCRIBED):
        return {}
    said = row.said()
    return _stated(row, said.get("properties", {}), said.get("context", {}))


def _stated(told: Interaction | Row, said: dict[str, Any], context: dict[str, Any]) -> dict[str, Consent]:
    if told.type != "track" or told.name not in (CHANGED, UNSUBSCRIBED):
        return {}
    may_give = told.trusted or context.get("proof") == "user_hash"
    topic, is_ = said.get("topic"), said.get("is") if told.name == CHANGED else "out"
    if not (isinstance(topic, str) and topic and (is_ == "out" or (is_ == "in" and may_give))):
        return {}
    consent = Consent(
        is_=is_,
        at=to_ms(told.at),
        source=told.source,
        basis=_text(said.get("basis")),
        wording=_text(said.get("wording")),
    )
    return {topic: consent}


def _text(value: object) -> str:
    return value[:LONGEST_TEXT] if isinstance(value, str) else ""
