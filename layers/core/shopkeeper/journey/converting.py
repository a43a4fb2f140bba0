"""Reaching the goal of a journey, during the run, after it, or held out from it: when, what led there, and what it was
worth. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from shopkeeper import money
from shopkeeper.customer.instants import from_ms
from shopkeeper.journey import signals, trail
from shopkeeper.journey.run import Cause, Heard, Worth
from shopkeeper.journey.way import Way

CONVERTED = "Journey Converted"
PLACE = 2
"""Among what a run tells once."""


def reach(way: Way, news: Sequence[Cause], fresh: Sequence[Heard]) -> bool:
    """Whether the goal is reached now. What happened within its time counts, however late it is told."""
    goal, run = way.graph.goal, way.run
    if goal is None or run.goal_at or way.facts.gone:
        return False
    hits = (each for each in fresh if any(signals.counts(trigger, each, run) for trigger in goal.triggers))
    if hit := next((each for each in hits if each.at < run.goal_until), None):
        way.remember(hit.id)
        converted(way, hit.at, next((each for each in news if each.id == hit.id), None))
        return True
    if goal.rule and way.now < run.goal_until and way.facts.holds(goal.rule).truth:
        converted(way, way.now)
        return True
    return False


def told_as(run: str) -> str:
    """The message id of what this run tells of its goal."""
    return f"{run}/0//{PLACE}"


def converted(way: Way, at: int, by: Cause | None = None) -> None:
    """What led there is stored with it, as far as it is known now."""
    run = way.run
    touches = trail.trail(way.graph, run, way.facts.touches(run.entered_at), at)
    last, worth = trail.last_touch(touches), by.worth if by else None
    way.change(goal_at=at, goal_by=last.by if last else "", worth=worth)
    said = {"at": from_ms(at), "node": run.node, "held_out": run.status == "held_out", **_paid(by, worth)}
    credit, newest = {"last_touch": trail.shown(last)}, [trail.shown(each) for each in touches[-trail.MOST :]]
    way.tell(CONVERTED, PLACE, **said, credit=credit, trail=newest)


def _paid(by: Cause | None, worth: Worth | None) -> Mapping[str, Any]:
    order = {"order": by.order} if by and by.order else {}
    if worth is None:
        return order
    return {**order, "value": f"{money.major_units(worth.minor_units, worth.currency):f}", "currency": worth.currency}
