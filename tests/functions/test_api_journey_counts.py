"""Over the API how many are inside a journey is counted by a walk, and who they are is listed in pages."""

from datetime import UTC, timedelta

import pytest
import time_machine
from moto import mock_aws
from msgspec import structs

from shopkeeper.clock import Clock
from shopkeeper.customer.walks import SLICES, Course, Walks
from shopkeeper.journey.beginning import begin
from shopkeeper.journey.insiders import census, inside
from shopkeeper.journey.rows import MOST_FAILURES, Row
from shopkeeper.journey.run import Cause, Visit, Worth
from tests.api_world import World, cursor, refusal
from tests.journey_definitions import with_nodes
from tests.journey_world import NOON

HELLO = {"message": {"template": "news"}, "next": "answer"}
ANSWER = {"wait_for": {"seen": {"event": "Page Viewed"}}, "timeout": "P3D", "on": {"seen": "exit"}, "else": "exit"}
BY_ORDER = with_nodes("hello", hello=HELLO, answer=ANSWER) | {"key": "email"}
PATH = "/v1/journeys/welcome"
PLANNED = Visit("leg", 1, "hello", "planned", NOON)
SOLD = {"goal_at": NOON, "goal_by": "hello", "worth": Worth(1_999, "EUR")}


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        world.define()
        world.put(PATH, BY_ORDER)
        yield world


def come_in(world, name, key="", journey="welcome", failures=0, **said):
    graph = structs.replace(world.adapters["journeys"].graph("welcome", 1), journey=journey)
    run = begin(graph, Cause(id="e", kind="entry", at=NOON), name, key, UTC, NOON)
    run = structs.replace(run, **{"node": "answer", "visit": 2, "history": (PLANNED,), **said})
    world.adapters["runs"].open(Row(customer_id=name, run=run, failures=failures), None)


def walk(world):
    slices, runs = world.adapters["slices"], world.adapters["runs"]
    work = census.Counting(world.adapters["censuses"], Clock())
    walks = Walks(slices, {census.KIND: Course(inside.pages(runs), work)}, Clock())
    asked = world.adapters["censuses"].get("welcome").walk
    for number in range(SLICES):
        while walks.visit(f"{asked}#{number}"):
            pass


def test_a_journey_is_counted_when_somebody_asks_and_shown_as_it_was_counted_last(world):
    world.post(f"{PATH}/publish", {})
    assert world.get(f"{PATH}/counts")[1]["state"] == "never"
    for number in range(3):
        come_in(world, f"c{number}", **(SOLD if number == 1 else {}))
    come_in(world, "d", journey="welcomes")

    status, asked, _ = world.post(f"{PATH}/counts", {})
    assert (status, asked["state"], asked["entries"], asked["under_way"]["slices_done"]) == (202, "counting", None, 0)
    assert world.post(f"{PATH}/counts", {})[1] == asked
    walk(world)

    counted = world.get(f"{PATH}/counts")[1]
    assert (counted["state"], counted["under_way"], counted["versions"]) == ("counted", None, [1])
    shown = {"entered": 3, "inside": 3, "converted": 1, "worth": {"EUR": {"amount": "19.99", "minor_units": 1_999}}}
    assert counted["entries"].items() >= shown.items()
    hello, answer, _ = counted["nodes"]
    assert hello.items() >= {"node": "hello", "arrived": 3, "outcomes": {"planned": 3}, "converted": 1}.items()
    assert answer.items() >= {"node": "answer", "arrived": 3, "standing": 3, "outcomes": {}}.items()
    assert world.post(f"{PATH}/counts", {})[1] == counted
    assert world.get(f"{PATH}/counts", query="version=1")[1]["nodes"] == counted["nodes"]
    assert refusal(world.get(f"{PATH}/counts", query="version=2")) == (400, ["version"])


def test_the_counts_of_before_are_shown_while_new_ones_are_made(world):
    come_in(world, "c0")
    world.post(f"{PATH}/counts", {})
    walk(world)
    with time_machine.travel(Clock().now() + census.YOUNG + timedelta(seconds=1)):
        come_in(world, "c1")
        asked = world.post(f"{PATH}/counts", {})[1]
        assert (asked["state"], asked["entries"]["entered"]) == ("counting", 1)
        walk(world)
        assert world.get(f"{PATH}/counts")[1]["entries"]["entered"] == 2


def test_who_asks_when_another_does_is_shown_that_one_and_what_has_not_begun_begins(world, monkeypatch):
    kept, journeys = world.adapters["censuses"], world.adapters["journeys"]
    before = census.asked(None, "welcome", (1,), Clock().now())
    come_in(world, "c0")

    def meanwhile(_journey):
        """Somebody else asks, and dies over it."""
        kept.put(before)

    with monkeypatch.context() as moment:
        moment.setattr(journeys, "state", meanwhile)
        status, asked, _ = world.post(f"{PATH}/counts", {})
    assert (status, asked["state"], kept.get("welcome")) == (202, "counting", before)
    walk(world)
    assert world.get(f"{PATH}/counts")[1]["entries"]["entered"] == 1


def test_nobody_counts_a_journey_that_is_not_there(world):
    for answer in (world.get("/v1/journeys/other/counts"), world.post("/v1/journeys/other/counts", {})):
        assert answer[0] == 404
    assert world.get("/v1/journeys/other/runs")[0] == 404


def listed(world, said=""):
    """All pages."""
    found, more = [], ""
    while True:
        page = world.get(f"{PATH}/runs", query=f"{said}&{more}")[1]
        found += [each["customer_id"] for each in page["items"]]
        if not page["next"]:
            return sorted(found)
        more = cursor(page)


@pytest.mark.parametrize("limit", ["", "limit=2"])
def test_who_is_inside_is_listed_page_by_page(world, limit, monkeypatch):
    monkeypatch.setattr("shopkeeper.api.journey_inside.ROWS_PER_LOOK", 2)
    world.put(PATH, BY_ORDER | {"priority": 7})
    for number in range(5):
        come_in(world, f"c{number}", node="hello" if number == 3 else "answer")
    come_in(world, "over", status="over", left_at=NOON, reason="end")
    come_in(world, "stuck", failures=MOST_FAILURES, version=2)
    come_in(world, "other", journey="welcomes")

    assert listed(world, limit) == ["c0", "c1", "c2", "c3", "c4", "stuck"]
    assert listed(world, f"{limit}&node=hello") == ["c3"]
    assert listed(world, f"{limit}&status=stuck") == listed(world, f"{limit}&version=2") == ["stuck"]
    assert listed(world, f"{limit}&status=over") == ["over"]


def test_a_key_that_speaks_of_a_person_is_masked(world):
    come_in(world, "jo", key="jo@shop.example")
    (shown,) = world.get(f"{PATH}/runs")[1]["items"]
    assert (shown["key"], shown["node"], shown["entry"]) == ("j•••@s•••.example", "answer", 1)


def test_what_cannot_be_asked_of_the_list_is_said(world):
    for said in ("status=gone", "version=x", "cursor=WyIvIl0", "limit=0"):
        assert refusal(world.get(f"{PATH}/runs", query=said)) == (400, [said.partition("=")[0]])
