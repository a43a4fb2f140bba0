"""What led a customer to the goal of a journey, and which of it has the credit."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.instants import from_ms
from shopkeeper.journey import graph, nodes, trail, untils
from shopkeeper.journey.beside import Beside
from shopkeeper.journey.rows import Row
from shopkeeper.journey.run import Visit, Worth
from shopkeeper.journey.trail import Touch
from tests.journey_graphs import cart
from tests.journey_world import DAY, HOUR, MINUTE, NOON, Walk

KINDS = ["sent", "opened", "clicked", "audience", "slot", "task", "webhook"]
BY_HAND = nodes.Task(queue="sales", timeout=untils.Span(days=2), otherwise="end", outcomes={"interested": "end"})
touched = st.builds(
    Touch, st.integers(0, 9), st.sampled_from(KINDS), st.sampled_from("abc"), st.sampled_from(["", "spring"])
)


def converts(walk, **order):
    """What is told of it."""
    return next(each for each in walk.hears("Order Completed", **order) if each.name == "Journey Converted").props


def by(walk, *touches):
    walk.facts.touched = list(touches)
    converts(walk)
    return walk.run.goal_by


def entered(**changes):
    walk = Walk(cart(**changes))
    walk.enters()
    return walk.at(NOON + 5 * HOUR)


def test_the_way_to_the_goal_is_told_with_it_from_the_first_thing_that_was_shown_to_the_last_click():
    walk = entered()
    walk.facts.touched = [
        Touch(NOON + MINUTE, "sent", "email_1"),
        Touch(NOON + HOUR, "opened", "letter", "spring"),
        Touch(NOON + 2 * HOUR, "clicked", "email_1"),
        Touch(NOON + 9 * HOUR, "clicked", "later"),
    ]
    told = converts(walk, order="A-1", worth=Worth(8_990, "USD"))
    assert [(each["kind"], each["node"]) for each in told["trail"]] == [
        *[("audience", "on_1"), ("slot", "on_1"), ("slot", "on_1")],
        *[("sent", "email_1"), ("opened", "letter"), ("clicked", "email_1"), ("audience", "on_2")],
    ]
    assert told["trail"][4]["activity"] == "spring"
    assert told["credit"]["last_touch"] == {"at": "2026-11-21T14:00:00.000Z", "kind": "clicked", "node": "email_1"}
    assert (told["at"], told["order"], told["value"], told["currency"]) == (
        *("2026-11-21T17:00:00.000Z", "A-1"),
        *("89.90", "USD"),
    )
    assert (walk.run.goal_by, walk.run.worth) == ("email_1", Worth(8_990, "USD"))


def test_what_they_did_themselves_goes_before_what_only_reached_them():
    late, soon = NOON + 4 * HOUR, NOON + HOUR
    sent, opened, clicked = Touch(late, "sent", "s"), Touch(late, "opened", "o"), Touch(soon, "clicked", "c", "spring")
    assert by(entered(), sent, opened, clicked) == "spring/c"
    assert by(entered(), sent, opened._replace(at=soon)) == "o"
    assert by(entered(), sent) == "s"
    assert by(entered()) == "on_2"


def test_who_was_held_out_has_a_way_to_the_goal_too_and_nothing_of_the_journey_is_on_it():
    walk = entered(hold_out=graph.HoldOut(salt="all", share=10_000))
    assert by(walk, Touch(NOON + HOUR, "sent", "letter", "spring")) == "spring/letter"
    assert converts(entered(hold_out=graph.HoldOut(salt="all", share=10_000)))["credit"] == {"last_touch": None}


def test_a_goal_after_the_run_and_one_that_is_a_node_have_a_trail_as_well():
    walk = entered().at(NOON + 20 * DAY)
    assert by(walk, Touch(NOON + 19 * DAY, "clicked", "email_2")) == "email_2"
    parts = {"mail": nodes.Message(template="t", next="goal"), "goal": nodes.Reach(next="end"), "end": nodes.Exit()}
    reached = Walk(cart(first="mail", nodes=parts))
    reached.facts.touched = [Touch(NOON, "opened", "letter", "spring")]
    reached.enters()
    assert (reached.run.goal_at, reached.run.goal_by, reached.run.worth) == (NOON, "spring/letter", None)


def test_what_was_on_has_its_time_and_a_task_and_a_webhook_are_told_of_by_what_came_of_them():
    off = nodes.Effects(off=(nodes.Switch(channel="audience", name="dsp:cart"),), next="end")
    more = {"off": off, "call": BY_HAND, "push": nodes.Webhook(connector="chat", next="end")}
    whole = cart(nodes={**cart().nodes, **more})
    lines = [("on_2", "done"), ("call", "interested"), ("call", "timeout"), ("push", "done"), ("push", "late")]
    history = [Visit("leg", n, *line, NOON + n) for n, line in enumerate([*lines, ("off", "done"), ("gone", "done")])]
    run = replace(entered().run, history=tuple(history))
    told = [tuple(each) for each in trail.trail(whole, run, (), NOON + DAY)]
    assert told == [
        (NOON, "audience", "on_2", "", "dsp:cart", NOON + 5),
        (NOON + 1, "task", "call", "", "interested", 0),
        (NOON + 3, "webhook", "push", "", "chat", 0),
    ]
    assert trail.last_touch(trail.trail(whole, run, (), NOON + DAY)).by == "call"


def test_what_was_on_went_off_when_the_run_had_left_before_the_goal():
    walk = entered().at(NOON + 20 * DAY)
    assert walk.run.left_at < walk.now
    assert {each["until"] for each in converts(walk)["trail"]} == {from_ms(walk.run.left_at)}


def test_other_runs_of_the_customer_are_on_the_way_too():
    own, other = entered().run, entered().run
    rows = [Row(customer_id="jo", run=own), Row(customer_id="jo", run=replace(other, id="o", journey="spring"))]
    rows.append(Row(customer_id="jo", run=replace(other, id="p", version=7)))

    class World:
        def of_customer(self, customer):
            return rows if customer == "jo" else []

        def graph(self, _journey, version):
            return {1: cart()}[version]

    touches = list(Beside(World(), World()).touches(Customer("jo", document=Document(merged={"joan": "m"})), own))
    assert {each.by for each in touches} == {"journey:spring/on_1", "journey:spring/on_2"}
    assert by(entered(), *(each._replace(at=each.at + 1) for each in touches)) == "journey:spring/on_2"


def test_of_a_long_way_the_newest_thirty_things_are_told_and_the_credit_may_be_older():
    walk = entered()
    sent = [Touch(NOON + n * MINUTE, "sent", "letter", f"c{n}") for n in range(1, 60)]
    walk.facts.touched = [Touch(NOON, "clicked", "email_1"), *sent]
    told = converts(walk)
    assert (len(told["trail"]), told["trail"][-1]["kind"], walk.run.goal_by) == (30, "audience", "email_1")


def slow_last(touches):
    """Asked the other way round: of each touch, whether another one goes before it."""
    better = {"clicked": 5, "opened": 4, "task": 3, "sent": 2, "audience": 1, "slot": 1, "webhook": 0}
    counting = [each for each in touches if better[each.kind]]
    for each in counting:
        others = [other for other in counting if other != each]
        if all((better[each.kind], each) > (better[other.kind], other) for other in others):
            return each
    return None


@given(st.lists(touched, max_size=8))
def test_the_last_touch_is_what_no_other_goes_before_whatever_the_order(touches):
    assert trail.last_touch(touches) == slow_last(touches) == trail.last_touch(reversed(touches))


@given(st.lists(touched, max_size=8))
def test_what_comes_after_the_goal_or_was_before_the_entry_changes_nothing(touches):
    run = replace(entered().run, entered_at=3, history=())
    within = [each for each in touches if 3 <= each.at <= 7]
    assert trail.trail(cart(), run, touches, 7) == sorted(set(within))
