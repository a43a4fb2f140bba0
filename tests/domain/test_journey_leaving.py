"""By whichever road a customer leaves a journey: what is ended then, and what goes on being watched."""

from msgspec.structs import replace

from shopkeeper.journey import leaving, nodes
from shopkeeper.journey.facts import Verdict
from shopkeeper.journey.graph import Terms
from shopkeeper.journey.hearing import Trigger
from shopkeeper.journey.run import Cause
from tests.journey_graphs import BOUGHT, after, cart, everything
from tests.journey_world import DAY, HOUR, NOON, Walk, names


def walking(graph):
    walk = Walk(graph)
    walk.enters()
    return walk


def test_who_buys_nothing_goes_through_the_whole_cart_story():
    walk = walking(cart())
    assert names(walk.made) == [
        "tell:Journey Entered",
        "audience:facebook:cart",
        "slot:welcome_mat",
        "slot:chat",
        "mail:email_1",
    ]
    assert walk.due_at == NOON + 4 * HOUR
    walk.at(NOON + 5 * HOUR)
    assert names(walk.made[5:]) == ["audience:dsp:cart"]
    walk.at(NOON + 8 * DAY)
    off = ["-audience:google:cart", "-audience:dsp:cart", "-slot:chat", "-slot:welcome_mat", "-audience:facebook:cart"]
    assert names(walk.made[6:]) == ["audience:google:cart", "mail:email_2", *off, "tell:Journey Left"]
    assert (walk.run.status, walk.run.reason, walk.due_at) == ("watching", "end", NOON + 30 * DAY)
    walk.at(NOON + 30 * DAY)
    assert (walk.run.status, walk.due_at) == ("over", None)


def test_a_purchase_that_is_told_late_ends_the_run_all_the_same():
    walk = walking(cart()).at(NOON + HOUR)
    walk.hears("Order Completed", ago=3 * DAY)
    assert walk.run.reason == "converted"


def test_a_rule_that_holds_ends_the_run_and_time_alone_may_make_it_hold():
    walk = Walk(cart())
    walk.facts.rules["emptied"] = Verdict(False, NOON + HOUR)
    walk.enters()
    assert walk.due_at == NOON + HOUR
    walk.facts.rules["emptied"] = True
    walk.at(NOON + HOUR)
    assert (walk.run.reason, walk.on) == ("emptied", set())


def test_who_buys_after_the_run_has_still_reached_the_goal():
    walk = walking(cart()).at(NOON + 20 * DAY)
    assert walk.run.status == "watching"
    assert names(walk.hears("Order Completed")) == ["tell:Journey Converted"]
    assert walk.run.status == "over"


def test_a_purchase_within_its_time_counts_for_the_goal_however_late_it_is_told_and_one_after_it_does_not():
    walk = walking(cart()).at(NOON + 31 * DAY)
    assert walk.hears("Order Completed") == []
    assert names(walk.hears("Order Completed", ago=2 * DAY)) == ["tell:Journey Converted"]
    assert walk.run.goal_at == NOON + 29 * DAY


def test_a_pause_keeps_all_effects_but_no_exits_and_clocks_run_on():
    walk = Walk(cart())
    walk.enters()
    walk.facts.going = "paused"
    walk.at(NOON + 6 * HOUR)
    assert (walk.run.node, walk.due_at) == ("on_2", walk.now + 2 * HOUR)
    assert len(walk.made) == 5
    walk.hears("Order Completed")
    assert (walk.run.reason, walk.on) == ("converted", set())


def test_what_a_pause_has_kept_too_long_is_left_out():
    for resume, reached in (("skip_due", "late"), ("catch_up", "done")):
        walk = Walk(replace(cart(), terms=Terms(late_after=3600)))
        walk.enters()
        walk.facts.going = "paused"
        walk.at(NOON + 6 * HOUR)
        walk.facts.going, walk.facts.resume = "live", resume
        walk.looks()
        assert walk.outcomes[-1] == ("on_2", reached)


def test_who_is_left_out_by_lot_is_never_contacted_and_the_goal_is_watched():
    graph = everything()
    walk = Walk(replace(graph, hold_out=replace(graph.hold_out, share=10_000)))
    assert names(walk.enters()) == ["tell:Journey Entered"]
    assert (walk.run.status, walk.due_at) == ("held_out", NOON + 30 * DAY)
    assert names(walk.hears("Order Completed")) == ["tell:Journey Converted", "tell:Journey Left"]
    assert (walk.run.status, walk.run.goal_at, walk.due_at) == ("over", NOON, None)


def test_who_comes_in_again_begins_anew_and_what_ended_the_run_before_ends_no_other():
    walk = walking(cart())
    walk.hears("Order Completed", id="order")
    walk.now += DAY
    walk.enters(id="again")
    assert (walk.run.n, walk.run.node, [each.reason for each in walk.run.past]) == (2, "w4", ["converted"])
    walk.hears("Order Completed", ago=DAY, id="order")
    assert walk.run.is_open
    assert len({each.key for each in walk.made}) == len(walk.made)


def test_an_effect_that_failed_ends_the_run_where_its_node_says_so():
    graph = cart()
    parts = {**graph.nodes, "on_1": replace(graph.nodes["on_1"], on_error="exit")}
    for whole, reason in ((graph, ""), (replace(graph, nodes=parts), "failed")):
        walk = walking(whole)
        walk.looks(Cause(id="f", kind="failed", about=walk.made[1].key))
        assert walk.run.reason == reason


def test_the_journey_that_was_stopped_and_the_customer_who_is_gone_end_the_run():
    for name, value, status in (
        ("going", "stopped", "watching"),
        ("gone", "merged", "over"),
        ("gone", "erased", "over"),
    ):
        walk = walking(cart())
        setattr(walk.facts, name, value)
        walk.looks()
        assert (walk.run.reason, walk.run.status, walk.on) == (value, status, set())


def test_by_hand_anybody_can_be_let_go():
    walk = walking(cart())
    walk.looks(Cause(id="h", kind="by_hand", name="exit", props={"reason": "asked"}))
    assert walk.run.reason == "asked"


def test_a_purchase_counts_for_the_goal_without_ending_a_run_whose_goal_says_so():
    graph = replace(cart(), exits=(), goal=replace(cart().goal, exits=False, triggers=(BOUGHT,)))
    walk = walking(graph)
    walk.hears("Order Completed")
    assert (walk.run.is_open, walk.run.goal_at) == (True, NOON)


def test_a_hit_whose_verdict_comes_when_the_time_of_the_goal_is_up_still_counts():
    goal = replace(cart().goal, triggers=(Trigger(event="Email Link Clicked"),))
    walk = walking(replace(cart(), goal=goal)).at(NOON + 29 * DAY)
    walk.hears("Email Link Clicked", id="hit", verdict="waiting")
    walk.at(NOON + 31 * DAY)
    assert walk.run.status == "over"
    walk.looks(Cause(id="j", kind="judged", at=walk.now, about="hit", verdict="human"))
    assert walk.run.goal_at == NOON + 29 * DAY


def test_of_who_is_erased_nothing_is_counted_any_more():
    walk = walking(cart())
    walk.facts.gone = "erased"
    assert not [each for each in names(walk.hears("Order Completed")) if "Converted" in each]


def test_a_letter_that_is_the_last_step_goes_and_one_that_is_overtaken_by_an_order_does_not():
    parts = {"letter": nodes.Message(template="hello", next="end"), "end": nodes.Exit()}
    walk = Walk(cart(first="letter", nodes=parts, goal=None))

    assert names(walk.enters()) == ["tell:Journey Entered", "mail:letter", "tell:Journey Left"]
    assert walk.run.sends("letter", 1)

    waits = {**parts, "letter": nodes.Message(template="hello", next="days")}
    waits["days"] = nodes.Wait(until=after(48, since="node"), next="end")
    walk = Walk(cart(first="letter", nodes=waits, goal=None))
    walk.enters()
    walk.hears("Order Completed")
    assert not walk.run.sends("letter", 1)


LAST = {"letter": nodes.Message(template="hello", next="end"), "end": nodes.Exit()}


def ended(**changes):
    """By itself, with a letter that is still to go."""
    walk = Walk(cart(**{"first": "letter", "nodes": LAST, "goal": None, **changes}))
    walk.enters()
    assert (walk.run.status, walk.run.reason, walk.run.sends("letter", 1)) == ("watching", "end", True)
    return walk


def test_an_order_behind_the_end_of_a_journey_calls_off_the_letter_that_has_not_gone():
    walk = ended().at(NOON + HOUR)
    assert names(walk.hears("Order Completed")) == ["-mail:letter"]
    assert (walk.run.status, walk.run.reason, walk.run.sends("letter", 1)) == ("over", "end", False)
    walk = ended().at(NOON + HOUR)
    assert (names(walk.hears("Page Viewed")), walk.run.status) == ([], "watching")
    walk.facts.rules["emptied"] = True
    assert names(walk.looks()) == ["-mail:letter"]


def test_a_letter_that_has_had_its_time_is_no_reason_to_go_on_watching():
    assert ended().due_at == NOON + 3 * DAY
    walk = ended().at(NOON + 3 * DAY)
    assert names(walk.hears("Order Completed")) == []
    assert walk.run.status == "over"
    quick = {**LAST, "letter": replace(LAST["letter"], expires_after=3_600)}
    assert names(ended(nodes=quick).at(NOON + HOUR).hears("Order Completed")) == []
    unwatched = Walk(cart(first="letter", nodes=LAST, goal=None, exits=()))
    unwatched.enters()
    assert unwatched.run.status == "over"


def test_a_goal_behind_the_end_calls_off_the_letter_if_it_ends_runs():
    for exits, made in ((True, ["tell:Journey Converted", "-mail:letter"]), (False, ["tell:Journey Converted"])):
        walk = Walk(cart(first="letter", nodes=LAST, exits=(), goal=replace(cart().goal, exits=exits)))
        walk.enters()
        assert names(walk.hears("Order Completed")) == made
        assert walk.run.status == "over"


def test_a_last_look_sees_what_ends_the_run_before_any_leg_does():
    graph, said = cart(), {"kind": "signal", "name": "Order Completed", "at": NOON, "received_at": NOON}
    run = walking(graph).run
    assert leaving.ends(graph, run, [Cause(id="o", **said)])
    assert leaving.ends(graph, run, [Cause(id="x", kind="by_hand", name="exit")])
    assert leaving.ends(replace(graph, exits=()), run, [Cause(id="o", **said)])
    told = [
        Cause(id="p", **said | {"name": "Page Viewed"}),
        Cause(id="c", kind="clock"),
        Cause(id="h", **said, verdict="waiting"),
    ]
    assert not leaving.ends(graph, run, told)
    assert not leaving.ends(replace(graph, exits=(), goal=None), run, [Cause(id="o", **said)])
