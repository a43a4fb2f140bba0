"""Why a customer is in a journey or is not, does not move there, or was not written to: in sentences, with evidence.

    seen         all that an explanation rests on, read at one moment
    entries      each way in: what was seen of it, and why it brought nobody in; a new kind of source is told there
    by_calendar  those of dates, and of what recurs
    doors        what the door of journeys asks: the journey itself, how old, which key, the audience, who was in before
    showing      what was seen of one way in
    inside       a run: where it stands, or how it ended
    hearing      what a run listens for, and why what it has heard does not count
    letters      what became of its mails, and of those that were put off or never written
    words        what journeys listen for, as people say it
    forms        what is given

Whatever decides for a run is asked here as it is asked there: rules, signals, caps, hours and the door of mail. So
nothing is said that a leg would not do.
"""

from collections.abc import Iterator

from shopkeeper.customer.instants import from_ms
from shopkeeper.journey.explaining import doors, entries, inside
from shopkeeper.journey.explaining.forms import AgainView, JourneyExplanation, RunWhy, SourceView
from shopkeeper.journey.explaining.seen import Seen, sentences
from shopkeeper.segment.explaining import wording
from shopkeeper.segment.explaining.forms import Explanation

INSIDE = frozenset({"active", "held_out", "stuck"})


def explain(seen: Seen) -> JourneyExplanation:
    runs = [inside.explained(seen, row) for row in seen.rows]
    sources, audience = entries.all_of(seen), _audience(seen)
    again = [doors.again(seen, row) for row in seen.rows]
    is_inside = any(each["status"] in INSIDE for each in runs)
    said = _inside(runs) if is_inside else _outside(seen, sources, audience, runs, again)
    return {
        "journey": seen.graph.journey,
        "customer_id": seen.customer.customer_id,
        "at": from_ms(seen.now),
        "zone": wording.zone_name(seen.zone),
        "version": seen.graph.version,
        "going": seen.state.going if seen.state else "draft",
        "is_inside": is_inside,
        "is_held_out": doors.is_left_out(seen),
        "looked_back_to": from_ms(seen.looked_back_to) if seen.looked_back_to else None,
        "why": sentences(said),
        "entries": sources,
        "audience": audience,
        "again": again,
        "runs": runs,
    }


def _audience(seen: Seen) -> Explanation | None:
    ref = seen.graph.entry.audience
    its = seen.explainer(seen.graph, ref, "audience", ("Of the audience", "Not of the audience")) if ref else None
    return its.explain(seen.customer, seen.now) if its else None


def _inside(runs: list[RunWhy]) -> Iterator[str]:
    for each in runs:
        if each["status"] in INSIDE:
            yield from each["why"]


def _outside(
    seen: Seen, sources: list[SourceView], audience: Explanation | None, runs: list[RunWhy], again: list[AgainView]
) -> Iterator[str]:
    yield "they are not inside."
    if says := doors.going(seen):
        yield f"{says}."
    yield from (each["says"] for each in sources)
    if audience and not audience["holds"]:
        yield audience["summary"]
    for run in runs:
        yield from run["why"]
    yield from (each["says"] for each in again)
    if doors.is_left_out(seen):
        yield f"Should they come in, {doors.left_out(seen)}."
