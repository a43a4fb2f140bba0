import base64

import pytest
import time_machine
from moto import mock_aws

from shopkeeper.aws.switches import Switches
from shopkeeper.clock import Clock
from shopkeeper.connect.delivering import Overtaken
from shopkeeper.connect.switched import Holder
from tests import tables
from tests.api_world import World, refusal
from tests.connect_fakes import NOW

CRM = {"name": "Our CRM", "standard_webhooks": {"url": "https://crm.example/in"}}
PATH = "/v1/connectors/crm"


@pytest.fixture
def world(monkeypatch):
    with mock_aws(), time_machine.travel(NOW, tick=False):
        yield World(monkeypatch)


def test_a_connector_is_defined_and_shown_without_a_secret(world):
    status, made, _ = world.put(PATH, CRM)

    assert (status, made["definition"]) == (201, CRM)
    assert made["state"] == {"off": None, "off_at": None, "secrets": []}
    assert world.get(PATH)[1] == made
    assert [each["id"] for each in world.get("/v1/connectors")[1]["items"]] == ["crm"]


@pytest.mark.parametrize(
    "url",
    [
        "http://crm.example/in",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://localhost/",
        "https://jo:pass@crm.example/",
        "https://crm.example:8443/",
        "https://crm.example/in#there",
        "file:///etc/passwd",
    ],
)
def test_what_nobody_may_be_called_at_is_refused_by_its_name(world, url):
    wanted = {"standard_webhooks": {"url": url}}
    assert refusal(world.put(PATH, wanted)) == (400, ["standard_webhooks.url"])


def test_a_secret_is_shown_once_and_the_one_before_is_good_for_a_day(world):
    world.put(PATH, CRM)
    status, first, _ = world.post(f"{PATH}/secret", None, group="admin")
    again = world.post(f"{PATH}/secret", None, group="admin", idempotency_key="k")[1]

    assert status == 201
    assert len(base64.b64decode(first["secret"].removeprefix("whsec_"))) == 32
    assert again["secret"] != first["secret"]
    assert "secret" not in world.post(f"{PATH}/secret", None, group="admin", idempotency_key="k")[1]
    kept = world.get(PATH)[1]["state"]["secrets"]
    assert [(each["number"], each["until"]) for each in kept] == [(2, None), (1, "2026-11-23T15:00:00.000Z")]


def test_a_secret_is_that_of_its_connector_alone(world):
    world.put(PATH, CRM)
    world.put("/v1/connectors/other", CRM)
    secrets = {
        world.post(f"/v1/connectors/{each}/secret", None, group="admin")[1]["secret"] for each in ("crm", "other")
    }

    assert len(secrets) == 2
    assert world.post("/v1/connectors/nobody/secret", None, group="admin")[0] == 404
    world.ring.held = None
    assert world.post(f"{PATH}/secret", None, group="admin")[0] == 503


def test_a_connector_that_is_off_is_called_again_when_somebody_says_so(world):
    world.put(PATH, CRM)
    kept = world.adapters["connectors"]
    assert world.post(f"{PATH}/switch-on", None)[0] == 200
    kept.put(kept.state("crm").switched_off("gone", NOW))

    assert world.get(PATH)[1]["state"]["off"] == "gone"
    assert world.post(f"{PATH}/switch-on", None)[1]["off"] is None
    assert kept.state("crm").off == ""


def test_an_endpoint_is_read_as_it_was_defined(world):
    wants = {"url": "https://crm.example/in", "events": ["audience.on"]}
    world.put(PATH, {"standard_webhooks": wants})
    endpoint = world.adapters["connectors"].endpoint("crm")

    assert (endpoint.url, endpoint.wants("audience.on"), endpoint.wants("cart")) == (wants["url"], True, False)
    assert world.adapters["connectors"].endpoint("nobody") is None


def test_what_is_on_is_written_in_the_place_of_what_was_read(world):
    switches = Switches(tables.client("dynamodb"), "RecordsTable", Clock())
    first = switches.load("slot", "jo").on("mat", Holder("r", 1, "cart"))
    switches.put(first)

    assert switches.load("slot", "jo") == first
    assert not switches.load("audience", "jo").switches
    with pytest.raises(Overtaken):
        switches.put(first)
    switches.put(first.off("mat", "r", 1))
    assert switches.load("slot", "jo").switch("mat").holders == ()
