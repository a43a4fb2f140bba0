"""What was seen of one way into a journey, and what came of it."""

from collections.abc import Iterable

from shopkeeper.customer.instants import from_ms
from shopkeeper.journey.explaining import doors
from shopkeeper.journey.explaining.doors import Knock
from shopkeeper.journey.explaining.forms import Against, Happened, SourceView
from shopkeeper.journey.explaining.seen import Seen
from shopkeeper.journey.graph import Source
from shopkeeper.segment.explaining import wording

MOST_SHOWN, MOST_SAID = 10, 3


def told(seen: Seen, knock: Knock, unfit: Iterable[Against] = ()) -> Happened:
    came_in = doors.brought_in(seen, knock)
    against = [] if came_in else [*unfit, *doors.against(seen, knock)]
    return {
        "name": knock.name,
        "at": from_ms(knock.at),
        "told_at": from_ms(knock.told_at),
        "message_id": knock.id,
        "counts": came_in,
        "says": wording.capital(f"on {seen.moment(knock.at)} {_says(against, came_in=came_in)}."),
        "against": against,
    }


def _says(against: list[Against], *, came_in: bool) -> str:
    if came_in:
        return "it brought them in"
    if against:
        return f"it brought nobody in: {'; '.join(each['says'] for each in against)}"
    return "it brought nobody in; nothing that is known now speaks against it, and what is new is looked at in seconds"


def view(source: Source, asks: str, happened: list[Happened], never: str) -> SourceView:
    """What brought them in goes before all else."""
    brought = [each["says"] for each in happened if each["counts"]][:1]
    said = " ".join(brought or [each["says"] for each in happened[:MOST_SAID]] or [_sentence(never)])
    return {
        "on": str(source.__struct_config__.tag),
        "asks": wording.capital(asks),
        "says": f"{wording.capital(asks)}: {said[:1].lower()}{said[1:]}",
        "happened": happened,
        "segment": None,
        "next_at": None,
    }


def _sentence(said: str) -> str:
    return said if said.endswith(".") else f"{said}."
