"""A pause that puts all off by as long as it lasted: waits, and what it has kept, but no dates and no goals."""

import pytest

from shopkeeper.journey import nodes
from shopkeeper.journey.facts import Shift
from shopkeeper.journey.graph import Entry, Goal, Graph, OnCall
from shopkeeper.journey.hearing import Hears, Trigger
from shopkeeper.journey.untils import At, For, Local, OfTrait, Span, Window
from tests.journey_world import DAY, HOUR, NOON, Walk

FIVE_DAYS = Span(days=5)
SPANS = {
    "wait": nodes.Wait(until=For(span=FIVE_DAYS), next="mark"),
    "wait since the entry": nodes.Wait(until=For(span=FIVE_DAYS, since="entry"), next="mark"),
    "wait for": nodes.WaitFor(
        hears=(Hears(name="seen", to="mark", triggers=(Trigger(event="Page Viewed"),)),),
        timeout=FIVE_DAYS,
        otherwise="mark",
    ),
    "task": nodes.Task(queue="sales", timeout=FIVE_DAYS, otherwise="mark"),
}
DATES = {
    "instant": At(instant=NOON + 5 * DAY),
    "time of the wall clock": Local(time="2026-11-26T12:00"),
    "trait": OfTrait(path="birthday"),
    "window": Window(days=(4,), from_="12:00", to="13:00"),
}


def journey(first, **parts):
    known = {"first": first, "mark": nodes.SetTrait(traits={"seen": True}, next="end"), "end": nodes.Exit(), **parts}
    goal = Goal(triggers=(Trigger(event="Order Completed"),), within=Span(days=30))
    return Graph(journey="it", version=1, entry=Entry(sources=(OnCall(),)), first="first", nodes=known, goal=goal)


def paused(walk, since, until):
    """From so long to so long after noon."""
    walk.at(NOON + since)
    walk.facts.going = "paused"
    walk.looks()
    walk.at(NOON + until)
    walk.facts.going, walk.facts.resume = "live", "shift"
    walk.facts.shifts = (*walk.facts.shifts, Shift(NOON + since, NOON + until))
    walk.looks()


def entered(first, **parts):
    walk = Walk(journey(first, **parts))
    walk.facts.dates["birthday"] = NOON + 5 * DAY
    walk.enters()
    return walk


@pytest.mark.parametrize("kind", SPANS)
def test_waits_for_a_span_of_time_are_as_much_longer(kind):
    walk = entered(SPANS[kind])
    paused(walk, 1 * DAY, 3 * DAY)
    assert (walk.run.node, walk.due_at) == ("first", NOON + 7 * DAY)
    paused(walk, 4 * DAY, 5 * DAY)
    assert walk.due_at == NOON + 8 * DAY

    assert walk.at(NOON + 8 * DAY - HOUR).run.node == "first"
    assert walk.at(NOON + 8 * DAY).run.reason == "end"
    assert walk.run.goal_until == NOON + 30 * DAY


@pytest.mark.parametrize("kind", DATES)
def test_dates_and_times_of_the_wall_clock_stay_where_they_are(kind):
    walk = entered(nodes.Wait(until=DATES[kind], next="mark"))
    paused(walk, 1 * DAY, 3 * DAY)

    assert walk.due_at == NOON + 5 * DAY


def test_what_was_kept_is_done_as_much_later_as_it_was_kept_from_the_beginning():
    walk = entered(SPANS["wait"])
    paused(walk, 4 * DAY, 14 * DAY)
    assert (walk.run.node, walk.due_at) == ("mark", NOON + 15 * DAY)
    paused(walk, 14 * DAY + HOUR, 14 * DAY + 3 * HOUR)
    assert walk.due_at == NOON + 15 * DAY + 2 * HOUR

    assert walk.at(NOON + 15 * DAY + HOUR).run.node == "mark"
    assert walk.at(NOON + 15 * DAY + 2 * HOUR).run.reason == "end"


def test_an_answer_counts_that_came_before_while_and_after_it_was_paused():
    for ago in (6.5 * DAY, 4 * DAY, 0):
        walk = entered(SPANS["wait for"])
        paused(walk, 1 * DAY, 4 * DAY)
        walk.at(NOON + 7 * DAY).hears("Page Viewed", ago=int(ago))
        assert ("first", "seen") in walk.outcomes


def test_who_came_in_after_a_pause_or_went_on_after_it_is_not_put_off_by_it():
    walk = entered(SPANS["wait"])
    walk.facts.shifts = (Shift(NOON - 2 * DAY, NOON),)
    assert walk.looks() == []
    assert walk.due_at == NOON + 5 * DAY

    walk = entered(SPANS["wait"], mark=nodes.Wait(until=For(span=FIVE_DAYS), next="end"))
    paused(walk, 1 * DAY, 3 * DAY)
    walk.at(NOON + 7 * DAY)
    assert (walk.run.node, walk.due_at) == ("mark", NOON + 12 * DAY)


def test_whose_first_leg_comes_behind_the_pause_waits_from_its_end():
    walk = Walk(journey(SPANS["wait"]))
    walk.now = NOON
    walk.facts.going = "paused"
    walk.enters()
    fresh = walk.run
    walk.facts.shifts, walk.facts.going, walk.now = (Shift(NOON - DAY, NOON + DAY),), "live", NOON + DAY

    walk.looks()

    assert (fresh.entered_at, walk.due_at) == (NOON, NOON + 6 * DAY)
