"""Campaigns over the API under a marketer's hand: called off in time, paused, approved, and let go bit by bit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from shopkeeper import clock
from shopkeeper.campaign.flow import Budget, First, Flow, Ramp
from shopkeeper.mail.holds import Hold
from tests.api_world import CAMPAIGN, World, ask, refusal
from tests.functions.test_api_campaigns import SOON, in_text, launch


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        world.define()
        world.put("/v1/campaigns/spring", CAMPAIGN)
        yield world


def test_a_launch_can_be_called_off_for_a_minute_as_if_it_had_never_been(world):
    before = datetime.now(UTC)
    status, made, _ = ask("POST", "/v1/campaigns/spring/launch", {})

    begins_at = clock.from_text(made["begins_at"])
    assert (status, made["state"], world.machine.started) == (202, "scheduled", {})
    assert timedelta(seconds=59) < begins_at - before < timedelta(seconds=70)
    assert ask("POST", "/v1/campaigns/spring/launch", {})[1] == made
    assert ask("POST", "/v1/campaigns/spring/cancel")[1]["state"] == "cancelled"
    assert ask("POST", "/v1/campaigns/spring/launch", {"grace": 0})[1]["state"] == "starting"
    assert refusal(ask("POST", "/v1/campaigns/spring/launch", {"grace": 3_601})) == (400, ["grace"])


def test_a_campaign_is_paused_and_goes_on(world):
    assert refusal(ask("POST", "/v1/campaigns/spring/pause")) == (409, [])
    launch({"at": in_text(SOON)})

    status, paused, _ = ask("POST", "/v1/campaigns/spring/pause")

    assert (status, paused["state"], paused["begins_at"]) == (202, "scheduled", None)
    assert paused["paused_at"]
    assert ask("POST", "/v1/campaigns/spring/pause")[1] == paused
    goes_on = ask("POST", "/v1/campaigns/spring/resume")[1]
    assert (goes_on["paused_at"], goes_on["begins_at"]) == (None, paused["run_at"])
    ask("POST", "/v1/campaigns/spring/cancel")
    assert "nothing left to pause" in ask("POST", "/v1/campaigns/spring/pause")[1]["detail"]


def test_a_launch_is_pinned_to_when_its_sends_expire_and_what_becomes_of_it_when_it_is_late(world):
    assert refusal(world.put("/v1/campaigns/spring", CAMPAIGN | {"expires_after": 0})) == (400, ["expires_after"])
    assert refusal(world.put("/v1/campaigns/spring", CAMPAIGN | {"past_due": "maybe"})) == (400, ["past_due"])
    world.put("/v1/campaigns/spring", CAMPAIGN | {"expires_after": 2, "past_due": "send"})

    made = launch()[1]

    assert clock.from_text(made["expires_at"]) - clock.from_text(made["run_at"]) == timedelta(hours=2)
    assert world.adapters["launches"].get("spring-1").pins.past_due == "send"


def test_a_launch_is_pinned_to_how_fast_it_goes_out_and_the_others_may_be_let_go(world):
    for field, wrong in (
        ("rate", 0),
        ("ramp.first_day", {"first_day": 0}),
        ("ramp.factor", {"first_day": 5, "factor": 0.5}),
        ("first.count", {"count": 0}),
        ("budget.amount", {"amount": 0}),
        ("budget.currency", {"amount": 500, "currency": "EUR"}),
    ):
        assert refusal(world.put("/v1/campaigns/spring", CAMPAIGN | {field.partition(".")[0]: wrong})) == (400, [field])
    assert refusal(ask("POST", "/v1/campaigns/spring/go-on")) == (409, [])
    said = {"rate": 600, "ramp": {"first_day": 500}, "first": {"count": 200, "then": 60}}
    said |= {"budget": {"amount": 1050}}
    world.put("/v1/campaigns/spring", CAMPAIGN | said)
    made = launch()[1]

    store = world.adapters["launches"]
    budget = Budget(amount=1050, mails=100_000)
    flow = Flow(rate=600, ramp=Ramp(first_day=500), first=First(count=200, then=60), budget=budget)
    assert store.get("spring-1").pins.flow == flow
    assert made["budget"] == {"amount": 1050, "currency": "USD", "mails": 100_000}
    assert (made["first_at"], made["first_gone_at"], made["went_on_at"]) == (None, None, None)
    status, refused, _ = ask("POST", "/v1/campaigns/spring/go-on")
    assert (status, "first_gone_at" in refused["detail"]) == (409, True)
    assert world.get("/v1/campaigns/spring")[1]["launch"] == made
    stands = store.get("spring-1")
    gone = replace(stands.gate, first_gone_at=in_text(SOON))
    store.put(replace(stands, gate=gone, revision=stands.revision + 1))
    status, gone_on, _ = ask("POST", "/v1/campaigns/spring/go-on")
    assert (status, bool(gone_on["went_on_at"])) == (202, True)
    ask("POST", "/v1/campaigns/spring/cancel")
    assert refusal(ask("POST", "/v1/campaigns/spring/go-on")) == (409, [])


def test_a_launch_that_needs_approval_is_approved_by_somebody_else(world):
    def approve(**named):
        return ask("POST", "/v1/campaigns/spring/approve", **named)

    assert refusal(approve()) == (409, [])
    world.put("/v1/campaigns/spring", CAMPAIGN | {"needs_approval": True})
    made = launch()[1]

    assert (made["state"], made["launched_by"], made["approved_by"]) == ("awaiting_approval", "u-1", None)
    assert refusal(approve()) == (403, [])
    assert approve(sub="u-2", group="agent")[0] == 403
    status, approved, _ = approve(sub="u-2")
    assert (status, approved["state"], approved["approved_by"]) == (202, "scheduled", "u-2")
    assert refusal(approve(sub="u-3")) == (409, [])
    assert world.machine.started == {}


def test_a_launch_that_turns_out_to_be_large_is_shown_to_await_approval(world):
    world.put("/v1/policy", {"approval_over": 5})
    made = launch()[1]
    assert (made["state"], made["approval_over"]) == ("starting", 5)
    store = world.adapters["launches"]
    stands = store.get("spring-1")
    large = {"state": "running", "frozen_at": in_text(timedelta()), "found": 6}
    store.put(replace(stands, revision=stands.revision + 1, **large))

    assert world.get("/v1/campaigns/spring")[1]["launch"]["state"] == "awaiting_approval"
    assert world.get("/v1/campaigns/spring/report")[1]["state"] == "awaiting_approval"
    assert refusal(ask("POST", "/v1/campaigns/spring/approve")) == (403, [])
    status, approved, _ = ask("POST", "/v1/campaigns/spring/approve", sub="u-2")
    assert (status, approved["state"], approved["approved_by"]) == (202, "running", "u-2")


@pytest.mark.parametrize(("past_due", "state"), [("skip", "missed"), ("send", "starting")])
def test_approving_what_is_past_its_time_says_that_it_is_missed(world, past_due, state):
    world.put("/v1/campaigns/spring", CAMPAIGN | {"needs_approval": True, "past_due": past_due})
    launch({"at": in_text(SOON)})
    store = world.adapters["launches"]
    stands = store.get("spring-1")
    late = {"created_at": in_text(-3 * SOON), "run_at": in_text(-2 * SOON)}
    store.put(replace(stands, revision=stands.revision + 1, **late))

    status, approved, _ = ask("POST", "/v1/campaigns/spring/approve", sub="u-2")

    assert (status, approved["state"]) == (202, state)


def test_a_schedule_that_has_passed_is_warned_of_until_a_launch_stands(world):
    def warned(hours):
        said = CAMPAIGN | {"schedule": {"at": in_text(timedelta(hours=hours))}}
        return [each["field"] for each in world.put("/v1/campaigns/spring", said)[1]["warnings"]]

    assert (warned(1), warned(-0.5), warned(-2)) == ([], [], ["schedule.at"])
    launch({"at": in_text(SOON)})
    assert world.get("/v1/campaigns/spring")[1]["warnings"] == []
    ask("POST", "/v1/campaigns/spring/cancel")
    assert len(world.get("/v1/campaigns/spring")[1]["warnings"]) == 1


def test_a_campaign_shows_that_ses_refuses_it_and_may_be_let_try_again(world):
    assert world.get("/v1/campaigns/spring")[1]["held"] is None
    assert ask("POST", "/v1/campaigns/spring/resume")[0] == 409
    launch()
    now = datetime.now(UTC)
    hold = Hold(why="configuration", says="NotFoundException", since=clock.to_text(now), until=in_text(SOON))
    world.adapters["holds"].hold("campaign:spring", "spring-1", hold)

    shown = world.get("/v1/campaigns/spring", group="viewer")[1]["held"]
    status, _, _ = ask("POST", "/v1/campaigns/spring/resume")

    assert shown == {"why": "configuration", "says": "NotFoundException", "since": hold.since, "until": hold.until}
    assert status == 202
    assert world.get("/v1/campaigns/spring")[1]["held"]["until"] <= clock.to_text(datetime.now(UTC))
    assert ask("POST", "/v1/campaigns/spring/resume", group="viewer")[0] == 403
    ask("POST", "/v1/campaigns/spring/cancel")
    assert world.get("/v1/campaigns/spring")[1]["held"] is None
