"""Journeys: what they say, as versions, and how each of them stands."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from typing_extensions import TypedDict

from shopkeeper.api import rules
from shopkeeper.api.calls import Call
from shopkeeper.api.segment_rules import Kept
from shopkeeper.api.variants import class_of
from shopkeeper.api.versions import Kind, Made, missing
from shopkeeper.aws.definitions import Version
from shopkeeper.aws.journeys import GRAPH, KIND
from shopkeeper.customer import requests
from shopkeeper.customer.requests import BadRequest
from shopkeeper.journey import graph
from shopkeeper.journey.breaking import Why
from shopkeeper.journey.definition import checking, compiling, writing
from shopkeeper.journey.definition.journey import Journey
from shopkeeper.journey.definition.naming import Named, named
from shopkeeper.journey.definition.waiting import Task, TaskNode
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.state import State
from shopkeeper.segment.references import Name, no_segments


class Standing(TypedDict):
    """`going` is draft for one that was never published. `live` is the version that lets people in, `versions` are
    those that somebody may stand in; `resume` was said when the last pause ended."""

    going: Literal["draft", "live", "paused", "stopped"]
    live: int | None
    versions: list[int]
    resume: str | None
    paused_at: str | None
    changed_at: str | None
    changed_by: str | None


class BrokenView(TypedDict):
    """A node through which nobody goes, because what it does fails too often, or its mails are complained of; so many
    did when it broke."""

    node: str
    since: str
    why: Why
    attempted: int
    failed: int
    delivered: int
    complained: int


def broken(call: Call, journey: str) -> list[BrokenView]:
    return [
        {
            "node": each.node,
            "since": each.since,
            "why": each.why,
            "attempted": each.tried.attempted,
            "failed": each.tried.failed,
            "delivered": each.tried.delivered,
            "complained": each.tried.complained,
        }
        for each in call.aws.breakers.of(journey)
    ]


def standing(state: State | None) -> Standing:
    its = state or State(journey="")
    return {
        "going": its.going if state else "draft",
        "live": its.live or None,
        "versions": list(its.versions),
        "resume": its.resume if state else None,
        "paused_at": its.paused_at or None,
        "changed_at": its.changed_at or None,
        "changed_by": its.changed_by or None,
    }


def faults(call: Call, wanted: Journey) -> Iterable[tuple[str, str]]:
    """What is wrong with it in itself; if that is nothing, what it names and is not there."""
    return list(checking.faults(wanted)) or list(_elsewhere(call, wanted))


def _elsewhere(call: Call, wanted: Journey) -> Iterator[tuple[str, str]]:
    for at, each in checking.rules(wanted):
        yield from rules.faults(call, each, at)
    for each in named(wanted):
        yield from _missing(call, each)
    for key, node in wanted.nodes.items():
        if isinstance(node, TaskNode):
            yield from _unsayable(call, node.task, f"nodes.{key}.task.outcomes")


def _unsayable(call: Call, task: Task, at: str) -> Iterator[tuple[str, str]]:
    """Whoever works the queue is offered its outcomes alone: no way would ever lead by another one."""
    queue = call.aws.definitions.newest("queue", task.queue)
    said = queue.facts()["outcomes"] if queue else task.outcomes
    for place, outcome in enumerate(task.outcomes):
        if outcome not in said:
            yield f"{at}.{place}", f"{outcome} is none of the queue {task.queue}: {', '.join(said)}"


def _missing(call: Call, each: Named) -> Iterable[tuple[str, str]]:
    if each.kind == "journey" and each.id == call.path["id"]:
        return [(each.field, "is this journey: to go back in it there is repeat")]
    if each.kind == "segment":
        is_there = Kept(call).look(Name(each.id)) is not None
        return [] if is_there else [(each.field, f"there is no segment {each.id}")]
    unfit = class_of(call, each.id, each.mail_class, each.field) if each.mail_class else ()
    return [*missing(call, each.kind, each.id, each.field), *unfit]


def _make(call: Call, wanted: Journey, journey: str, version: int) -> Made:
    return Made({GRAPH: graph.to_json(compiled(call, wanted, journey, version))})


def compiled(call: Call, wanted: Journey, journey: str, version: int) -> Graph:
    """Raises BadRequest, and Problem 409 for a segment whose first version is still being built."""
    look = rules.ready(call) if "in_segment" in wanted.model_dump_json() else no_segments
    return compiling.compiled(wanted, journey, version, look, lambda id_: call.aws.definitions.number("template", id_))


def said(version: Version) -> Journey:
    return requests.read(Journey, version.content)


def _is_stale(call: Call, version: Version) -> bool:
    """A segment that it names, or a template that it pins, is another one by now."""
    try:
        made = compiled(call, said(version), version.id, version.number)
    except BadRequest:
        return True
    return graph.to_json(made) != version.made.get(GRAPH)


def _more(call: Call, version: Version) -> Mapping[str, Any]:
    return {"state": standing(call.aws.journeys.state(version.id)), "broken": broken(call, version.id)}


JOURNEY = Kind(
    KIND,
    "journeys",
    Journey,
    check=faults,
    make=_make,
    more=_more,
    shape={"state": Standing, "broken": list[BrokenView]},
    stale=_is_stale,
    long=frozenset(("nodes",)),
    reads={"application/yaml": writing.as_json},
)
room = JOURNEY.room("What goes along with a customer: mails, waits, tasks, and what ends them.")
