"""What a customer did becomes long ago, by nothing but time: the shop notices it by itself, and says since when."""

from datetime import UTC, timedelta

from shopkeeper import clock
from shopkeeper.aws.editions import Editions
from shopkeeper.segment import rule
from shopkeeper.segment.edition import Edition, Slot, ref
from tests.stories.test_collect import read, write_key
from tests.stories.test_counting_once import send

LATELY = {
    "op": "count",
    "measure": {"event": "Order Completed"},
    "window": {"rolling": {"seconds": 3600}},
    "cmp": "ge",
    "n": 1,
}


def publish(stack):
    """As it is when it has been built."""
    editions, lately = Editions(stack.client("dynamodb"), "DefinitionsTable", UTC, stack.clock), rule.read(LATELY)
    editions.put_rules([lately])
    since = clock.to_text(stack.clock.now())
    slot = Slot(number=1, segment="lately", version=1, rule=ref(lately), phase="ready", since=since)
    editions.replace(Edition(1, 2, (slot,)))


def members(stack):
    page = read(stack, "/v1/segments/lately/members")
    return sorted(name for each in page["items"] for name in each["identities"]), page["count"]["members"]


def test_who_ordered_lately_leaves_when_that_is_long_ago_unless_there_was_another_order(stack):
    publish(stack)
    key = write_key(stack)["key"]
    order = {"type": "track", "event": "Order Completed", "userId": "jo", "properties": {"order_id": "1"}}
    send(stack, key, order, order | {"userId": "al", "properties": {"order_id": "2"}})
    ordered = read(stack, "/v1/customers/user:jo/timeline")["items"][-1]["at"]
    assert members(stack) == (["user:al", "user:jo"], 2)

    stack.clock.advance(timedelta(minutes=40))
    send(stack, key, order | {"userId": "al", "properties": {"order_id": "3"}})
    stack.clock.advance(timedelta(minutes=21))
    stack.settle()

    assert members(stack) == (["user:al"], 1)
    assert read(stack, "/v1/customers/user:jo")["segments"] == []
    left = read(stack, "/v1/customers/user:jo/timeline")["items"][0]
    assert (left["name"], left["properties"]["cause"]) == ("Segment Left", "clock")
    assert clock.from_text(left["at"]) - clock.from_text(ordered) == timedelta(hours=1)
    assert clock.from_text(left["received_at"]) - clock.from_text(left["at"]) < timedelta(minutes=2)
