"""`Interaction Retracted {message_id, subject?}`: what was said should not have been counted.

It takes an interaction out of the measures and out of its order, whether that came before it or comes after it. What
the interaction told, of traits, consents, lists or other things, stays until something else is told.

It speaks of its own subject only, and on a trusted word. As it counts for nothing itself, to take a retraction back
changes nothing, in whatever order the two come.
"""

from typing import Any

from shopkeeper.customer.interaction import MAX_MESSAGE_ID_BYTES, Interaction
from shopkeeper.customer.rows import Key, Row

NAME = "Interaction Retracted"
RETRACTED = "retracted"
"""Why a row has no part in any document whose interaction was retracted before it came."""


def target_of(interaction: Interaction) -> Key | None:
    """What it takes back; None for whatever is no retraction, or none that counts."""
    return _target(interaction, interaction.properties) if interaction.name == NAME else None


def target_in(row: Row) -> Key | None:
    """The same of the row that remembers it."""
    return _target(row, row.said().get("properties", {})) if row.name == NAME else None


def _target(told: Interaction | Row, said: dict[str, Any]) -> Key | None:
    message_id = said.get("message_id")
    is_id = isinstance(message_id, str) and 0 < len(message_id.encode()) <= MAX_MESSAGE_ID_BYTES
    is_own = said.get("subject") in (None, told.subject) and message_id != told.message_id
    return (told.subject, str(message_id)) if is_id and is_own and told.trusted and told.type == "track" else None
