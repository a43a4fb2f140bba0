"""Business events over the API: kept once, told to the journeys that listen, and shown with how far they have come."""

from dataclasses import replace
from datetime import timedelta

import pytest
from moto import mock_aws

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.customer.walks import SLICES
from tests.api_world import World, handle, refusal
from tests.http_events import request
from tests.journey_definitions import with_nodes

PATH = "/v1/business-events"
WAIT = {"wait": {"for": "P1D"}, "next": "exit"}
RESTOCKED = with_nodes("wait", wait=WAIT) | {"entry": [{"on": "business_event", "business_event": "Restocked"}]}
MUG = {"name": "Restocked", "id": "sku-7:2026-11-21", "properties": {"sku": "mug"}}


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        world.define()
        yield world


def live(world, journey="restock", said=RESTOCKED):
    assert world.put(f"/v1/journeys/{journey}", said)[0] < 300
    assert world.post(f"/v1/journeys/{journey}/publish", {})[0] == 200


def slices(world, event_id):
    return world.adapters["slices"].load(f"business/{event_id}", range(SLICES))


def test_it_is_kept_with_the_journeys_that_listen_and_all_customers_are_to_be_looked_at(world):
    live(world)
    live(world, "other", RESTOCKED | {"entry": [{"on": "api"}]})

    status, view, _ = world.post(PATH, MUG)

    assert (status, view["journeys"], view["state"], view["seen"]) == (202, ["restock"], "going", 0)
    assert len(slices(world, MUG["id"])) == SLICES
    assert world.get(f"{PATH}/{MUG['id']}")[1] == view
    assert world.get(f"{PATH}/nothing")[0] == 404


def test_it_shows_how_far_it_has_come(world):
    live(world)
    world.post(PATH, MUG)
    for part in slices(world, MUG["id"]):
        its = {"seen": 5, "entered": {"restock": 2}}
        done = replace(part, gathered=its, ended=True, finished=part.number == 7, due_at="", revision=2)
        world.adapters["slices"].save(done)

    view = world.get(f"{PATH}/{MUG['id']}")[1]
    assert (view["state"], view["seen"], view["entered"]) == ("done", 40, {"restock": 16})


def test_what_no_journey_listens_to_is_kept_and_lets_nobody_in(world):
    status, view, _ = world.post(PATH, {"name": "Sold Out"})

    assert (status, view["journeys"], view["state"]) == (202, [], "done")
    assert slices(world, view["id"]) == []


def test_the_same_told_again_is_the_same_and_another_of_its_id_is_refused(world):
    live(world)
    first = world.post(PATH, MUG)
    world.post("/v1/journeys/restock/stop", {})

    assert world.post(PATH, MUG) == first
    assert refusal(world.post(PATH, MUG | {"properties": {"sku": "cup"}})) == (409, ["id"])
    assert refusal(world.post(PATH, MUG | {"at": clock.to_text(Clock().now() - timedelta(hours=1))})) == (409, ["id"])


def test_it_happened_within_three_days_and_says_what_keys_runs(world):
    live(world, said=RESTOCKED | {"key": "sku"})
    day = timedelta(days=1)

    assert refusal(world.post(PATH, {"name": "Restocked"})) == (400, ["properties.sku"])
    for at in (Clock().now() - 4 * day, Clock().now() + day):
        assert refusal(world.post(PATH, MUG | {"at": clock.to_text(at)})) == (400, ["at"])
    assert refusal(world.post(PATH, MUG | {"id": "a b"})) == (400, ["id"])
    assert refusal(world.post(PATH, MUG | {"properties": {"sku": "x" * 2000}})) == (400, ["properties"])
    assert world.post(PATH, MUG, group="viewer")[0] == 403


def test_a_server_tells_with_a_secret_key_that_may_send_messages(world):
    for may, status in ((True, 202), (False, 403)):
        wanted = {"kind": "secret", "name": "shop", "messages": may}
        key = world.post("/v1/keys", wanted, group="admin")[1]["key"]
        event = request("POST", "/v1/server/business-events", MUG, authorization=f"Bearer {key}")
        del event["requestContext"]["authorizer"]
        assert handle(event)[0] == status
