"""The first thing there is of a run. Pure."""

from datetime import tzinfo

from shopkeeper.journey import waits
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.nodes import Split
from shopkeeper.journey.run import MOST_PAST, MOST_USED, Cause, Past, Run, run_id
from shopkeeper.segment.facts import share


def begin(
    graph: Graph, cause: Cause, customer: str, key: str, zone: tzinfo, now: int, before: Run | None = None
) -> Run:
    """A run at the door, whom `advance` lets in; `zone` is the customer's own, `before` the run that stands in the row,
    which must be over or watching. Signals count from when that happened which brings them in, waits from now."""
    n, held_by = (before.n + 1, before.customer) if before else (1, customer)
    left_out = graph.hold_out and share(graph.hold_out.salt, held_by) < graph.hold_out.share
    return Run(
        id=run_id(graph.journey, key, held_by, n),
        customer=held_by,
        journey=graph.journey,
        key=key,
        n=n,
        version=graph.version,
        status="held_out" if left_out else "active",
        entered_at=now,
        node_at=now,
        since=min(cause.at, now),
        entry=dict(cause.props),
        arms=arms(graph, held_by),
        goal_until=goal_until(graph, now, zone),
        used=(*(before.used if before else ()), cause.id)[-MOST_USED:],
        past=earlier(before) if before else (),
    )


def goal_until(graph: Graph, entered_at: int, zone: tzinfo) -> int:
    """0 for a journey without a goal."""
    return waits.after(entered_at, graph.goal.within, zone) if graph.goal else 0


def earlier(before: Run) -> tuple[Past, ...]:
    """The entries of a row up to this one."""
    goal = before.goal_at, before.goal_by, before.worth
    past = Past(before.n, before.entered_at, before.left_at, before.reason, *goal)
    return (*before.past, past)[-MOST_PAST:]


def arms(graph: Graph, customer: str) -> dict[str, str]:
    """Of all splits, by their salts."""
    splits = (node for node in graph.nodes.values() if isinstance(node, Split))
    return {split.salt: arm(split, customer) for split in splits}


def arm(split: Split, customer: str) -> str:
    drawn, upto = share(split.salt, customer), 0
    for each in split.arms:
        upto += each.share
        if drawn < upto:
            return each.name
    return split.arms[-1].name
