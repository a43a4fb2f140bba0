"""Customers go over into another version of a journey from wherever they stand, and nothing is done twice by it."""

from random import Random

import pytest

from shopkeeper.journey import migrating, nodes
from shopkeeper.journey.graph import Goal
from shopkeeper.journey.hearing import Hears
from shopkeeper.journey.migrating import Asked, Place, place
from shopkeeper.journey.untils import Span
from tests.journey_built import graph_of
from tests.journey_edits import editions, moves
from tests.journey_graphs import after, cart, everything
from tests.journey_lives import drawn_journey
from tests.journey_machine import Wrong, lived
from tests.journey_oracle_moves import landing
from tests.journey_world import DAY, HOUR, NOON, Walk, names
from tests.mutants import swapped_into


def test_whoever_stands_on_a_node_lands_where_the_words_of_both_versions_say():
    for seed in range(150):
        lot = Random(seed)
        old, new = editions(lot, drawn_journey(lot), 1).values()
        graphs, sent = (graph_of(old), graph_of(new, 2)), moves(lot, old, new)
        for node in old["nodes"]:
            found = place(*graphs, sent, node)
            assert (found and found.node) == landing(old, new, sent, node), (seed, node)


def test_whatever_happens_to_customers_who_go_over_the_journey_does_what_its_words_say():
    for seed in range(60):
        lived(seed, edits=2)


@pytest.mark.prove
@pytest.mark.parametrize("first", range(0, 4_000, 1_000))
def test_the_same_of_many_more_lives(first):
    for seed in range(first, first + 1_000):
        lived(seed, edits=2)


MUTANTS = {
    "a wait lasts as long as it did": ("    way.change(until=0)\n", ""),
    "whoever stays arrives anew": ("_stay(way, old) if to.stays else ", ""),
    "tasks stay open": ("    way.change(tasks=())\n", ""),
    "a task for others is the same": ("and not is_moved_on", ""),
    "an exit is a place": (" and not isinstance(new.nodes[key], Exit)", ""),
    "nobody is sent elsewhere": ("        if key in moves:\n            return Place(moves[key])\n", ""),
    "the goal is watched as long as before": ("goal_until=beginning.", "goal_until=run.goal_until or beginning."),
}


@pytest.mark.prove
@pytest.mark.parametrize("name", MUTANTS)
def test_some_life_finds_what_is_wrong_with_going_over(name):
    assert any(is_wrong(seed, *MUTANTS[name]) for seed in range(2_000))


def is_wrong(seed, right, wrong):
    with swapped_into(migrating, right, wrong):
        try:
            lived(seed, edits=2)
        except (Exception, Wrong):
            return True
    return False


def edited(**parts):
    """The cart in its second version: `None` takes a node away."""
    held = {key: node for key, node in {**cart().nodes, **parts}.items() if node}
    first = next(iter(held))
    return cart(version=2, nodes=held, first=first)


def goes_over(walk, new, now, **asked):
    """As Decide does it."""
    walk.at(now)
    cause = migrating.cause(Asked(number=1, version=new.version, **asked), walk.now)
    old = walk.graph
    graph, news = migrating.follows(old, walk.run, (cause,), lambda _: new)
    step = migrating.advance(old, graph, walk.run, news, walk.facts, walk.now)
    walk.graph, walk.run, walk.due_at = graph, step.run, step.due_at
    walk.made += step.effects
    return names(step.effects)


def inside(graph, now=NOON):
    walk = Walk(graph)
    walk.enters()
    return walk.at(now)


@pytest.mark.parametrize(("hours", "due"), [(2, 3), (9, 9)])
def test_a_wait_that_is_shorter_or_longer_now_is_reckoned_from_when_it_began(hours, due):
    walk = inside(cart())
    made = goes_over(walk, edited(w4=nodes.Wait(until=after(hours, "node"), next="on_2")), NOON + 3 * HOUR)
    if hours < 3:
        assert made == ["audience:dsp:cart"]
    else:
        assert (made, walk.run.node, walk.due_at, walk.run.visit) == ([], "w4", NOON + due * HOUR, 3)
    assert walk.run.version == 2


def test_whoever_stands_where_nothing_is_any_more_goes_where_time_would_have_led():
    walk = inside(cart())
    made = goes_over(walk, edited(w4=None), NOON + HOUR)
    assert (made, walk.run.node) == (["audience:dsp:cart"], "w12")
    assert walk.outcomes[-2:] == [("w4", "migrated"), ("on_2", "done")]


def test_whoever_finds_no_place_leaves_and_what_is_on_goes_off_once():
    walk = inside(cart(), NOON + 13 * HOUR)
    new = cart(version=2, nodes={"start": nodes.Wait(until=after(1), next="end"), "end": nodes.Exit()}, first="start")
    made = goes_over(walk, new, NOON + 14 * HOUR)
    off = ["-audience:google:cart", "-audience:dsp:cart", "-slot:chat", "-slot:welcome_mat", "-audience:facebook:cart"]
    assert made == [*off, "-mail:email_1", "-mail:email_2", "tell:Journey Left"]
    assert (walk.run.status, walk.run.reason, walk.run.version, walk.on) == ("watching", "version", 1, set())


def test_whoever_is_to_leave_leaves_though_there_were_a_place():
    walk = inside(cart())
    made = goes_over(walk, edited(), NOON + HOUR, leaves=True)
    assert (made[-1], walk.run.reason, walk.on) == ("tell:Journey Left", "version", set())


def test_somebody_may_say_where_those_of_a_node_go():
    walk = inside(cart())
    goes_over(walk, edited(), NOON + HOUR, moves={"w4": "linger"})
    assert (walk.run.node, walk.due_at) == ("linger", NOON + 7 * DAY)


def test_a_node_that_is_of_another_kind_now_is_arrived_at_as_any_other():
    walk = inside(cart())
    goes_over(walk, edited(w4=nodes.Message(template="more", next="w12")), NOON + HOUR)
    assert walk.outcomes[-2:] == [("w4", "migrated"), ("w4", "planned")]
    assert walk.run.visit == 5


def test_an_open_task_stays_open_unless_it_is_for_others_now_or_gone():
    def calling(new):
        walk = Walk(everything())
        walk.enters(id="entry")
        while walk.run.node != "call":
            walk.at(walk.due_at)
        before = walk.run.visit
        return goes_over(walk, new, walk.now + HOUR), walk.run.visit - before

    whole = everything()
    asks = lambda **parts: everything_with(call=nodes.Task(timeout=Span(days=9), otherwise="hook", **parts))  # noqa: E731
    assert calling(asks(queue=whole.nodes["call"].queue)) == ([], 0)
    assert calling(asks(queue="service")) == (["-task:call", "task:call"], 1)
    assert calling(everything_with(call=None))[0][0] == "-task:call"


def everything_with(**parts):
    whole = everything()
    held = {key: node for key, node in {**whole.nodes, **parts}.items() if node}
    return type(whole)(
        **{name: getattr(whole, name) for name in whole.__struct_fields__} | {"nodes": held, "version": 8}
    )


@pytest.mark.parametrize(("held_before", "node"), [(True, "asks"), (False, "end")])
def test_a_rule_that_has_to_become_true_and_does_so_just_now_is_not_missed(held_before, node):
    hears = (Hears(name="vip", to="end", rule="emptied", fresh=True),)
    parts = {"asks": nodes.WaitFor(hears=hears, timeout=Span(days=9), otherwise="end"), "end": nodes.Exit()}
    plain = {"exits": (), "nodes": parts, "first": "asks"}
    walk = Walk(cart(**plain))
    walk.facts.rules["emptied"] = held_before
    walk.enters()
    walk.facts.rules["emptied"] = True
    goes_over(walk, cart(version=2, **plain), NOON + HOUR)
    assert walk.run.node == node


def test_the_goal_is_watched_by_the_new_version_from_the_entry_on_and_lots_are_kept():
    walk = inside(cart())
    new = cart(version=2, goal=Goal(triggers=cart().goal.triggers, within=Span(days=3)))
    goes_over(walk, new, NOON + HOUR)
    assert walk.run.goal_until == NOON + 3 * DAY
    assert (walk.run.moved.number, walk.run.moved.version, walk.run.moved.node) == (1, 1, "w4")


def test_whoever_is_told_twice_or_has_left_stays_as_they_are():
    walk = inside(cart())
    goes_over(walk, edited(), NOON + HOUR)
    before = walk.run
    assert goes_over(walk, edited(), NOON + HOUR) == []
    assert walk.run == before
    walk.hears("Order Completed")
    assert goes_over(walk, cart(version=3), walk.now, leaves=True) == []
    assert walk.run.version == 2


def test_a_place_says_whether_one_has_to_go_there():
    assert place(cart(), edited(), {}, "w4") == Place("w4", stays=True)
    assert place(cart(), edited(w4=None), {}, "w4") == Place("on_2")
    assert place(cart(), edited(w4=nodes.Exit()), {}, "w4") == Place("w4")
