"""The way of one customer through a journey, node by node."""

import pytest
from msgspec.structs import replace

from shopkeeper.journey import nodes, untils
from shopkeeper.journey.effects import task_id
from shopkeeper.journey.facts import MailVerdict, SendState
from shopkeeper.journey.graph import Terms
from shopkeeper.journey.hearing import Hears, Trigger
from shopkeeper.journey.run import Cause
from shopkeeper.journey.untils import Span
from tests.journey_graphs import after, cart, everything
from tests.journey_world import DAY, HOUR, MINUTE, NOON, Walk, names

CLICKED = Trigger(event="Email Link Clicked")
ANSWERED = Hears(name="answered", to="end", triggers=(CLICKED,))
LETTERS = {
    "one": nodes.Message(template="one", next="answer", not_sent="lost"),
    "answer": nodes.WaitFor(hears=(ANSWERED,), timeout=Span(days=3), otherwise="two"),
    "two": nodes.Message(template="two", next="again"),
    "again": nodes.WaitFor(hears=(ANSWERED,), timeout=Span(days=7), otherwise="late"),
    "late": nodes.Exit(reason="no_answer"),
    "lost": nodes.Exit(reason="lost"),
    "end": nodes.Exit(reason="answered"),
}


def letters(**changes):
    """Two letters, each waited for."""
    return cart(journey="letters", first="one", nodes={**LETTERS, **changes}, exits=(), goal=None, rules={})


def walking(graph):
    walk = Walk(graph)
    walk.enters()
    return walk


@pytest.mark.parametrize("moment", [0, 3 * HOUR, 8 * HOUR, 13 * HOUR])
def test_who_buys_leaves_at_once_and_everything_is_switched_off(moment):
    walk = walking(cart()).at(NOON + moment)
    assert walk.on
    left = walk.hears("Order Completed")
    assert walk.on == set()
    assert names(left)[0] == "tell:Journey Converted"
    assert (walk.run.status, walk.run.reason, walk.run.goal_at) == ("over", "converted", NOON + moment)
    assert walk.due_at is None
    walk.at(NOON + 40 * DAY)
    assert walk.looks() == []


def test_an_answer_leads_on_and_is_used_up():
    walk = walking(letters()).at(NOON + 3 * DAY)
    assert [each.node for each in walk.run.history] == ["one", "answer", "two"]
    walk.hears("Email Link Clicked")
    assert walk.run.reason == "answered"


def test_an_answer_that_came_before_the_wait_was_set_counts():
    graph = letters(
        one=nodes.Message(template="one", next="rest"), rest=nodes.Wait(until=after(5, "node"), next="answer")
    )
    walk = walking(graph).at(NOON + HOUR)
    walk.hears("Email Link Clicked")
    assert walk.run.node == "rest"
    walk.at(NOON + 5 * HOUR)
    assert walk.run.reason == "answered"


def test_what_has_answered_one_letter_does_not_answer_the_next_one_however_often_it_is_told():
    graph = letters(answer=replace(LETTERS["answer"], hears=(replace(ANSWERED, to="two"),)))
    walk = walking(graph).at(NOON + HOUR)
    walk.hears("Email Link Clicked", id="click")
    assert walk.run.node == "again"
    walk.hears("Email Link Clicked", id="click")
    walk.hears("Email Link Clicked", ago=1, id="another")
    assert walk.run.node == "again"
    walk.hears("Email Link Clicked", id="third")
    assert walk.run.reason == "answered"


def test_an_answer_in_time_counts_though_the_leg_comes_late_and_one_after_the_time_does_not():
    for ago, reached in ((2 * HOUR, "answered"), (HOUR, None), (MINUTE, None)):
        walk = walking(letters())
        walk.now = NOON + 3 * DAY + HOUR
        walk.hears("Email Link Clicked", ago=ago)
        assert (walk.run.reason or None) == reached, ago


def test_what_a_machine_did_is_no_answer_and_a_verdict_is_waited_for():
    walk = walking(letters()).at(NOON + 3 * DAY - MINUTE)
    walk.hears("Email Link Clicked", verdict="machine")
    walk.hears("Email Link Clicked", id="hit", verdict="waiting")
    walk.at(NOON + 3 * DAY + 58 * MINUTE)
    assert (walk.run.node, walk.due_at) == ("answer", NOON + 3 * DAY + 59 * MINUTE)
    judged = Cause(id="j", kind="judged", at=walk.now, about="hit", verdict="human")
    walk.looks(judged)
    assert walk.run.reason == "answered"


def test_a_hit_that_only_the_ledger_knows_of_is_waited_for_until_its_verdict_is_told_or_an_hour_is_over():
    walk = walking(letters())
    send_id = walk.run.send_id("one", walk.run.mails["one"].visit)
    walk.facts.unjudged.add(send_id)
    walk.at(NOON + 3 * DAY + 10 * MINUTE)
    assert walk.run.node == "answer"
    walk.facts.unjudged.clear()
    walk.hears("Email Link Clicked", ago=11 * MINUTE, verdict="human")
    assert walk.run.reason == "answered"

    walk = walking(letters())
    walk.facts.unjudged.add(walk.run.send_id("one", walk.run.mails["one"].visit))
    walk.at(NOON + 3 * DAY + HOUR)
    assert walk.run.node == "again"


def test_without_a_verdict_time_goes_on_after_an_hour():
    walk = walking(letters()).at(NOON + 3 * DAY - MINUTE)
    walk.hears("Email Link Clicked", verdict="waiting")
    walk.at(NOON + 3 * DAY + HOUR)
    assert walk.run.node == "again"


def test_a_letter_that_may_not_go_now_keeps_the_run_and_the_run_can_leave_meanwhile():
    walk = Walk(cart())
    walk.facts.verdicts["cart_contents"] = MailVerdict("later", NOON + 9 * HOUR)
    walk.enters()
    assert (walk.run.node, walk.due_at) == ("email_1", NOON + 9 * HOUR)
    walk.hears("Order Completed")
    assert walk.run.reason == "converted"
    assert not [each for each in names(walk.made) if "mail" in each]


def test_a_letter_is_put_off_for_so_long_at_most():
    walk = Walk(replace(letters(), terms=Terms(max_defer=14 * 3600)))
    walk.facts.verdicts["one"] = MailVerdict("later", NOON + 9 * HOUR)
    walk.enters()
    walk.facts.verdicts["one"] = MailVerdict("later", NOON + 15 * HOUR)
    walk.at(NOON + 9 * HOUR)
    assert walk.outcomes[0] == ("one", "not_sent:other:deferred")
    assert walk.run.reason == "lost"


def test_a_letter_that_never_goes_leads_where_the_message_says():
    walk = Walk(letters())
    walk.facts.verdicts["one"] = MailVerdict("never", reason="do_not_contact:no_consent")
    walk.enters()
    assert (walk.run.reason, walk.outcomes[0]) == ("lost", ("one", "not_sent:do_not_contact:no_consent"))


def test_a_wait_for_a_letter_begins_when_it_has_gone():
    walk = walking(letters())
    walk.sent("one", SendState("waiting", NOON + 4 * DAY))
    walk.at(NOON + 3 * DAY)
    assert (walk.run.node, walk.due_at) == ("answer", NOON + 4 * DAY)
    walk.sent("one", SendState("sent", NOON + 4 * DAY))
    walk.at(NOON + 4 * DAY)
    assert (walk.run.node, walk.due_at) == ("answer", NOON + 7 * DAY)
    walk.at(NOON + 7 * DAY)
    assert walk.run.node == "again"


def test_a_letter_that_was_given_up_leads_on_when_the_wait_is_over_once():
    walk = walking(letters(one=nodes.Message(template="one", next="answer", not_sent="answer")))
    walk.sent("one", SendState("not_sent", NOON + MINUTE, "other:render"))
    walk.at(NOON + 3 * DAY)
    assert walk.outcomes[-1] == ("answer", "not_sent")
    walk.at(NOON + 6 * DAY)
    assert walk.outcomes[-2:] == [("answer", "timeout"), ("two", "planned")]


def test_nothing_is_known_of_a_row_that_is_not_there_yet_so_it_is_asked_for_again():
    walk = walking(letters())
    walk.facts.rows.clear()
    walk.at(NOON + 3 * DAY)
    assert (walk.run.node, walk.due_at) == ("answer", NOON + 3 * DAY + 15 * MINUTE)


def test_a_task_is_open_until_somebody_has_done_it_or_the_run_goes_on():
    task = nodes.Task(
        queue="sales", outcomes={"sold": "end"}, hears=(ANSWERED,), timeout=Span(days=7), otherwise="late"
    )
    for way in ("outcome", "answer", "time"):
        walk = walking(letters(one=task))
        assert names(walk.made) == ["tell:Journey Entered", "task:one"]
        about = task_id(walk.run.id, "one", 1)
        walk.hears("Task Completed", about=about, props={"outcome": "nobody there"}, id="first")
        assert walk.run.node == "one"
        if way == "outcome":
            walk.hears("Task Completed", about=about, props={"outcome": "sold"})
        elif way == "answer":
            walk.hears("Email Link Clicked")
        walk.at(NOON + 7 * DAY)
        assert ("-task:one" in names(walk.made)) == (way != "outcome"), way
        assert walk.run.reason == ("no_answer" if way == "time" else "answered")


def test_a_task_that_nobody_will_ever_be_asked_to_do_is_not_waited_for():
    walk = walking(letters(one=nodes.Task(queue="sales", timeout=Span(days=7), otherwise="late")))
    opening = walk.made[-1].key
    walk.looks(Cause(id="other", kind="failed", about=opening + "/end"))
    assert walk.run.node == "one"
    walk.looks(Cause(id="f", kind="failed", about=opening))
    assert (walk.outcomes[0], walk.run.tasks, "-task:one" in names(walk.made)) == (("one", "failed"), (), True)


def test_the_same_customer_always_gets_the_same_arm():
    drawn = {Walk(everything()).enters()[1].props["arm"] for _ in range(3)}
    assert len(drawn) == 1


def test_a_loop_turns_so_often_and_the_run_goes_on():
    walk = walking(
        letters(one=nodes.Wait(until=after(1, "node"), next="turn"), turn=nodes.Repeat(to="one", most=3, next="end"))
    )
    walk.at(NOON + DAY)
    assert [outcome for node, outcome in walk.outcomes if node == "turn"] == ["again"] * 3 + ["enough"]
    assert walk.run.left_at == NOON + 4 * HOUR


def test_a_hundred_nodes_in_one_leg_are_enough_and_the_rest_follows_at_once():
    walk = walking(letters(one=nodes.Repeat(to="one", most=150, next="end")))
    assert (walk.due_at, walk.run.reason) == (NOON, "")
    walk.looks()
    assert walk.run.reason == "answered"


def test_a_rule_that_held_on_arrival_counts_at_once_unless_it_has_to_become_true():
    for fresh, reached in ((False, "answered"), (True, "")):
        rule = Hears(name="rich", to="end", rule="rich", fresh=fresh)
        walk = Walk(letters(one=nodes.WaitFor(hears=(rule,), timeout=Span(days=1), otherwise="late")))
        walk.facts.rules["rich"] = True
        walk.enters()
        assert walk.run.reason == reached
    walk.facts.rules["rich"] = False
    walk.looks()
    walk.facts.rules["rich"] = True
    walk.looks()
    assert walk.run.reason == "answered"


def test_a_wait_for_a_trait_that_nobody_has_is_passed():
    birthday = untils.OfTrait(path="birthday", missing="late")
    walk = walking(letters(one=nodes.Wait(until=birthday, next="end")))
    assert walk.run.reason == "no_answer"
