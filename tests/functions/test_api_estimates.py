"""What launching a campaign would come to, over the API."""

from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from shopkeeper.campaign.hold_outs import HoldOut, by_which
from shopkeeper.consent.contact import Contact, Request
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Document
from tests.api_world import CAMPAIGN, World, ask, refusal
from tests.measured import measured

PATH = "/v1/campaigns/spring/estimate"


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        world.define()
        world.put("/v1/topics/news", {"name": "News", "opt_in": "assumed"})
        world.put("/v1/campaigns/spring", CAMPAIGN | {"rate": 2})
        yield world


def bring(world, name, orders, *identities):
    bought = {"Order Completed": measured(orders, 5, 6)}
    known = Document(identities=dict.fromkeys(identities, 1))
    world.adapters["customers"].save(document.store(Customer(name, 1, known, bought)))


def test_an_estimate_counts_whom_no_veto_keeps_away_and_says_how_long_it_takes(world):
    for number in range(6):
        bring(world, f"c{number}", 3, f"email:c{number}@shop.example")
    bring(world, "nowhere", 4)
    bring(world, "seldom", 1, "email:seldom@shop.example")

    status, seen, _ = ask("POST", PATH)

    assert status == 200
    assert (seen["audience"]["about"], seen["audience"]["exact"], seen["judged"]) == (7, True, 7)
    assert seen["recipients"] == {"about": 6, "low": 6, "high": 6}
    assert seen["not_sent"] == {"malformed:no_address": 1}
    assert (seen["minutes"], seen["dollars"], seen["version"], seen["needs_approval"]) == (3, "0.00", 1, False)
    world.put("/v1/policy", {"approval_over": 6})
    assert ask("POST", PATH)[1]["needs_approval"]
    assert world.get("/v1/campaigns/spring")[1]["launch"] is None


def test_who_would_be_held_out_is_no_recipient_and_counts_by_which_hold_out(world):
    world.put("/v1/campaigns/spring", CAMPAIGN | {"hold_out": 50, "most": 2})
    names = [f"c{number}" for number in range(8)]
    for name in names:
        bring(world, name, 3, f"email:{name}@shop.example")
    out = [name for name in names if by_which(HoldOut(campaign=50), "campaign:spring", name)]

    seen = ask("POST", PATH)[1]

    assert 0 < len(out) < 6
    assert seen["recipients"]["about"] == 2
    assert seen["not_sent"] == {"held_out:campaign": len(out), "other:limit": 6 - len(out)}


@pytest.mark.parametrize(
    ("when_capped", "days", "recipients", "not_sent", "waiting"),
    [
        ("skip", 7, 1, {"other:capped": 2}, {}),
        ("wait", 7, 3, {}, {"capped": 2}),
        ("wait", 8, 1, {"other:capped": 2}, {}),
    ],
)
def test_who_would_wait_for_room_under_a_cap_is_told_beside(world, when_capped, days, recipients, not_sent, waiting):
    world.put("/v1/campaigns/spring", CAMPAIGN | {"when_capped": when_capped, "rate": 2})
    world.put("/v1/policy", {"caps": [{"most": 1, "days": days}]})
    for name in ("had", "has", "free"):
        bring(world, name, 3, f"email:{name}@shop.example")
    for name in ("had", "has"):
        just_now = datetime.now(UTC) - timedelta(minutes=1)
        world.adapters["contacts"].reserve(Contact(name), f"of-{name}", Request("news", "assumed"), just_now)

    seen = ask("POST", PATH)[1]

    assert (seen["recipients"]["about"], seen["not_sent"], seen["waiting"]) == (recipients, not_sent, waiting)
    assert seen["minutes"] == -(-recipients // 2), "waiting is no part of it"


def test_one_at_its_recipients_own_time_that_expires_is_estimated_as_any_other(world):
    bring(world, "jo", 3, "email:jo@shop.example")
    schedule = {"at": (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT09:00"), "local": True}
    world.put("/v1/campaigns/spring", CAMPAIGN | {"schedule": schedule, "expires_after": 6})

    status, seen, _ = ask("POST", PATH)

    assert (status, seen["recipients"]["about"], seen["not_sent"]) == (200, 1, {})


def test_what_is_not_there_is_not_estimated_and_who_may_not_does_not(world):
    assert refusal(ask("POST", "/v1/campaigns/else/estimate")) == (404, [])
    assert ask("POST", PATH, group="agent")[0] == 403
