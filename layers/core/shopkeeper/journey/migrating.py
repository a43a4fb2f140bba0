"""Customers inside one version of a journey who are taken over into another. Pure.

Whoever stands on a node stands on that of the same key. Where that is still of its kind, they have never left it: only
what they wait for is reckoned anew, from when they came. Where it is not, they arrive there as from any other node; and
so do those whose node is gone, at the next one along its ways that is still there. Who finds none leaves.

Nothing is ended and nothing begun by that: what is on stays on, mails and history are kept, goals go on being watched.
Only a task that nobody waits for any more is cancelled.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from shopkeeper.journey import advance as advances
from shopkeeper.journey import beginning, effects, nodes, shifting, standing
from shopkeeper.journey.advance import Step
from shopkeeper.journey.facts import Facts
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.nodes import Exit, Node, Task, Wait, WaitFor
from shopkeeper.journey.run import Cause, Moved, Run
from shopkeeper.journey.way import Go, Way

MIGRATE, MIGRATED = "migrate", "migrated"
VERSION = "version"
"""The reason for which those leave for whom the new version has no place."""


class Asked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The migration of this number, to that version. `moves` says of nodes where else whoever stands there goes;
    `leaves`: everybody leaves who is in another version."""

    number: int
    version: int
    moves: Mapping[str, str] = {}
    leaves: bool = False


class Place(NamedTuple):
    """Where somebody lands. `stays`: they stand there already, and do not arrive anew."""

    node: str
    stays: bool = False


def cause(asked: Asked, at: int) -> Cause:
    """By which a run is told."""
    props = msgspec.to_builtins(asked)
    return Cause(id=f"{MIGRATE}/{asked.number}", kind="by_hand", name=MIGRATE, at=at, received_at=at, props=props)


def concerns(asked: Asked, run: Run) -> bool:
    """Whether it has something to do with that run. Of who is left out nothing ends; they are counted anew."""
    is_inside = run.status in ("active", "stuck") or (run.status == "held_out" and not asked.leaves)
    return is_inside and run.version != asked.version


def lands(asked: Asked, old: Graph, new: Graph, node: str) -> Place | None:
    """Where whoever stands there will; None for out of the journey. Who has no node yet comes in as anybody does."""
    if asked.leaves:
        return None
    return place(old, new, asked.moves, node) if node else Place(new.first, stays=True)


def place(old: Graph, new: Graph, moves: Mapping[str, str], node: str) -> Place | None:
    """Of who stands on that node; None if there is none. An exit is a place for those alone who are sent there."""
    if moves.get(node, node) == node and node in new.nodes:
        return Place(node, stays=_is_same(old.nodes[node], new.nodes[node]))
    ahead, seen = [node], {node}
    for key in ahead:
        if key in moves:
            return Place(moves[key])
        if key in new.nodes and not isinstance(new.nodes[key], Exit):
            return Place(key)
        behind = [each for each in dict.fromkeys(nodes.onward(old.nodes[key])) if each not in seen]
        ahead += behind
        seen.update(behind)
    return None


def _is_same(old: Node, new: Node) -> bool:
    """Of one kind. A task for somebody else is another one."""
    is_moved_on = isinstance(old, Task) and isinstance(new, Task) and old.queue != new.queue
    return type(old) is type(new) and not is_moved_on


def follows(
    old: Graph, run: Run, news: Sequence[Cause], graph_of: Callable[[int], Graph]
) -> tuple[Graph, Sequence[Cause]]:
    """The version that a run is in from now on, and what it hears there. Who is to leave hears that in the old one."""
    asked = _asked(run, news)
    if asked is None:
        return old, news
    new = graph_of(asked.version)
    if lands(asked, old, new, stands_on(run)):
        return new, news
    last = max(each.at for each in news)
    leave = Cause(id=MIGRATE, kind="by_hand", name="exit", at=last, received_at=last, props={"reason": VERSION})
    return old, (*news, leave)


def _asked(run: Run, news: Iterable[Cause]) -> Asked | None:
    """What was asked for last."""
    told = [msgspec.convert(each.props, Asked) for each in news if (each.kind, each.name) == ("by_hand", MIGRATE)]
    asked = max(told, key=lambda each: each.number, default=None)
    return asked if asked and concerns(asked, run) else None


def stands_on(run: Run) -> str:
    """The node; "" for who is just coming in, or left out."""
    return run.node if run.visit and run.status != "held_out" else ""


def advance(old: Graph, new: Graph, run: Run, news: Sequence[Cause], facts: Facts, now: int) -> Step:
    """As `advance`, of a run that comes out of the version `old`, perhaps."""
    asked = _asked(run, news)
    if asked is None or new.version != asked.version:
        return advances.advance(new, run, news, facts, now)
    way = Way(new, shifting.shifted(old, run, facts, now), facts, now)
    _cross(way, old, asked)
    step = advances.advance(new, way.run, news, facts, now)
    return Step(step.run, (*way.made, *step.effects), step.due_at)


def _cross(way: Way, old: Graph, asked: Asked) -> None:
    run, new = way.run, way.graph
    way.change(
        version=new.version,
        arms={**beginning.arms(new, run.customer), **run.arms},
        goal_until=beginning.goal_until(new, run.entered_at, way.facts.zone),
        moved=Moved(asked.number, old.version, stands_on(run)),
    )
    if not stands_on(run):
        way.change(node=new.first if run.visit else "")
    elif to := place(old, new, asked.moves, run.node):
        _stay(way, old) if to.stays else _go(way, old, to.node)


def _stay(way: Way, old: Graph) -> None:
    """What they have waited counts."""
    node, has_begun, held_true = way.graph.nodes[way.run.node], bool(way.run.until), way.run.held_true
    way.change(until=0)
    if isinstance(node, Task | Wait | WaitFor) and has_begun and not standing.lacks(way, node):
        standing.arrive(way, node)
        known = {each.name: each.rule for each in getattr(old.nodes[way.run.node], "hears", ())}
        anew = {each.name for each in node.hears if known.get(each.name) != each.rule}
        way.change(held_true=tuple(name for name in way.run.held_true if name in (*held_true, *anew)))


def _go(way: Way, old: Graph, to: str) -> None:
    for task in way.run.tasks:
        way.made.append(effects.Task(run=way.run.id, node=task.node, visit=task.visit, is_end=True))
    way.change(tasks=())
    advances.go(way, Go(to, MIGRATED), old.nodes[way.run.node])
