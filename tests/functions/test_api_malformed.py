"""Malformed letters over the API: listed, their addresses corrected, and sent once more."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from shopkeeper import clock
from shopkeeper.campaign.flow import Flow
from shopkeeper.consent.contact import OUT, Block, address_key
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Document
from shopkeeper.mail import ledger
from tests.api_world import CAMPAIGN, World, ask, cursor, refusal

PATH = "/v1/malformed"
SENDS = ("a", "b", "c")


def planned(customer, **changes):
    row = ledger.planned(
        customer_id=customer,
        activity="campaign:spring",
        step="letter",
        occurrence="spring-1",
        planned_at=datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
    )
    return replace(row, **changes)


def malformed(customer, reason="malformed:address"):
    gone = {"state": ledger.NOT_SENT, "rank": 3, "reason": reason, "not_sent_at": "2026-11-21T09:31:00.000Z"}
    evidence = '{"problem": "the domain is not valid"}'
    return planned(customer, **gone, failure_source="local", evidence=evidence, fence=1)


IDS = {customer: planned(customer).send_id for customer in (*SENDS, "fine")}


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setenv("DUE_SHARDS", "1")
    with mock_aws():
        world = World(monkeypatch)
        world.define()
        world.put("/v1/campaigns/spring", CAMPAIGN)
        ask("POST", "/v1/campaigns/spring/launch", {"grace": 0})
        for each in (*map(malformed, SENDS), planned("fine")):
            world.adapters["sends"].plan(each)
            living(world, each.customer_id, "jo@", 1)
        yield world


def living(world, customer, email, version=2):
    told = Document(traits={"email": email}, told={"email": (version, "m")})
    world.adapters["customers"].save(document.store(Customer(customer, version, told)))


def resubmit(customer, **named):
    return ask("POST", f"{PATH}/{IDS[customer]}/resubmit", **named)


def test_the_malformed_letters_of_a_campaign_are_listed_in_pages(world):
    found, query = [], "campaign=spring&limit=2"
    while query:
        status, page, _ = world.get(PATH, query=query, group="agent")
        assert (status, len(page["items"]) <= 2) == (200, True)
        found += page["items"]
        query = f"campaign=spring&limit=2&{cursor(page)}" if page["next"] else ""

    assert sorted(each["customer_id"] for each in found) == list(SENDS)
    assert found[0]["last"] == {
        "reason": "malformed:address",
        "problem": "the domain is not valid",
        "not_sent_at": "2026-11-21T09:31:00.000Z",
    }
    assert (found[0]["attempt"], found[0]["before"]) == (1, [])
    assert refusal(world.get(PATH)) == (400, ["campaign"])
    assert refusal(world.get(PATH, query="campaign=none"))[0] == 404
    world.put("/v1/campaigns/later", CAMPAIGN)
    assert refusal(world.get(PATH, query="campaign=later"))[0] == 409


def test_a_corrected_address_is_told_to_the_memory_of_the_customer(world):
    wanted = {"email": " jo@new.example "}
    status, told, _ = ask("POST", f"{PATH}/{IDS['a']}/correct", wanted, group="agent")

    (identify,) = world.queued()
    assert (status, told) == (202, {"customer_id": "a", "message_id": identify.message_id})
    assert (identify.subject, identify.type, identify.traits) == ("customer:a", "identify", {"email": "jo@new.example"})
    assert (identify.source, identify.origin, identify.trusted) == ("api", "api:u-1", True)
    for wrong in ({"email": "jo@"}, {"email": "jo"}, {}):
        assert refusal(ask("POST", f"{PATH}/{IDS['a']}/correct", wrong)) == (400, ["email"])
    assert refusal(ask("POST", f"{PATH}/{IDS['fine']}/correct", wanted))[0] == 409
    assert refusal(ask("POST", f"{PATH}/nothing/correct", wanted))[0] == 404
    assert world.queued() == []


def test_a_letter_goes_once_more_to_who_has_an_address_by_now(world):
    assert "takes mail" in resubmit("a")[1]["detail"]
    living(world, "a", "jo@new.example")

    status, made, _ = resubmit("a", group="agent")

    assert (status, made["state"], made["attempt"], made["last"]) == (202, "ready", 2, None)
    assert [each["reason"] for each in made["before"]] == ["malformed:address"]
    row = world.adapters["sends"].load(IDS["a"])
    assert (row.state, row.attempt, row.fence) == ("ready", 2, 2)
    (told,) = world.queued()
    assert (told.name, told.message_id) == ("Not Sent", f"{IDS['a']}/not_sent/1")
    assert timedelta(0) < clock.from_text(row.due_at) - datetime.now(UTC) < timedelta(minutes=3)
    assert resubmit("a")[1] == made
    assert world.adapters["recounts"].get("spring-1").asked
    report = world.get("/v1/campaigns/spring/report")[1]
    names = ("malformed", "resubmitted_malformed", "malformed_ever", "pending", "targeted")
    assert [report[name] for name in names] == [2, 1, 3, 2, 4]
    assert report["broken"] == []


def test_what_would_come_to_nothing_is_not_tried(world):
    assert refusal(resubmit("fine"))[0] == 409
    living(world, "b", "jo@new.example")
    block = Block(OUT, "2026-03-01T11:00:00.000Z", "hard_bounce")
    world.adapters["contacts"].block(address_key("jo@new.example"), block)
    assert "Nothing may be sent" in resubmit("b")[1]["detail"]
    living(world, "c", "kim@new.example")
    store = world.adapters["launches"]
    launch = store.get("spring-1")
    limited = replace(launch, pins=replace(launch.pins, flow=Flow(most=2)), revision=launch.revision + 1)
    store.put(limited)
    assert "somebody else's by now" in resubmit("c")[1]["detail"]
    ask("POST", "/v1/campaigns/spring/cancel")
    assert "called off" in resubmit("c")[1]["detail"]
    assert refusal(ask("POST", f"{PATH}/nothing/resubmit"))[0] == 404
    assert {world.adapters["sends"].load(IDS[each]).attempt for each in SENDS} == {1}


def test_a_viewer_sees_no_such_list(world):
    assert world.get(PATH, query="campaign=spring", group="viewer")[0] == 403
    assert resubmit("a", group="viewer")[0] == 403
