"""Phases of the decision to buy over the marketer API."""

import pytest
from moto import mock_aws

from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Document
from tests.api_world import World, refusal
from tests.rules import all_of, count, in_list

PATH = "/v1/phases"
OWN = [{"id": "buyer", "name": "Buys", "when": count(1)}, {"id": "visitor"}]


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        world.adapters["customers"].save(document.store(Customer("c1", 1, Document())))
        yield world


def phase(world):
    return world.get("/v1/customers/c1")[1]["computed"].get("phase")


def test_there_are_phases_from_the_start(world):
    status, answer, headers = world.get(PATH, group="viewer")
    assert (status, answer["version"], "etag" in headers) == (200, 0, False)
    ids = [each["id"] for each in answer["definition"]["phases"]]
    assert ids == ["deciding", "repeat", "customer", "lapsing", "lapsed", "considering", "aware", "unaware"]
    assert phase(world) == "unaware"


def test_the_phases_from_the_start_can_be_put_and_changed(world):
    shipped = world.get(PATH)[1]["definition"]
    status, answer, headers = world.put(PATH, shipped)
    assert (status, answer["definition"], headers["etag"]) == (201, shipped, '"1"')
    assert world.put(PATH, {"phases": shipped["phases"][:-1]})[1]["version"] == 2
    assert phase(world) is None


def test_phases_of_ones_own_are_shown_in_versions_and_count_at_once(world):
    assert phase(world) == "unaware"
    assert world.put(PATH, {"phases": OWN})[0] == 201
    assert phase(world) == "visitor"
    assert world.get(PATH)[1]["definition"] == {"phases": OWN}
    assert world.put(PATH, {"phases": OWN[1:]}, if_match='"1"')[1]["version"] == 2
    assert refusal(world.put(PATH, {"phases": OWN}, if_match='"1"')) == (412, ["If-Match"])
    assert world.get(PATH, query="version=1")[1]["definition"] == {"phases": OWN}
    assert world.get(PATH, query="version=7")[0] == 404
    first = world.get(PATH, query="version=0")[1]
    assert (first["version"], first["definition"]["phases"][0]["id"]) == (0, "deciding")
    status, problem, _ = world.get(PATH, query="version=-1")
    assert (status, problem["errors"][0]["field"]) == (400, "version")


@pytest.mark.parametrize(
    ("phases", "fields"),
    [
        (None, ["phases"]),
        ([], ["phases"]),
        ([{"id": "visitor"}] * 21, ["phases"]),
        ([{"id": "Visitor"}], ["phases.0.id"]),
        ([{"id": "a", "mood": "good"}], ["phases.0.mood"]),
        ([{"id": "a"}, {"id": "b"}], ["phases.0.when"]),
        ([{"id": "a", "when": count(1)}, {"id": "a"}], ["phases.1.id"]),
        ([{"id": "a", "when": {"op": "weather"}}], ["phases.0.when.op"]),
        ([{"id": "a", "when": all_of(count(1), in_list("gone"))}], ["phases.0.when.all.of[1].id"]),
    ],
)
def test_what_is_no_list_of_phases_is_refused_by_field(world, phases, fields):
    assert refusal(world.put(PATH, {"phases": phases})) == (400, fields)
    assert world.get(PATH)[1]["version"] == 0


def test_an_agent_does_not_change_phases(world):
    assert world.put(PATH, {"phases": OWN}, group="agent")[0] == 403
