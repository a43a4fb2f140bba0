"""What an explanation says is what the door and the legs did, on journeys and lives drawn by lot: whatever brought
nobody in has something against it, and whoever still waits has heard nothing that counts."""

import json
from random import Random

import pytest

from tests.explained_journeys import HOUR, MINUTE, World, compiled
from tests.journey_definitions import VIP

CLICK, VIEW = {"event": "Email Link Clicked", "of": "hello"}, {"event": "Page Viewed"}
SALE = {**VIEW, "where": [{"prop": "page", "cmp": "eq", "value": "sale"}]}
BOUGHT = {"event": "Order Completed", "reason": "converted"}


def journey(lot):
    asked = [{"prop": "topic", "cmp": "eq", "value": "tea"}]
    again = [
        {"policy": "once"},
        {"policy": "always"},
        {"policy": "after", "span": "P2D"},
        {"policy": "always", "most": 2},
    ]
    answer = lot.choice([CLICK, VIEW, SALE, {**CLICK, "machines": True}, {**CLICK, "of": "*"}])
    on, two = lot.choice(["exit", "last"]), lot.choice([VIEW, {"event": "Asked"}])
    said = {
        "entry": [{"on": "event", "event": "Asked", "where": asked}, {"on": "list.added", "list": "fair"}],
        "reentry": lot.choice(again),
        "exit_when": [BOUGHT, {"rule": {"op": "trait", "path": "out", "cmp": "eq", "value": True}, "reason": "out"}],
        "goal": {"event": "Order Completed", "within": "P30D"},
        "brand": "shop",
        "topic": "news",
        "first": "hello",
        "nodes": {
            "hello": {"message": {"template": "hello"}, "next": "answer"},
            "answer": {"wait_for": {"one": answer}, "timeout": "P1D", "on": {"one": on}, "else": "last"},
            "last": {"wait": {"for": "P1D"}, "hears": {"two": two}, "on": {"two": "exit"}, "next": "exit"},
        },
    }
    said |= {"key": "order"} if lot.random() < 0.3 else {}
    said |= {"audience": VIP} if lot.random() < 0.3 else {}
    return compiled(json.dumps(said), "lot")


def entry(world, lot):
    ago = lot.choice([0, 0, 0, 80 * HOUR])
    said = {"order": lot.choice(["A", "B"])} if lot.random() < 0.8 else {}
    if lot.random() < 0.2:
        return world.does("List Entered", ago=ago, list="fair", **said)
    return world.does(
        "Asked",
        ago=ago,
        source=lot.choice([None, None, None, "import"]),
        topic=lot.choice(["tea", "tea", "pie"]),
        **said,
    )


def answer(world, lot):
    mailed = [row.run for row in world.shop.rows if row.run.mails]
    if mailed and lot.random() < 0.5:
        return world.does("Email Link Clicked", of="hello", machine=lot.random() < 0.5)
    if lot.random() < 0.1:
        return world.does("Order Completed", order_id=str(lot.random()), total=5)
    return world.does("Page Viewed", ago=lot.choice([0, 0, HOUR, 30 * HOUR]), page=lot.choice(["sale", "home"]))


def entered(world):
    return sum(row.run.n for row in world.shop.rows)


@pytest.mark.parametrize("seed", range(40))
def test_nothing_is_said_to_count_that_did_not_and_nothing_is_left_without_a_reason(seed):
    lot = Random(seed)
    world = World(journey(lot), traits={"vip": True} if lot.random() < 0.5 else {})
    for _ in range(14):
        before, is_entry = entered(world), lot.random() < 0.4
        told = len(world.shop.told)
        (entry if is_entry else answer)(world, lot)
        came_in, news = entered(world) > before, world.shop.told[told]
        world.at(world.now - world.start + lot.choice([1, MINUTE, HOUR, 20 * HOUR]))
        found = world.why()
        judge_entry(found, news, came_in=came_in)
        judge_waits(world, found)


def judge_entry(found, news, *, came_in):
    said = [each for one in found["entries"] for each in one["happened"] if each["message_id"] == news.news.message_id]
    for each in said:
        assert each["counts"] == came_in, each
        assert bool(each["against"]) != came_in, each
    assert said or not came_in


def judge_waits(world, found):
    """All legs that are due have been taken: who still stands there has not heard what would move them."""
    assert not any(row.inbox for row in world.shop.rows)
    for run in found["runs"]:
        open_ = [*run["waits_for"], *run["exits"]] if not run["left_at"] else []
        assert not [one for each in open_ for one in each["happened"] if one["counts"]]
        assert run["left_at"] or run["why"]
        assert not run["put_off"] or run["node"] == "hello"
