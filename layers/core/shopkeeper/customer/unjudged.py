"""A hit on a signed link of which it is not settled yet whether a person or a machine made it.

It becomes an interaction with its verdict and not before, so that rows never change and nothing is counted that has to
be taken back. Until then it is kept beside the send, with where it came from and with what; both are dropped once the
verdict stands, and are kept nowhere else.
"""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from shopkeeper import ids
from shopkeeper.customer.interaction import NOTHING, Interaction, raw

CLICKED = "Email Link Clicked"
RULES = 1
"""Of the classifier, told with each verdict of it."""
_SHORT = 8


class Hit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`at` is text as `clock.to_text` writes it; `link` is None for an open. `ip` and `agent` are as the request had
    them. `by`, once it stands, is human, machine or unknown."""

    message_id: str
    name: str
    at: str
    content: str = ""
    link: int | None = None
    ip: str = ""
    agent: str = ""
    by: str = ""

    @property
    def mark(self) -> str:
        return mark(self.link, self.message_id)

    def judged(self, by: str) -> "Hit":
        return msgspec.structs.replace(self, by=by, ip="", agent="")


def mark(link: Any, message_id: str) -> str:
    """What a send's row calls it by: `<link>/<short digest>`, an open without a link."""
    return f"{'' if link is None else link}/{ids.digest(message_id)[:_SHORT]}"


def still(marks: Collection[str], hits: Collection[str]) -> frozenset[str]:
    """Of the marks of a send's row those of which it is not said yet who made them, as its `hits` say of the others.
    One that came again after that is none of them."""
    return frozenset(marks) - {hit[1:] for hit in hits} if marks else frozenset()


def is_unjudged(interaction: Interaction) -> bool:
    """It comes from the door of tracking, which says `machine` where the request itself tells."""
    said = interaction.properties
    return said.get("class") == "unknown" and "rules" not in said


def made_by(said: Mapping[str, Any]) -> str:
    """human, machine or unknown, of the properties of a hit that has its row. Rows of before there were verdicts say
    unknown of whatever was taken for a person then, and still is."""
    by = str(said.get("class", ""))
    return "human" if by == "unknown" and "rules" not in said else by


def bare(interaction: Interaction) -> Interaction:
    """Without where it came from."""
    return msgspec.structs.replace(interaction, raw_context=NOTHING)


def hit_of(interaction: Interaction) -> Hit:
    said, context = interaction.properties, interaction.context
    return Hit(
        message_id=interaction.message_id,
        name=interaction.name,
        at=interaction.at,
        content=said.get("content", ""),
        link=said.get("link"),
        ip=context.get("ip", ""),
        agent=context.get("agent", ""),
    )


def interaction_of(send_id: str, hit: Hit, by: str, reason: str) -> Interaction:
    """The same however often it is told, as it has the id of the hit."""
    said = {"content": hit.content, "class": by, "reason": reason, "rules": RULES}
    return Interaction(
        subject=f"send:{send_id}",
        message_id=hit.message_id,
        type="track",
        name=hit.name,
        at=hit.at,
        received_at=hit.at,
        source="tracking",
        trusted=True,
        raw_properties=raw(said if hit.link is None else {**said, "link": hit.link}),
    )
