"""What news of a customer mean for journeys: who comes in by it, and which runs hear of it. Pure.

Only entries mind how old the news are. What came from a file is history, and brings nobody in; whatever the customer is
inside of hears of all that happens.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from shopkeeper import ids
from shopkeeper.customer import consents, lists, orders
from shopkeeper.customer.comparing import Scalar
from shopkeeper.customer.instants import to_ms
from shopkeeper.customer.rows import Row as News
from shopkeeper.journey.graph import Graph, OnCall, OnEvent, OnList, OnSegment, Source
from shopkeeper.journey.run import Cause, Worth
from shopkeeper.journey.state import State
from shopkeeper.segment.reads import Reads
from shopkeeper.segment.standing import ENTERED, LEFT

STARTED = "Journey Asked For"
"""Somebody, or another journey, has a customer enter one."""
OLDEST_MS = 72 * 3_600_000
"""What happened longer ago brings nobody in."""
MOST_PROPS = 20
LONGEST_VALUE = 200
_ASKED_BY = frozenset({"api", "journey"})
_OF_CONSENT = frozenset({consents.CHANGED, "Unsubscribed", "Email Marked as Spam"})


class Entered(NamedTuple):
    """`key` is the value that keys the run."""

    graph: Graph
    key: str
    cause: Cause


@dataclass(frozen=True, slots=True)
class Told:
    """News as journeys see them. `props` are those of the interaction."""

    news: News
    props: Mapping[str, Any]

    @classmethod
    def of(cls, news: News) -> "Told":
        props = news.said().get("properties", {})
        return cls(news, props if isinstance(props, dict) else {})


def names(graphs: Collection[Graph]) -> frozenset[str]:
    """Of all interactions that somebody may enter by, or that a run may hear of."""
    entered = {name for graph in graphs for name in _entry_names(graph)}
    return frozenset(entered | {each.event for graph in graphs for each in graph.listens()})


def _entry_names(graph: Graph) -> Iterator[str]:
    for each in graph.entry.sources:
        if isinstance(each, OnEvent):
            yield each.trigger.event
        elif isinstance(each, OnSegment):
            yield ENTERED if each.entered else LEFT
        elif isinstance(each, OnList):
            yield lists.ENTERED if each.added else lists.LEFT
        elif isinstance(each, OnCall):
            yield STARTED


def entries(told: Told, graphs: Iterable[Graph], now: int) -> Iterator[Entered]:
    """Into the versions that let people in, unless the news are too old, or came from a file."""
    if told.news.source == "import" or to_ms(told.news.at) < now - OLDEST_MS:
        return
    for graph in graphs:
        if any(_brings_in(each, told, graph) for each in graph.entry.sources):
            key = keyed(graph, told)
            if key is not None:
                yield Entered(graph, key, _cause(told, "entry", scalars(_said(told))))


def keyed(graph: Graph, told: Told) -> str | None:
    """The value that keys the run which these news begin; None where they do not say it."""
    said, is_asked = _said(told), told.news.name == STARTED
    return key_of(graph, said if isinstance(said, dict) else {}, told.props.get("key") if is_asked else None)


def _said(told: Told) -> Any:
    """What the entry is told of: whoever asks for one says it beside what they ask for."""
    return told.props.get("properties", {}) if told.news.name == STARTED else told.props


def _brings_in(source: Source, told: Told, graph: Graph) -> bool:
    said, name = told.props, told.news.name
    if isinstance(source, OnEvent):
        return source.trigger.fits(name, said)
    if isinstance(source, OnSegment):
        return name == (ENTERED if source.entered else LEFT) and said.get("segment") == source.segment
    if isinstance(source, OnList):
        return name == (lists.ENTERED if source.added else lists.LEFT) and said.get("list") == source.list_id
    return isinstance(source, OnCall) and _asked_for(told) == graph.journey


def _asked_for(told: Told) -> Any:
    """The journey that somebody is to enter by these news; None for other news."""
    is_asked = told.news.name == STARTED and told.news.source in _ASKED_BY
    return told.props.get("journey") if is_asked else None


def is_ahead(told: Told, states: Mapping[str, State]) -> bool:
    """Whether somebody is asked for by who may know better how the journey stands."""
    journey = _asked_for(told)
    if not isinstance(journey, str):
        return False
    state, revision = states.get(journey), told.props.get("revision")
    return state is None or not state.lets_in or (isinstance(revision, int) and state.revision < revision)


def key_of(graph: Graph, said: Mapping[str, Any], named: Any = None) -> str | None:
    """None where the run is to be keyed by what nobody said: two of them would be taken for one. `named` is what stands
    for the key where no property does."""
    if not graph.entry.key:
        return ""
    value = said.get(graph.entry.key, named)
    is_plain = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value)[:LONGEST_VALUE] if is_plain and str(value) else None


def touches(told: Told, reads: Reads) -> bool:
    """Whether a rule that reads this may say something else after these news."""
    name = told.news.name
    if told.news.type == "identify":
        return bool(reads.traits or reads.others)
    if name in (lists.ENTERED, lists.LEFT):
        return told.props.get("list") in reads.lists
    asked = reads.events | {each.event for each in reads.registered.values()}
    return name in asked or (name in _OF_CONSENT and bool(reads.topics))


def look(told: Told, reads: Iterable[Reads]) -> Cause | None:
    """It is no signal, but one of the rules that are watched may hold now."""
    if not any(touches(told, each) for each in reads):
        return None
    return msgspec.structs.replace(_cause(told, "clock", {}), name="")


def signal(told: Told, graphs: Iterable[Graph]) -> Cause | None:
    """What a run of these versions hears, None for nothing: with what any test of theirs asks for."""
    listening = list(graphs)
    triggers = [each for graph in listening for each in graph.listens() if each.event == told.news.name]
    if not triggers:
        return None
    asked = {test.prop for each in triggers for test in each.where}
    cause = _cause(told, "signal", {name: told.props[name] for name in sorted(asked) if name in told.props})
    is_goal = any(each in triggers for graph in listening if graph.goal for each in graph.goal.triggers)
    return _paid(told, cause) if is_goal and told.news.trusted else cause


def _paid(told: Told, cause: Cause) -> Cause:
    """With the order that it is about, and what that comes to."""
    order, stated = told.news.order, orders.sum_of(told.props)
    worth = Worth(*stated) if stated else None
    return msgspec.structs.replace(cause, order="" if order.startswith("/") else order, worth=worth)


def _cause(told: Told, kind: Any, props: Mapping[str, Any]) -> Cause:
    news = told.news
    return Cause(
        id=cause_id(news),
        kind=kind,
        name=news.name,
        at=to_ms(news.at),
        received_at=to_ms(news.received_at),
        props=props,
        send=_send(told),
        verdict=_verdict(told),
    )


def cause_id(news: News) -> str:
    """By which a run knows what has moved it."""
    return ids.digest("cause", news.subject, news.message_id)[:22]


def _send(told: Told) -> str:
    """Of a fact of our own about a mail."""
    news = told.news
    if news.source in ("tracking", "feedback", "recipient"):
        return news.message_id.partition("/")[0]
    return str(told.props.get("send_id", "")) if news.source == "mail" else ""


def _verdict(told: Told) -> Any:
    """Of a hit on a letter: what nobody could tell is not taken for a person's."""
    if told.news.source != "tracking":
        return ""
    return "human" if told.props.get("class") == "human" else "machine"


def scalars(said: Any) -> dict[str, Scalar]:
    """What letters of the run may show of it: short values, as many as there is room for."""
    held = said.items() if isinstance(said, dict) else ()
    plain = ((name, value) for name, value in held if isinstance(value, str | int | float | bool))
    short = ((name, value) for name, value in plain if len(str(value)) <= LONGEST_VALUE)
    return dict(list(short)[:MOST_PROPS])
