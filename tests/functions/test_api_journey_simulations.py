"""Simulations of journeys over the API."""

import pytest
from moto import mock_aws

from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Document
from tests import tables
from tests.api_world import World, refusal
from tests.journey_definitions import with_nodes

HELLO = {"message": {"template": "news"}, "next": "answer"}
ANSWER = {"wait_for": {"seen": {"event": "Page Viewed"}}, "timeout": "P3D", "on": {"seen": "exit"}, "else": "exit"}
START = "2026-11-23T10:00:00Z"
WHERE = "/v1/journeys/welcome/simulate"


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        tables.create("RunsTable")
        world.define()
        assert world.put("/v1/journeys/welcome", with_nodes("hello", hello=HELLO, answer=ANSWER))[0] == 201
        yield world


def test_a_draft_is_shown_leg_by_leg_and_nothing_is_done(world):
    script = [{"after": "PT1H", "event": "Page Viewed"}]
    status, trace, _ = world.post(WHERE, {"starts_at": START, "script": script, "expect": {"did": ["mail hello"]}})
    assert (status, trace["entered"], trace["failures"]) == (200, True, [])
    assert [each["outcome"] for leg in trace["legs"] for each in leg["visited"]] == ["planned", "seen", "end"]
    assert trace["legs"][0]["run"]["waits_for"] == ["seen"]
    (letter,) = [each["letter"] for leg in trace["legs"] for each in leg["did"] if each["letter"]]
    assert (letter["template"], letter["subject"], letter["problem"]) == ("news#1", "News", None)
    assert not world.adapters["runs"].of_customer("made-up")


def test_a_real_customer_has_to_have_agreed(world):
    held = Document(traits={"email": "jo@shop.example"}, told={"email": (0, "a")})
    world.adapters["customers"].save(document.store(Customer("jo", 1, held)))
    trace = world.post(WHERE, {"starts_at": START, "customer": "jo"})[1]
    assert trace["legs"][0]["visited"] == [{"node": "hello", "outcome": "not_sent:do_not_contact:no_consent"}]
    assert [each["reason"] for each in trace["legs"][0]["vetoes"]] == ["do_not_contact:no_consent"]
    agreed = [{"event": "Consent Changed", "properties": {"topic": "news", "is": "in"}}]
    trace = world.post(WHERE, {"starts_at": START, "customer": "jo", "script": agreed})[1]
    assert trace["legs"][0]["visited"] == [{"node": "hello", "outcome": "planned"}]


def test_what_is_not_there_and_what_cannot_happen_are_refused(world):
    assert world.post("/v1/journeys/other/simulate", {"starts_at": START})[0] == 404
    assert world.post(WHERE, {"starts_at": START, "version": 7})[0] == 404
    assert world.post(WHERE, {"starts_at": START, "customer": "nobody"})[0] == 404
    assert refusal(world.post(WHERE, {"script": []})) == (400, ["starts_at"])
    early = {"starts_at": START, "script": [{"at": "2026-11-01T00:00Z", "event": "X"}]}
    assert refusal(world.post(WHERE, early)) == (400, ["script.0.at"])
    assert world.post(WHERE, {"starts_at": START}, group="agent")[0] == 403
