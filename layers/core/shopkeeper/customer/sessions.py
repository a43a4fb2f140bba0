"""Visits of a customer: stretches of looking at pages in which no pause is longer than half an hour.

Read off the newest instants that the measures keep, so nothing is stored for them. Where the measures know of earlier
pages too, the oldest visit may have begun before the instants that are known, and with more pages.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, NotRequired

from typing_extensions import TypedDict

from shopkeeper.customer.access import Arrival
from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.interaction import Interaction
from shopkeeper.customer.measures import Measure

LONGEST_PAUSE_MS = 30 * 60 * 1000

# What a page or a screen counts as; a shop may say the same by `track`.
_NAMES = {"page": "Page Viewed", "screen": "Screen Viewed"}
NAMES = frozenset(_NAMES.values())
EVER = float("-inf")


class Session(NamedTuple):
    """Milliseconds since 1970 of its first and its last page."""

    start: int
    end: int
    pages: int


class Visit(TypedDict):
    """`seconds` are from the first to the last page: none for who looked at one. Of a visit that is not whole, the
    beginning is not known any more: it was no later, and there were no fewer pages.

    `source` is the way into the shop, where it is one of the two that are kept: the first ever and the last one.
    """

    start: str
    seconds: int
    pages: int
    is_whole: bool
    source: NotRequired[str]


class Visits(TypedDict):
    """`known` is how many there were: all, if `is_all`, or else the newest. `newest` comes first."""

    known: int
    is_all: bool
    newest: list[Visit]


def viewed(interaction: Interaction) -> str:
    """The name that a look at a page is counted under; empty for everything else, and for machines."""
    is_machine = interaction.context.get("device_class") == "machine"
    return "" if is_machine else _NAMES.get(interaction.type, "")


def sessions(instants: Iterable[int]) -> list[Session]:
    """Newest first."""
    found: list[Session] = []
    for at in sorted(instants, reverse=True):
        if found and found[-1].start - at <= LONGEST_PAUSE_MS:
            found[-1] = Session(at, found[-1].end, found[-1].pages + 1)
        else:
            found.append(Session(at, at, 1))
    return found


def visits(measures: Mapping[str, Measure], arrivals: Iterable[Arrival]) -> Visits | None:
    """None of who never looked at a page."""
    looked = [measure for name in sorted(NAMES) if (measure := measures.get(name)) and measure.count]
    since = max((each.known_since for each in looked), default=EVER)
    found = sessions(at for each in looked for at in each.tail if at >= since)
    if not found:
        return None
    ways = sorted((each.at, each.source) for each in arrivals)
    return {"known": len(found), "is_all": since == EVER, "newest": [_visit(each, since, ways) for each in found]}


def _visit(session: Session, since: float, ways: Iterable[tuple[int, str]]) -> Visit:
    visit: Visit = {
        "start": from_ms(session.start),
        "seconds": (session.end - session.start) // 1000,
        "pages": session.pages,
        "is_whole": session.start > since,  # There was a page then, so later visits began after a pause.
    }
    source = next((source for at, source in ways if session.start <= at <= session.end), "")
    if source:
        visit["source"] = source
    return visit
