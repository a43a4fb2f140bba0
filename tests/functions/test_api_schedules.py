"""Campaigns that recur, over the API: what their schedule says, their next times, and each of their occurrences."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from shopkeeper import clock
from shopkeeper.api import schedules
from shopkeeper.api.schedules import Schedule
from shopkeeper.campaign.launching import Launcher
from shopkeeper.clock import Clock
from shopkeeper.customer import requests
from shopkeeper.customer.requests import BadRequest
from shopkeeper.mail.holds import Hold
from tests.api_world import CAMPAIGN, World, ask, refusal

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
WEEKLY = {"frequency": "weekly", "weekdays": ["mon", "thu"], "at": "09:00"}
MONTHLY = {"frequency": "monthly", "days": [15, "last"], "at": "09:00"}


def faults(schedule):
    try:
        wanted = requests.read(Schedule, json.dumps(schedule))
    except BadRequest as refused:
        return [field for field, _ in refused.findings]
    return [field.removeprefix("schedule.") for field, _ in schedules.faults(wanted, NOW)]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"at": "9:00"}, "at"),
        ({"every": 0}, "every"),
        ({"every": 2}, "from"),
        ({"count": 3}, "from"),
        ({"weekdays": ["monday"]}, "weekdays.0"),
        ({"weekdays": []}, "weekdays"),
        ({"days": [1]}, "days"),
        ({"from": "2026-13-01"}, "from"),
        ({"from": "2027-04-01"}, "from"),
        ({"from": "2026-05-01", "until": "2026-04-30"}, "until"),
        ({"from": "2026-05-01", "until": "2026-06-30", "count": 2}, "count"),
        ({"zone": "Europe/Berlin"}, "zone"),
    ],
)
def test_what_is_wrong_about_a_schedule_is_named(more, field):
    assert faults({"recurring": WEEKLY | more}) == [f"recurring.{field}"]


def test_what_is_right_about_a_schedule_is_taken():
    for said in (WEEKLY, MONTHLY, {"frequency": "daily", "at": "09:00", "every": 3, "from": "2026-03-05", "count": 9}):
        assert faults({"recurring": said}) == []
    assert faults({"recurring": MONTHLY | {"days": [32]}}) == ["recurring.days.0"]
    assert faults({"recurring": MONTHLY | {"days": ["first"]}}) == ["recurring.days.0"]
    assert faults({}) == faults({"recurring": WEEKLY, "at": "2026-03-05T09:00:00Z"}) == ["schedule"]


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        world.define()
        world.put("/v1/campaigns/spring", CAMPAIGN | {"schedule": {"recurring": {"frequency": "daily", "at": "09:00"}}})
        yield world


def shown(world):
    return world.get("/v1/campaigns/spring")[1]


def test_the_next_five_times_are_shown_before_and_after_the_launch_and_one_is_called_off(world):
    before = shown(world)["next"]
    made = ask("POST", "/v1/campaigns/spring/launch")[1]
    assert (len(before), shown(world)["next"], made["state"]) == (5, before, "scheduled")
    assert (made["run_at"], made["occurrences"]) == (before[0]["at"], [])

    off = before[1]["occurrence"]
    status, after, _ = ask("POST", "/v1/campaigns/spring/cancel", {"occurrence": off})

    assert (status, after["called_off"], after["run_at"]) == (202, [off], before[0]["at"])
    assert [each["occurrence"] for each in shown(world)["next"]][:3] == [before[n]["occurrence"] for n in (0, 2, 3)]
    for verb in ("cancel", "pause", "resume", "go-on", "recount"):
        asked = ask("POST", f"/v1/campaigns/spring/{verb}", {"occurrence": "x-1"})
        assert refusal(asked) == (400, ["occurrence"])


def test_report_and_verbs_are_of_the_newest_occurrence_or_the_one_that_is_named(world):
    due = clock.from_text(ask("POST", "/v1/campaigns/spring/launch")[1]["run_at"])
    launcher = Launcher(world.adapters["launches"], world.machine, Clock(due.timestamp))
    launcher.visit("spring-1")
    made = shown(world)["launch"]
    (begun,) = made["occurrences"]

    assert world.get("/v1/campaigns/spring/report")[1]["launch"] == begun
    assert world.get("/v1/campaigns/spring/report", query="occurrence=spring-1")[1]["launch"] == "spring-1"
    assert refusal(world.get("/v1/campaigns/spring/report", query="occurrence=x")) == (400, ["occurrence"])
    assert ask("POST", "/v1/campaigns/spring/pause", {"occurrence": begun})[1]["id"] == begun
    assert shown(world)["launch"]["paused_at"] is None
    ask("POST", "/v1/campaigns/spring/pause")
    ask("POST", "/v1/campaigns/spring/resume")
    assert world.adapters["launches"].get(begun).paused_at == ""
    assert ask("POST", "/v1/campaigns/spring/cancel")[1]["state"] == "cancelled"
    assert world.adapters["launches"].get(begun).state == "cancelled"


def test_what_holds_the_newest_occurrence_is_shown_of_the_campaign(world):
    due = clock.from_text(ask("POST", "/v1/campaigns/spring/launch")[1]["run_at"])
    Launcher(world.adapters["launches"], world.machine, Clock(due.timestamp)).visit("spring-1")
    (begun,) = shown(world)["launch"]["occurrences"]
    assert shown(world)["held"] is None

    refused = Hold(why="refused", says="no", since=clock.to_text(due), until=clock.to_text(due + timedelta(hours=1)))
    world.adapters["holds"].hold("campaign:spring", begun, refused)

    assert shown(world)["held"]["why"] == "refused"


def test_a_campaign_at_its_recipients_own_time_says_so_and_has_no_other_order(world):
    wall = (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT09:00")
    for wrong, field in (({"at": f"{wall}Z", "local": True}, "at"), ({"at": wall}, "at"), ({"local": True}, "")):
        refused = world.put("/v1/campaigns/spring", CAMPAIGN | {"schedule": wrong})
        assert refusal(refused) == (400, [f"schedule.{field}".rstrip(".")])
    said = {"schedule": {"at": wall, "local": True}}
    assert refusal(world.put("/v1/campaigns/spring", CAMPAIGN | said | {"first": {"count": 2}})) == (400, ["first"])

    world.put("/v1/campaigns/spring", CAMPAIGN | said)
    made = ask("POST", "/v1/campaigns/spring/launch")[1]

    assert (made["local_at"], made["state"], shown(world)["warnings"]) == (wall, "scheduled", [])
    assert clock.from_text(made["run_at"]) == clock.from_text(f"{wall}:00Z") - timedelta(hours=15)
    world.put("/v1/campaigns/autumn", CAMPAIGN | {"schedule": {"at": "2026-01-01T09:00", "local": True}})
    assert [each["field"] for each in world.get("/v1/campaigns/autumn")[1]["warnings"]] == ["schedule.at"]


def test_of_a_schedule_that_is_over_the_campaign_warns(world):
    gone = {"frequency": "daily", "at": "09:00", "until": clock.day(datetime.now(UTC) - timedelta(days=2))}
    world.put("/v1/campaigns/spring", CAMPAIGN | {"schedule": {"recurring": gone}})

    assert [each["field"] for each in shown(world)["warnings"]] == ["schedule.recurring"]
    assert refusal(ask("POST", "/v1/campaigns/spring/launch")) == (400, ["schedule.recurring"])
