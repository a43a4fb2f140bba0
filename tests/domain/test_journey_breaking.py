"""When a node of a journey breaks, and what is counted for that."""

from datetime import UTC, datetime

import msgspec
import pytest

from shopkeeper.clock import Clock
from shopkeeper.customer.rows import Row as News
from shopkeeper.journey import nodes
from shopkeeper.journey.breaking import DONE, FAILED, Breaker, Node, Tried, reason
from tests.journey_graphs import cart
from tests.journey_world import HOUR, NOON, Walk

NODE = Node("cart", "email_1")
NOW = datetime.fromtimestamp(NOON / 1000, UTC)


class Breakers:
    def __init__(self):
        self.counted, self.broken = Tried(), []

    def add(self, node, tried, now):
        self.counted = self.counted.with_(tried)
        return self.counted

    def put(self, broken):
        self.broken.append(broken)
        return len(self.broken) == 1


def news(name, source="feedback", activity="journey:cart", **said):
    said = {"activity": activity, "step": "email_1", **said}
    body = msgspec.Raw(msgspec.json.encode({"properties": said}))
    return News(
        subject="customer:jo", message_id="m", at="", received_at="", type="track", source=source, name=name, body=body
    )


@pytest.mark.parametrize(
    ("tried", "why"),
    [
        (Tried(attempted=49, failed=49), None),
        (Tried(attempted=50, failed=4), None),
        (Tried(attempted=50, failed=5), "failures"),
        (Tried(delivered=999, complained=9), None),
        (Tried(delivered=1000, complained=1), None),
        (Tried(delivered=1000, complained=2), "complaints"),
    ],
)
def test_few_failures_or_few_tries_break_nothing(tried, why):
    assert reason(tried) == why


def test_a_batch_is_counted_at_once_and_a_node_that_breaks_is_told_of_once():
    breakers, told = Breakers(), []
    breaker = Breaker(breakers, Clock(NOW.timestamp), told.append)
    for _ in range(45):
        breaker.note(NODE, DONE)
    for _ in range(5):
        breaker.note(NODE, FAILED)
    breaker.count()
    breaker.count()
    breaker.note(NODE, FAILED)
    breaker.count()

    (only,) = told
    assert (only.journey, only.node, only.why, only.tried) == ("cart", "email_1", "failures", Tried(50, 5))
    assert (breakers.counted, len(breakers.broken)) == (Tried(51, 6), 2)


def test_of_mails_of_journeys_it_counts_what_lies_with_us_or_with_the_address_and_no_veto():
    breakers = Breakers()
    breaker = Breaker(breakers, Clock(NOW.timestamp), print)
    breaker.hear([news("Email Sent"), news("Email Delivered"), news("Email Marked as Spam")])
    breaker.hear([news("Email Bounced", bounce="hard"), news("Email Bounced", bounce="soft")])
    breaker.hear([news("Not Sent", "mail", reason="other:render: traits.city"), news("Not Sent", reason="malformed:x")])
    breaker.hear([news("Not Sent", "mail", reason="do_not_contact:no_consent"), news("Email Opened", "tracking")])
    breaker.hear([news("Email Sent", activity="spring"), news("Email Sent", "collect")])
    breaker.count()

    assert breakers.counted == Tried(attempted=3, failed=3, delivered=1, complained=1)


def test_a_run_waits_before_a_node_that_is_broken_and_can_leave_from_there():
    for mended in (True, False):
        walk = Walk(cart())
        walk.facts.broken = {"email_1"}
        walk.enters()
        assert (walk.run.node, walk.run.paused_at, walk.due_at) == ("email_1", NOON, NOON + HOUR)
        assert walk.on
        if mended:
            walk.facts.broken = set()
            walk.at(NOON + HOUR)
            assert (walk.run.node, walk.run.paused_at) == ("w4", 0)
        else:
            walk.hears("Order Completed")
            assert (walk.run.reason, walk.on) == ("converted", set())


def test_what_was_broken_for_too_long_is_left_out():
    graph = cart()
    parts = {**graph.nodes, "email_1": msgspec.structs.replace(graph.nodes["email_1"], late_after=1800)}
    walk = Walk(msgspec.structs.replace(graph, nodes=parts))
    walk.facts.broken = {"email_1"}
    walk.enters()
    walk.facts.broken = set()
    walk.at(NOON + HOUR)

    assert isinstance(parts["email_1"], nodes.Message)
    assert ("email_1", "late") in walk.outcomes
