"""Visits of a customer: stretches of looking at pages in which no pause is longer than half an hour.

Read off the newest instants that the measures keep, so nothing is stored for them. Where the measures know of earlier
pages too, the oldest visit may have begun before the instants that are known: it is left out.
"""

from collections.abc import Iterable
from typing import NamedTuple

from shopkeeper.customer.interaction import Interaction

LONGEST_PAUSE_MS = 30 * 60 * 1000

# What a page or a screen counts as; a shop may say the same by `track`.
_NAMES = {"page": "Page Viewed", "screen": "Screen Viewed"}
NAMES = frozenset(_NAMES.values())


class Session(NamedTuple):
    """Milliseconds since 1970 of its first and its last page."""

    start: int
    end: int
    pages: int


def viewed(interaction: Interaction) -> str:
    """The name that a look at a page is counted under; empty for everything else, and for machines."""
    is_machine = interaction.context.get("device_class") == "machine"
    return "" if is_machine else _NAMES.get(interaction.type, "")


def sessions(instants: Iterable[int], *, all_known: bool) -> list[Session]:
    """Newest first. `all_known`: no page was looked at before these instants."""
    found: list[Session] = []
    for at in sorted(instants, reverse=True):
        if found and found[-1].start - at <= LONGEST_PAUSE_MS:
            found[-1] = Session(at, found[-1].end, found[-1].pages + 1)
        else:
            found.append(Session(at, at, 1))
    return found if all_known else found[:-1]
