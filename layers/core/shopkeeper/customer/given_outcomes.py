"""What came of single interactions: outcomes that people give them, now or later.

An interaction may have several. Which of them is shown depends on their ranks, which are data and may change.
"""

from collections.abc import Iterator, Mapping

from shopkeeper import ids
from shopkeeper.customer.document import Document
from shopkeeper.customer.interaction import Interaction
from shopkeeper.customer.words import Said, is_name

FAMILY = "outcomes"
RECORDED = "Outcome Recorded"
_BETWEEN = "\t"
_SHORT = 16


def stated(interaction: Interaction) -> Iterator[Said]:
    """Of the interaction itself, or of the one it is about. On a trusted word alone."""
    outcome = interaction.properties.get("outcome")
    if not (interaction.trusted and isinstance(outcome, str) and is_name(outcome)):
        return
    of = interaction.properties.get("of") if interaction.name == RECORDED else interaction.message_id
    if isinstance(of, str) and of:
        yield Said(FAMILY, mark(of) + _BETWEEN + outcome.strip(), "")


def mark(message_id: str) -> str:
    """By which an interaction is known here: its id may be long."""
    return ids.digest("outcome", message_id)[:_SHORT]


def prevailing(document: Document, ranks: Mapping[str, int]) -> dict[str, str]:
    """By mark the outcome with the highest rank, at a tie the latest; one without a rank ranks lowest."""
    found: dict[str, tuple[tuple[int, int, str], str]] = {}
    for name, word in document.words.get(FAMILY, {}).items():
        of, _, outcome = name.rpartition(_BETWEEN)
        rank = ranks.get(outcome, -1), word.at, outcome
        if of not in found or rank > found[of][0]:
            found[of] = rank, outcome
    return {of: outcome for of, (_, outcome) in found.items()}
