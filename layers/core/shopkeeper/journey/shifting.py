"""The end of a pause behind which all goes on as if it had not been. Pure.

What a pause lasted is added to waits for a span of time. What was kept by it is done as much later as it was kept from
the beginning: so those whose waits ended one after the other in the meantime do not all act at once. A date, a time of
the wall clock or a window is not put off, nor is a goal.
"""

from shopkeeper.journey import standing
from shopkeeper.journey.facts import Facts, Shift
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.run import Run
from shopkeeper.journey.way import Way


def is_ahead(shift: Shift, run: Run) -> bool:
    """Whether the run was there then, and knows nothing of it."""
    return shift.until > max(run.shifted, run.entered_at)


def shift(way: Way) -> None:
    for each in way.facts.shifts:
        if is_ahead(each, way.run):
            _shift(way, each.until - max(each.since, way.run.entered_at))
            way.change(shifted=each.until)


def shifted(graph: Graph, run: Run, facts: Facts, now: int) -> Run:
    """By itself, for who has more to do with it."""
    way = Way(graph, run, facts, now)
    if run.visit and run.is_open:
        shift(way)
    return way.run


def _shift(way: Way, by: int) -> None:
    run = way.run
    way.change(held_at=_later(run.held_at, by), put_off=_later(run.put_off or run.paused_at, by), later=run.later + by)
    if standing.is_span(way.graph.nodes[run.node]):
        way.change(until=_later(run.until, by))


def _later(at: int, by: int) -> int:
    return at + by if at else 0
