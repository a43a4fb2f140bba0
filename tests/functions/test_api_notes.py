"""Calls, notes and outcomes over the marketer API."""

import pytest
from moto import mock_aws

from shopkeeper.customer import document, retractions, rows
from shopkeeper.customer.document import Customer, Document
from tests.api_world import World, refusal
from tests.interactions import said

PATH = "/v1/customers/c1/interactions"


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        world.adapters["customers"].save(document.store(Customer("c1", 1, Document())))
        world.put("/v1/outcomes/reached", {"name": "Reached", "rank": 5})
        yield world


def test_a_call_is_logged_with_its_outcome(world):
    wanted = {
        "event": "Call Logged",
        "properties": {"about": "size"},
        "outcome": "reached",
        "at": "2026-03-01T13:00:00+01:00",
    }
    status, answer, _ = world.post(PATH, wanted, group="agent")
    (told,) = world.queued()
    assert (status, answer) == (202, {"customer_id": "c1", "message_id": told.message_id})
    assert (told.subject, told.name, told.at) == ("customer:c1", "Call Logged", "2026-03-01T12:00:00.000Z")
    assert told.properties == {"about": "size", "outcome": "reached"}
    assert (told.source, told.origin, told.trusted) == ("api", "api:u-1", True)


def test_what_came_of_it_is_said_later(world):
    world.adapters["interactions"].put([row("customer:c1", "m1")])
    wanted = {"message_id": "m1", "outcome": "reached"}
    assert world.post("/v1/customers/c1/outcomes", wanted, group="agent")[0] == 202
    (told,) = world.queued()
    assert (told.name, told.properties) == ("Outcome Recorded", {"of": "m1", "outcome": "reached"})


def row(subject, message_id):
    return rows.row_of(said(subject, message_id), customer_id="c", version=1)


@pytest.mark.parametrize("subject", ["customer:c2", "user:al"])
def test_what_the_customer_never_did_has_no_outcome(world, subject):
    world.adapters["interactions"].put([row(subject, "m1")])
    for message_id in ("m1", "nope"):
        wanted = {"message_id": message_id, "outcome": "reached"}
        assert refusal(world.post("/v1/customers/c1/outcomes", wanted)) == (400, ["message_id"])
    assert world.queued() == []


def test_what_the_timeline_shows_is_taken_back_under_whoever_said_it(world):
    seen = Document(merged={"gone": "m"}, identities={"user:al": 0})
    world.adapters["customers"].save(document.store(Customer("c3", 1, seen)))
    world.adapters["interactions"].put([row("customer:gone", "m1")])
    wanted = {"event": "Interaction Retracted", "properties": {"message_id": "m1"}}

    assert world.post("/v1/customers/c3/interactions", wanted)[0] == 202
    assert retractions.target_of(*world.queued()) == ("customer:gone", "m1")
    assert refusal(world.post(PATH, wanted)) == (400, ["properties.message_id"])


def test_the_same_request_again_tells_the_same_interaction(world):
    answers = [world.post(PATH, {"event": "Note Added"}, idempotency_key="k")[1] for _ in range(2)]
    assert answers[0] == answers[1]
    assert len({told.message_id for told in world.queued()}) == 1


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({}, "event"),
        ({"event": " "}, "event"),
        ({"event": "Call Logged", "outcome": "vanished"}, "outcome"),
        ({"event": "Call Logged", "at": "2999-01-01T00:00:00Z"}, "at"),
        ({"event": "Call Logged", "at": "yesterday"}, "at"),
        ({"event": "Call Logged", "at": "0001-01-01T00:00:00Z"}, "at"),
        ({"event": "$called"}, "event"),
        ({"event": "Call Logged", "at": "2026-03-01T12:00:00"}, "at"),
        ({"event": "Call Logged", "properties": {f"text{n}": "x" * 8_000 for n in range(4)}}, "properties"),
        ({"event": "Call Logged", "properties": {"text": "x" * 9_000}}, "properties.text"),
        ({"event": "Call Logged", "properties": {"$text": "x"}}, "properties.$text"),
        ({"event": "Call Logged", "properties": {"a": float("nan")}}, "properties.a"),
        ({"event": "Consent Changed", "properties": {"topic": "news"}}, "properties.is"),
        ({"event": "Order Refunded", "properties": {"order_id": "A", "total": "4,00"}}, "properties.total"),
        ({"event": "Email Opened"}, "event"),
        ({"event": "Call Logged", "mood": "good"}, "mood"),
    ],
)
def test_what_cannot_be_logged_is_named(world, wanted, field):
    assert refusal(world.post(PATH, wanted)) == (400, [field])
    assert world.queued() == []


def test_an_outcome_must_be_defined_and_a_customer_known(world):
    world.adapters["interactions"].put([row("customer:c1", "m1")])
    vanished = {"message_id": "m1", "outcome": "vanished"}
    assert refusal(world.post("/v1/customers/c1/outcomes", vanished)) == (400, ["outcome"])
    assert world.post("/v1/customers/nobody/interactions", {"event": "Note Added"})[0] == 404
    assert world.queued() == []


def test_a_viewer_does_not_write(world):
    assert world.post(PATH, {"event": "Note Added"}, group="viewer")[0] == 403


@pytest.mark.parametrize("name", ["kim", "user:kim"])
def test_who_is_not_there_is_answered_with_how_names_are_written(world, name):
    status, problem, _ = world.get(f"/v1/customers/{name}")
    assert (status, "user:42" in problem["detail"], "anon:f00" in problem["detail"]) == (404, True, True)
