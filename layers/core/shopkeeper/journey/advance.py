"""The decision about one run: from its graph, the run as it is, the news and the facts to what happens now. Pure.

In this order: what is new is heard; what ends the run wherever it stands; the goal; then the node it stands on, and on
from node to node until one waits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from shopkeeper.journey import converting, leaving, shifting, signals, steps
from shopkeeper.journey.effects import Effect
from shopkeeper.journey.facts import Facts
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.nodes import Node, Task, Wait, WaitFor
from shopkeeper.journey.run import Cause, Heard, Run
from shopkeeper.journey.way import Go, Out, Stay, Way, sooner

MOST_NODES, ENOUGH_EFFECTS = 100, 40
"""In one leg. Who comes further goes on at once, in another: what a leg hands over is to fit into one message."""
_ENTERED = 0
_WAITING = (Task, Wait, WaitFor)


@dataclass(frozen=True, slots=True)
class Step:
    """The run as it is now, what is to be handed over in this order, and when to look again: None for when there is
    news."""

    run: Run
    effects: tuple[Effect, ...] = ()
    due_at: int | None = None


def advance(graph: Graph, run: Run, news: Sequence[Cause], facts: Facts, now: int) -> Step:
    """`news` are the causes that have come since the leg before, in any order and however often."""
    failed = frozenset(each.about for each in news if each.kind == "failed")
    way = Way(graph, run, facts, now, failed)
    fresh = signals.hear(way, news)
    due_at = _go_on(way, news, fresh) if run.status in ("active", "stuck") else _watch(way, news, fresh)
    return Step(way.run, tuple(way.made), due_at)


def _go_on(way: Way, news: Sequence[Cause], fresh: Sequence[Heard]) -> int | None:
    if not way.run.visit:
        _enter(way)
    shifting.shift(way)
    if why := _ended(way, news, fresh):
        leaving.close(way, why)
    waits_until = _walk(way) if way.run.status == "active" else None
    return sooner(waits_until, _flips(way))


def _ended(way: Way, news: Sequence[Cause], fresh: Sequence[Heard]) -> str | None:
    """By what, the goal among it."""
    has_converted, goal = converting.reach(way, news, fresh), way.graph.goal
    return leaving.reason(way, news, fresh) or (leaving.GOAL if has_converted and goal and goal.exits else None)


def _enter(way: Way) -> None:
    way.tell(leaving.ENTERED, _ENTERED, held_out=way.run.status == "held_out", version=way.run.version)
    way.change(node=way.graph.first, visit=1)


def _walk(way: Way) -> int | None:
    for _ in range(MOST_NODES):
        move = steps.step(way)
        if isinstance(move, Stay):
            return move.until
        if isinstance(move, Out):
            leaving.finish(way, move.reason)
            return None
        go(way, move, way.graph.nodes[way.run.node])
        if len(way.made) >= ENOUGH_EFFECTS:
            break
    return way.now


def go(way: Way, move: Go, left: Node) -> None:
    """From one node to another. What happened while the run waited before counts for the wait behind, unless a mail has
    gone since: then what happened after that."""
    run = way.run
    since = run.node_at if isinstance(left, _WAITING) and not run.mails else run.since
    way.note(move.outcome)
    way.change(node=move.to, visit=run.visit + 1, node_at=way.now, since=since)
    way.leave_node()


def _watch(way: Way, news: Sequence[Cause], fresh: Sequence[Heard]) -> int | None:
    """Of who has left, or was never let in: the goal, even if it is told when its time is up; and of who has left what
    calls off a last mail."""
    if not way.run.visit:
        _enter(way)
    if way.run.status == "watching":
        if _ended(way, news, fresh):
            leaving.recall(way)
        leaving.watch(way)
        return _flips(way)
    converting.reach(way, news, fresh)
    if way.run.status == "held_out":
        _hold_out(way)
    return _flips(way)


def _hold_out(way: Way) -> None:
    """Ends like any other run, but has nothing to end. By its reason it is known for one that was held out."""
    is_ended = way.facts.gone or way.facts.going == "stopped"
    if is_ended or way.run.goal_at or way.now >= way.run.goal_until:
        leaving.close(way, leaving.HELD_OUT)
        way.change(status="over")


def _flips(way: Way) -> int | None:
    """When time alone may end the run, or what is watched of it."""
    run, goal = way.run, way.graph.goal
    rules = [each.rule for each in way.graph.exits if each.rule] if leaving.minds_exits(way) else []
    is_watched = goal is not None and not run.goal_at and run.status in ("active", "held_out", "watching")
    rules += [goal.rule] if is_watched and goal and goal.rule and way.now < run.goal_until else []
    ends = {"held_out": run.goal_until, "watching": leaving.watched_until(way)}
    return sooner(ends.get(run.status), *(way.facts.holds(each).flips_at for each in rules))
