"""Journeys over the API: versions and their graphs, how they stand, and where customers stand in them."""

from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest
from moto import mock_aws

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer
from shopkeeper.customer.rows import row_of
from shopkeeper.journey.advance import advance
from shopkeeper.journey.beginning import begin
from shopkeeper.journey.legs import handing
from shopkeeper.journey.rows import Row
from shopkeeper.journey.run import Cause, Worth
from shopkeeper.journey.trail import Touch
from tests import tables
from tests.api_world import World, refusal
from tests.journey_definitions import short, with_nodes
from tests.journey_world import Known

CART = (Path(__file__).parents[2] / "docs/journeys/cart.yaml").read_text()
HELLO = {"message": {"template": "news"}, "next": "answer"}
ANSWER = {"wait_for": {"seen": {"event": "Page Viewed"}}, "timeout": "P3D", "on": {"seen": "exit"}, "else": "exit"}
SHORT_AND_LONG = [{"id": name, "template": name, "share": 50} for name in ("news", "long")]
WELCOME = with_nodes("hello", hello=HELLO, answer=ANSWER)


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        tables.create("RunsTable")
        world.define()
        yield world


@pytest.fixture
def journeys(world):
    return world.adapters["journeys"]


@pytest.fixture
def jo(world):
    world.adapters["customers"].save(document.store(Customer("jo", 1)))
    return "jo"


def live(world, said=WELCOME, **named):
    assert world.put("/v1/journeys/welcome", said)[0] < 300
    return world.post("/v1/journeys/welcome/publish", {}, **named)


def be_inside(world, customer_id):
    """In the first run of a journey, on its wait."""
    graph, now = world.adapters["journeys"].graph("welcome", 1), Clock().now()
    cause = Cause(id="e", kind="entry", at=int(now.timestamp() * 1000))
    run = begin(graph, cause, customer_id, "", UTC, cause.at)
    step = advance(graph, run, [cause], Known(), cause.at)
    world.adapters["runs"].open(Row(customer_id=customer_id, run=step.run, due_at=clock.to_text(now)), None)


def test_a_version_is_kept_with_its_graph_and_begins_as_a_draft(world, journeys):
    status, made, _ = world.put("/v1/journeys/welcome", WELCOME)
    assert (status, made["version"], made["state"]["going"], made["state"]["live"]) == (201, 1, "draft", None)
    assert journeys.graph("welcome", 1).nodes["hello"].template == "news"
    assert world.put("/v1/journeys/welcome", WELCOME)[1]["version"] == 1
    assert world.get("/v1/journeys/welcome")[1] == made
    assert "nodes" not in world.get("/v1/journeys")[1]["items"][0]["definition"]


def test_yaml_says_the_same_as_json(world):
    text = """
entry: [{on: api}]
brand: shop
topic: news
first: hello
nodes:
  hello: {message: {template: news}, next: answer}
  answer: {wait_for: {seen: {event: Page Viewed}}, timeout: P3D, on: {seen: exit}, else: exit}
"""
    world.put("/v1/journeys/welcome", WELCOME)
    assert world.put("/v1/journeys/welcome", text, content_type="application/yaml; charset=utf-8")[1]["version"] == 1
    status, problem, _ = world.put("/v1/journeys/welcome", "a: *b", content_type="application/yaml")
    assert (status, "line 1, column 4" in problem["detail"]) == (400, True)
    assert refusal(world.put("/v1/journeys/cart", CART, content_type="application/yaml"))[0] == 400


def test_what_it_names_has_to_be_there(world):
    nodes = {
        "a": {"effects": {"on": [{"audience": "ads:x"}]}, "next": "b"},
        "b": {"message": {"template": "nothing", "brand": "other"}, "next": "c"},
        "c": {"message": {"template": "news", "class": "transactional"}, "next": "d"},
        "d": {
            "task": {"queue": "sales", "outcomes": ["yes"]},
            "timeout": "P1D",
            "on": {"yes": "exit"},
            "else": "e",
        },
        "e": {"list": {"add": "friends"}, "next": "f"},
        "f": {"start": {"journey": "welcome"}, "next": "g"},
        "g": {"branch": [{"when": {"op": "in_segment", "id": "vip"}, "to": "exit"}], "else": "h"},
        "h": {"webhook": {"connector": "erp"}, "next": "i"},
        "i": {"message": {"variants": SHORT_AND_LONG, "offer": {"id": "ten"}}, "next": "exit"},
    }
    said = with_nodes(**nodes) | {"entry": [{"on": "segment.entered", "segment": "vip"}]}
    status, fields = refusal(world.put("/v1/journeys/welcome", said))
    assert status == 400
    assert set(fields) == {
        "entry.0.segment",
        "nodes.a.effects.on.0.audience",
        "nodes.b.message.template",
        "nodes.b.message.brand",
        "nodes.c.message.template",
        "nodes.d.task.queue",
        "nodes.e.list.add",
        "nodes.f.start.journey",
        "nodes.g.branch.0.when.id",
        "nodes.h.webhook.connector",
        "nodes.i.message.variants.1.template",
        "nodes.i.message.offer.id",
    }


def test_a_task_leads_by_outcomes_that_its_queue_knows(world):
    world.put("/v1/queues/sales", {"name": "Sales", "outcomes": ["sold", "declined"]})
    led = {"timeout": "P1D", "on": {"sold": "exit"}, "else": "exit"}

    def put(*outcomes):
        said = with_nodes(a={"task": {"queue": "sales", "outcomes": outcomes}, **led})
        return refusal(world.put("/v1/journeys/welcome", said))

    assert put("sold", "phoned", "sleeps") == (400, ["nodes.a.task.outcomes.1", "nodes.a.task.outcomes.2"])
    assert (
        world.put("/v1/journeys/welcome", with_nodes(a={"task": {"queue": "sales", "outcomes": ["sold"]}, **led}))[0]
        == 201
    )
    world.put("/v1/queues/sales", {"name": "Sales", "outcomes": ["declined"]})
    assert refusal(world.post("/v1/journeys/welcome/publish", {}))[1] == ["nodes.a.task.outcomes.0"]


def test_what_is_wrong_in_itself_is_told_by_its_node(world):
    said = with_nodes(a={"message": {"template": "news"}, "next": "b"})
    assert refusal(world.put("/v1/journeys/welcome", said)) == (400, ["nodes.a.next"])
    assert refusal(world.put("/v1/journeys/welcome", short(audience={"op": "trait"}))) == (
        400,
        ["audience.path", "audience.cmp"],
    )


def test_a_newer_template_that_is_pinned_makes_a_newer_version(world, journeys):
    said = with_nodes("hello", hello={"message": {"template": "news", "content": "pinned"}, "next": "exit"})
    world.put("/v1/journeys/welcome", said)
    world.put("/v1/templates/news", {"subject": "Other", "html": '<a href="{{ unsubscribe_url }}">leave</a>'})
    assert world.put("/v1/journeys/welcome", said)[1]["version"] == 2
    assert [journeys.graph("welcome", n).nodes["hello"].template for n in (1, 2)] == ["news#1", "news#2"]


def test_publishing_makes_the_newest_version_live(world, journeys):
    status, said, _ = live(world)
    assert (status, said["state"]["going"], said["state"]["live"]) == (200, "live", 1)
    assert live(world, WELCOME | {"priority": 1})[1]["state"]["versions"] == [1, 2]
    revision = journeys.state("welcome").revision
    assert world.post("/v1/journeys/welcome/publish", {"version": 2})[0] == 200
    assert journeys.state("welcome").revision == revision
    assert world.post("/v1/journeys/welcome/publish", {"version": 1})[1]["state"]["live"] == 1
    assert world.post("/v1/journeys/welcome/publish", {"version": 9})[0] == 404
    assert world.post("/v1/journeys/other/publish", {})[0] == 404
    assert world.post("/v1/journeys/welcome/publish", {}, group="agent")[0] == 403


def test_what_has_gone_since_is_found_when_it_is_published(world):
    world.put("/v1/journeys/other", WELCOME)
    said = with_nodes("a", a={"start": {"journey": "other"}, "next": "b"}, b=HELLO, answer=ANSWER)
    world.put("/v1/journeys/welcome", said)
    world.put("/v1/templates/news", {"class": "service", "subject": "s", "html": "<p>x</p>"})
    assert refusal(world.post("/v1/journeys/welcome/publish", {})) == (400, ["nodes.b.message.template"])


def test_publishing_looks_for_everybody_whom_a_date_lets_in(world):
    begun = lambda: [each for each in _walks(world) if each.startswith("journey.dates/")]  # noqa: E731
    live(world)
    assert begun() == []
    live(world, WELCOME | {"entry": [{"on": "date", "trait": "birthday", "yearly": True}]})
    assert begun() == ["journey.dates/welcome/2"]
    world.post("/v1/journeys/welcome/pause", {})
    world.post("/v1/journeys/welcome/resume", {})
    assert begun() == ["journey.dates/welcome/2", "journey.dates/welcome/4"]


def test_publishing_has_the_clock_look_whose_turn_it_is_where_something_recurs(world):
    live(world)
    assert world.adapters["turns"].series("welcome") is None
    daily = {"on": "recurrence", "frequency": "daily", "at": "09:00"}
    live(world, WELCOME | {"entry": [daily]})
    assert world.adapters["turns"].series("welcome").since == ""
    assert refusal(world.put("/v1/journeys/other", WELCOME | {"entry": [daily | {"days": [1]}]})) == (
        400,
        ["entry.0.days"],
    )


def _walks(world):
    """Of all that are under way, without their instants."""
    records = world.dynamodb.scan(TableName="RecordsTable")["Items"]
    return sorted({each["walk"]["S"].rsplit("/", 1)[0] for each in records if "walk" in each and "due_at" in each})


def test_it_is_paused_goes_on_and_is_stopped_and_a_walk_tells_those_inside(world):
    assert world.post("/v1/journeys/welcome/pause", {})[0] == 404
    world.put("/v1/journeys/welcome", WELCOME)
    for verb in ("pause", "resume", "stop"):
        assert world.post(f"/v1/journeys/welcome/{verb}", {})[0] == 409
    live(world)
    paused = world.post("/v1/journeys/welcome/pause", {})[1]["state"]
    assert (paused["going"], bool(paused["paused_at"])) == ("paused", True)
    assert live(world, WELCOME | {"priority": 1})[1]["state"]["going"] == "paused"
    assert refusal(world.post("/v1/journeys/welcome/resume", {"policy": "later"})) == (400, ["policy"])
    resumed = world.post("/v1/journeys/welcome/resume", {"policy": "catch_up"})[1]["state"]
    assert (resumed["going"], resumed["resume"], resumed["paused_at"]) == ("live", "catch_up", None)
    assert world.post("/v1/journeys/welcome/stop", {})[1]["state"]["going"] == "stopped"
    assert world.post("/v1/journeys/welcome/pause", {})[0] == 409
    assert world.post("/v1/journeys/welcome/publish", {})[1]["state"]["going"] == "live"
    assert _walks(world) == ["journey.wake/welcome/4", "journey.wake/welcome/5"]


def test_a_customer_is_let_in_once_for_each_key_of_the_request(world, jo):
    path, said = "/v1/journeys/welcome/runs", {"customer": jo, "key": "o-7", "properties": {"total": 5}}
    assert world.post(path, said)[0] == 404
    world.put("/v1/journeys/welcome", WELCOME)
    assert world.post(path, said)[0] == 409
    live(world, WELCOME | {"key": "order_id"})
    first = world.post(path, said, idempotency_key="k")
    assert (first[0], first[1]["customer_id"]) == (202, jo)
    assert world.post(path, said, idempotency_key="k")[1] == first[1]
    (told,) = world.queued()
    assert (told.subject, told.name, told.source) == (f"customer:{jo}", "Journey Asked For", "journey")
    assert told.properties == {"journey": "welcome", "revision": 1, "key": "o-7", "properties": {"total": 5}}
    assert told.message_id == first[1]["message_id"]
    assert refusal(world.post(path, said | {"customer": "user:nobody"})) == (400, ["customer"])
    for properties in ({"x": "y" * 1100}, {"x": float("nan")}, {"x": {"y": [float("inf")]}}):
        assert refusal(world.post(path, said | {"properties": properties})) == (400, ["properties"])


def test_a_key_is_said_where_the_journey_has_one_and_only_there(world, jo):
    path, said = "/v1/journeys/welcome/runs", {"customer": jo}
    live(world)
    assert refusal(world.post(path, said | {"key": "o-7"})) == (400, ["key"])
    assert world.post(path, said)[0] == 202
    live(world, WELCOME | {"key": "order_id"})
    assert refusal(world.post(path, said)) == (400, ["key"])
    assert refusal(world.post(path, said | {"properties": {"order_id": True}})) == (400, ["key"])
    assert world.post(path, said | {"properties": {"order_id": 7}})[0] == 202


def test_who_is_let_in_by_other_ways_is_not_by_this_one(world, jo):
    live(world, WELCOME | {"entry": [{"on": "event", "event": "Order Completed"}]})
    assert world.post("/v1/journeys/welcome/runs", {"customer": jo})[0] == 409


def test_a_run_shows_where_it_stands_and_can_be_ended(world, jo):
    live(world)
    path = f"/v1/journeys/welcome/runs/{jo}"
    assert world.get(path)[1] == {"items": []}
    assert world.post(f"{path}/exit", {})[0] == 409
    be_inside(world, jo)
    (run,) = world.get(path)[1]["items"]
    assert (run["status"], run["node"], run["waits_for"], run["version"]) == ("active", "answer", ["seen"], 1)
    assert [(each["node"], each["outcome"]) for each in run["history"]] == [("hello", "planned")]
    assert world.post(f"{path}/exit", {"reason": "asked us to"}, group="agent")[0] == 202
    (row,) = world.adapters["runs"].of_customer(jo)
    assert (row.inbox[0].kind, row.inbox[0].name, row.inbox[0].props) == ("by_hand", "exit", {"reason": "asked us to"})
    assert world.get("/v1/journeys/other/runs/" + jo)[1] == {"items": []}
    assert world.get("/v1/journeys/welcome/runs/user:nobody")[0] == 404


def test_what_led_to_a_goal_is_shown_with_the_run_for_as_long_as_the_memory_has_it(world, jo):
    live(world, WELCOME | {"goal": {"event": "Order Completed", "within": "P30D"}})
    be_inside(world, jo)
    (row,) = world.adapters["runs"].of_customer(jo)
    graph, facts = world.adapters["journeys"].graph("welcome", 1), Known()
    facts.touched = [Touch(row.run.node_at, "clicked", "hello"), Touch(row.run.node_at, "opened", "letter", "spring")]
    paid = {"order": "o-7", "worth": Worth(2_990, "USD")}
    order = Cause(id="o", kind="signal", name="Order Completed", at=row.run.node_at + 1, **paid)
    step = advance(graph, row.run, [order], facts, order.at)
    world.adapters["runs"].write(replace(row, run=step.run), row)
    path = f"/v1/journeys/welcome/runs/{jo}"
    (shown,) = world.get(path)[1]["items"]
    assert (shown["credit"]["by"], shown["credit"]["trail"]) == ("hello", None)
    assert shown["credit"]["worth"] == {"USD": {"amount": "29.90", "minor_units": 2_990}}
    told = handing.fact(step.effects[0], row, Clock().now())
    world.adapters["interactions"].put([row_of(told, customer_id=jo)])
    (shown,) = world.get(path)[1]["items"]
    assert (shown["credit"]["order"], shown["credit"]["last_touch"]["kind"]) == ("o-7", "clicked")
    assert [(each["node"], each["activity"]) for each in shown["credit"]["trail"]] == [
        ("hello", None),
        ("letter", "spring"),
    ]
