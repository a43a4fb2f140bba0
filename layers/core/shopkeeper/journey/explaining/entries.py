"""Each way into a journey: what is asked for there, what was seen of it, and why that brought nobody in.

A kind of source is told by a function of `TELLERS`: whoever adds one adds its function there.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from shopkeeper.customer import lists
from shopkeeper.customer.instants import to_ms
from shopkeeper.journey import entering
from shopkeeper.journey.entering import Told
from shopkeeper.journey.explaining import doors, words
from shopkeeper.journey.explaining.forms import Against, Happened, SourceView
from shopkeeper.journey.explaining.seen import Seen
from shopkeeper.journey.graph import OnCall, OnEvent, OnList, OnSegment, Source
from shopkeeper.segment.explaining import wording
from shopkeeper.segment.explaining.forms import Explanation
from shopkeeper.segment.standing import ENTERED, LEFT

MOST_SHOWN, MOST_SAID = 10, 3
Teller = Callable[[Any, Seen], SourceView]
Unfit = Callable[[Told], Iterable[Against]]


def all_of(seen: Seen) -> list[SourceView]:
    return [_teller(each)(each, seen) for each in seen.graph.entry.sources]


def _teller(source: Source) -> Teller:
    return TELLERS.get(type(source), _untold)


def _event(source: OnEvent, seen: Seen) -> SourceView:
    name = source.trigger.event
    happened = [_happened(seen, each, words.failing(source.trigger, each.props)) for each in _few(seen.named(name))]
    return _view(source, words.trigger(source.trigger), happened, _never(seen, name))


def _segment(source: OnSegment, seen: Seen) -> SourceView:
    name, asks = (ENTERED, "comes into") if source.entered else (LEFT, "leaves")
    news = (each for each in seen.named(name) if each.props.get("segment") == source.segment)
    happened = [_happened(seen, each) for each in _few(news)]
    of = seen.of_segment(source.segment, seen.customer)
    view = _view(source, f"{asks} the segment {source.segment}", happened, _never_moved(of, source, asks))
    return {**view, "segment": of}


def _never_moved(of: Explanation | None, source: OnSegment, asks: str) -> str:
    if of is None:
        return f"there is no segment {source.segment} any more"
    known = "they never did, as far as is remembered"
    if of["holds"] != source.entered:
        return f"{known}. {of['summary']}"
    where = "in it" if source.entered else "outside it"
    return f"{known}: they are {where}, but only who {asks} it from the publishing on is let in"


def _list(source: OnList, seen: Seen) -> SourceView:
    verb, name = ("is put on", lists.ENTERED) if source.added else ("is taken from", lists.LEFT)
    news = (each for each in seen.named(name) if each.props.get("list") == source.list_id)
    happened = [_happened(seen, each) for each in _few(news)]
    stay = seen.customer.document.lists.get(source.list_id)
    word = "on" if stay and stay.is_on else "not on"
    since = f", since {seen.moment(stay.at)}" if stay else ""
    never = f"no word of that is among what is remembered; they are {word} the list now{since}"
    return _view(source, f"{verb} the list {source.list_id}", happened, never)


def _call(source: OnCall, seen: Seen) -> SourceView:
    asked = (each for each in seen.named(entering.STARTED) if each.props.get("journey") == seen.graph.journey)
    happened = [_happened(seen, each) for each in _few(asked)]
    return _view(source, "is let in by hand, by the API or by another journey", happened, "nobody has asked for that")


def _untold(source: Source, _seen: Seen) -> SourceView:
    return _view(source, "comes in by another way", [], "of this way nothing can be told here")


TELLERS: Mapping[type, Teller] = {OnEvent: _event, OnSegment: _segment, OnList: _list, OnCall: _call}


def _few(news: Iterator[Told]) -> list[Told]:
    return [each for each, _ in zip(news, range(MOST_SHOWN), strict=False)]


def _happened(seen: Seen, told: Told, unfit: Iterable[Against] = ()) -> Happened:
    came_in = doors.brought_in(seen, told)
    against = [] if came_in else [*unfit, *doors.against(seen, told)]
    return {
        "name": told.news.name,
        "at": told.news.at,
        "told_at": told.news.received_at,
        "message_id": told.news.message_id,
        "counts": came_in,
        "says": wording.capital(f"on {seen.moment(to_ms(told.news.at))} {_says(against, came_in=came_in)}."),
        "against": against,
    }


def _says(against: list[Against], *, came_in: bool) -> str:
    if came_in:
        return "it brought them in"
    if against:
        return f"it brought nobody in: {'; '.join(each['says'] for each in against)}"
    return "it brought nobody in; nothing that is known now speaks against it, and what is new is looked at in seconds"


def _never(seen: Seen, name: str) -> str:
    held = seen.customer.measures.get(name)
    if held is None or not held.count:
        return f"“{name}” has never happened to them"
    back = (
        f"before {seen.moment(seen.looked_back_to)}, and no further was read" if seen.looked_back_to else "too long ago"
    )
    return f"“{name}” happened {wording.times(held.count)}, last on {seen.moment(held.last)}: {back}"


def _view(source: Source, asks: str, happened: list[Happened], never: str) -> SourceView:
    """What brought them in goes before all else."""
    brought = [each["says"] for each in happened if each["counts"]][:1]
    said = " ".join(brought or [each["says"] for each in happened[:MOST_SAID]] or [_sentence(never)])
    return {
        "on": str(source.__struct_config__.tag),
        "asks": wording.capital(asks),
        "says": f"{wording.capital(asks)}: {said[:1].lower()}{said[1:]}",
        "happened": happened,
        "segment": None,
    }


def _sentence(said: str) -> str:
    return said if said.endswith(".") else f"{said}."
