"""Who is inside a journey while it is changed, over the API: seen before, told by publishing, and looked at after."""

import pytest
from moto import mock_aws
from msgspec import structs

from shopkeeper.customer.walks import SLICES
from tests import tables
from tests.api_world import World, refusal
from tests.journey_definitions import with_nodes

PATH = "/v1/journeys/welcome"
HELLO = {"message": {"template": "news"}, "next": "answer"}
ANSWER = {"wait_for": {"seen": {"event": "Page Viewed"}}, "timeout": "P3D", "on": {"seen": "exit"}, "else": "later"}
LATER = {"wait": {"for": "P1D"}, "next": "exit"}
FIRST = with_nodes("hello", hello=HELLO, answer=ANSWER, later=LATER)
SECOND = with_nodes("hello", hello=HELLO | {"next": "later"}, later=LATER)


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        tables.create("RunsTable")
        world.define()
        for said in (FIRST, SECOND):
            assert world.put(PATH, said)[0] < 300
        world.post(f"{PATH}/publish", {"version": 1})
        yield world


def kept(world, number):
    return world.adapters["migrations"].load("welcome", number)


def walks(world, number):
    return world.adapters["slices"].load(f"journey.move/welcome/{number}", range(SLICES))


def test_it_is_seen_before_who_would_go_where(world):
    status, asked, _ = world.post(f"{PATH}/migrations", {"version": 2})
    assert (status, asked["number"], asked["state"], asked["preview"], asked["nodes"]) == (202, 1, "counting", True, [])
    assert len(walks(world, 1)) == SLICES

    made = kept(world, 1)
    standing = {"1/answer": 3, "1/later": 2, "1/": 1}
    world.adapters["migrations"].save(structs.replace(made, phase="done", standing=standing, revision=2))
    seen = world.get(f"{PATH}/migrations/1")[1]
    landed = [(each["node"], each["customers"], each["to"], each["arrive"]) for each in seen["nodes"]]
    assert landed == [(None, 1, "hello", False), ("answer", 3, "later", True), ("later", 2, "later", False)]
    assert (seen["state"], seen["customers"], seen["gone"]) == ("done", 6, None)
    assert world.get(f"{PATH}/migrations/2")[0] == 404
    assert world.get(f"{PATH}/migrations/one")[0] == 404


def test_publishing_says_what_becomes_of_those_inside(world):
    assert world.post(f"{PATH}/publish", {"version": 2})[1]["migration"] is None
    said = {"version": 2, "inside": "migrate", "spread": "PT1H", "moves": {"answer": "hello"}}
    status, changed, _ = world.post(f"{PATH}/publish", said)
    assert (status, changed["migration"], changed["state"]["live"]) == (200, 1, 2)
    its = kept(world, 1)
    assert (its.spread, its.preview, its.asked.moves, its.asked.leaves) == (3600, False, {"answer": "hello"}, False)

    assert world.post(f"{PATH}/publish", {"version": 1, "inside": "exit"})[1]["migration"] == 2
    assert kept(world, 2).asked.leaves
    counted = {"phase": "done", "standing": {"2/later": 5}, "left": {"2/later": 4}, "revision": 2}
    world.adapters["migrations"].save(structs.replace(kept(world, 2), **counted))
    seen = world.get(f"{PATH}/migrations/2")[1]
    assert (seen["inside"], seen["left"], seen["gone"], seen["nodes"][0]["to"]) == ("exit", 4, 1, None)


def test_those_of_before_go_over_later_but_only_into_the_live_one(world):
    said = {"version": 2, "preview": False}
    assert world.post(f"{PATH}/migrations", said)[0] == 409
    world.post(f"{PATH}/publish", {"version": 2})
    assert world.post(f"{PATH}/migrations", said)[0] == 202
    world.post(f"{PATH}/stop", {})
    assert world.post(f"{PATH}/migrations", {"version": 2})[0] == 409
    assert world.post(f"{PATH}/migrations", {"version": 9})[0] == 404


REFUSED = (
    ({"moves": {"nobody": "later"}}, "moves.nobody"),
    ({"moves": {"answer": "answer"}}, "moves.answer"),
    ({"moves": {"answer": "later"}, "inside": "exit"}, "moves.answer"),
    ({"spread": "P8D"}, "spread"),
    ({"spread": "P1M"}, "spread"),
    ({"inside": "finish"}, "inside"),
)


def test_what_cannot_be_is_refused_by_its_field(world):
    for said, field in REFUSED:
        assert refusal(world.post(f"{PATH}/migrations", {"version": 2} | said)) == (400, [field])
    assert refusal(world.post(f"{PATH}/publish", {"version": 2, "moves": {"answer": "later"}}))[1] == ["moves.answer"]
    assert refusal(world.post(f"{PATH}/publish", {"version": 2, "spread": "PT1H"}))[1] == ["spread"]
