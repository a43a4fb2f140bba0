"""Each way into a journey: what is asked for there, what was seen of it, and why that brought nobody in.

A kind of source is told by a function of `TELLERS`: whoever adds one adds its function there.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from shopkeeper.customer import lists
from shopkeeper.customer.instants import to_ms
from shopkeeper.journey.doors import business, entering
from shopkeeper.journey.doors.entering import Told
from shopkeeper.journey.explaining import by_calendar, showing, words
from shopkeeper.journey.explaining.doors import Knock
from shopkeeper.journey.explaining.forms import Against, Happened, SourceView
from shopkeeper.journey.explaining.seen import Business, Seen
from shopkeeper.journey.graph import (
    OnBusinessEvent,
    OnCall,
    OnDate,
    OnEvent,
    OnList,
    OnRecurrence,
    OnSegment,
    Source,
)
from shopkeeper.segment.explaining import wording
from shopkeeper.segment.explaining.forms import Explanation
from shopkeeper.segment.standing import ENTERED, LEFT

Teller = Callable[[Any, Seen], SourceView]


def all_of(seen: Seen) -> list[SourceView]:
    return [_teller(each)(each, seen) for each in seen.graph.entry.sources]


def _teller(source: Source) -> Teller:
    return TELLERS.get(type(source), _untold)


def _event(source: OnEvent, seen: Seen) -> SourceView:
    name = source.trigger.event
    happened = _happened(seen, seen.named(name), lambda each: words.failing(source.trigger, each.props))
    return showing.view(source, words.trigger(source.trigger), happened, _never(seen, name))


def _segment(source: OnSegment, seen: Seen) -> SourceView:
    name, asks = (ENTERED, "comes into") if source.entered else (LEFT, "leaves")
    news = (each for each in seen.named(name) if each.props.get("segment") == source.segment)
    happened = _happened(seen, news)
    of = seen.of_segment(source.segment, seen.customer)
    view = showing.view(source, f"{asks} the segment {source.segment}", happened, _never_moved(of, source, asks))
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
    happened = _happened(seen, news)
    stay = seen.customer.document.lists.get(source.list_id)
    word = "on" if stay and stay.is_on else "not on"
    since = f", since {seen.moment(stay.at)}" if stay else ""
    never = f"no word of that is among what is remembered; they are {word} the list now{since}"
    return showing.view(source, f"{verb} the list {source.list_id}", happened, never)


def _call(source: OnCall, seen: Seen) -> SourceView:
    asked = (each for each in seen.named(entering.STARTED) if each.props.get("journey") == seen.graph.journey)
    happened = _happened(seen, asked)
    return showing.view(
        source, "is let in by hand, by the API or by another journey", happened, "nobody has asked for that"
    )


def _business_event(source: OnBusinessEvent, seen: Seen) -> SourceView:
    """No list is kept of them by whom they were looked at: so whoever asks says which."""
    asks, said = f"the business event “{source.name}” happens", seen.business
    if said is None or said.event.name != source.name:
        other = f", and not “{said.event.name}”" if said else ""
        return showing.view(source, asks, [], f"which one is meant has to be said, by `business_event`{other}")
    event, entered = said.event, business.entry(said.event, seen.graph, seen.customer.customer_id)
    cause = business.cause_id(event, seen.customer.customer_id)
    key, instants = entered.key if entered else None, (to_ms(event.at), to_ms(event.told_at))
    return showing.view(
        source, asks, [showing.told(seen, Knock(event.name, event.id, *instants, cause, key), _unheard(said, seen))], ""
    )


def _unheard(said: Business, seen: Seen) -> Iterator[Against]:
    if seen.graph.journey not in said.event.journeys:
        says = "the journey did not listen to it when it was told"
        yield {"says": says, "evidence": {"journeys": list(said.event.journeys)}}
    elif said.is_going:
        yield {"says": "customers are still being looked at, page by page", "evidence": {"state": "going"}}


def _untold(source: Source, _seen: Seen) -> SourceView:
    return showing.view(source, "comes in by another way", [], "of this way nothing can be told here")


TELLERS: Mapping[type, Teller] = {
    OnEvent: _event,
    OnSegment: _segment,
    OnList: _list,
    OnDate: by_calendar.date,
    OnRecurrence: by_calendar.recurrence,
    OnBusinessEvent: _business_event,
    OnCall: _call,
}


def _happened(
    seen: Seen, news: Iterable[Told], unfit: Callable[[Told], Iterable[Against]] = lambda _: ()
) -> list[Happened]:
    """The newest of these."""
    return [showing.told(seen, Knock.of(each, seen.graph), unfit(each)) for each in islice(news, showing.MOST_SHOWN)]


def _never(seen: Seen, name: str) -> str:
    held = seen.customer.measures.get(name)
    if held is None or not held.count:
        return f"“{name}” has never happened to them"
    back = (
        f"before {seen.moment(seen.looked_back_to)}, and no further was read" if seen.looked_back_to else "too long ago"
    )
    return f"“{name}” happened {wording.times(held.count)}, last on {seen.moment(held.last)}: {back}"
