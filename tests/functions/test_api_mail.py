"""The switch of all mail and the test mode, over the API."""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from moto import mock_aws

from functions.api_change import app as change
from functions.api_read import app as read
from shopkeeper.aws.mail_states import MailStates
from shopkeeper.clock import Clock
from shopkeeper.mail.health import Day
from shopkeeper.mail.state import MailState
from tests.api_world import CAMPAIGN, World, ask, refusal
from tests.functions.test_mail_reconcile import HEALTHY
from tests.http_events import CONTEXT

EVENTS = Path(__file__).parents[2] / "events"
PATH = "/v1/mail/state"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        yield World(monkeypatch)


def say(body, **how):
    return ask("PUT", PATH, body, **({"group": "admin"} | how))


def look(**how):
    return ask("GET", PATH, **how)[1]


def test_mail_goes_to_everybody_while_nobody_says_otherwise(world):
    assert look(group="viewer") == {
        "stopped": False,
        "only_to": None,
        "when_unknown": "retry_once",
        "changed_at": None,
        "changed_by": None,
        "letters_wait_for": None,
        "account": None,
        "complaints": None,
        "paused": None,
    }


def test_all_mail_is_stopped_and_goes_again(world):
    status, said, _ = say({"stopped": True}, sub="u-7")

    assert (status, said["stopped"], said["changed_by"]) == (200, True, "u-7")
    assert said["letters_wait_for"] == "stopped"
    assert look() == said
    assert world.adapters["mail_states"].read().standstill(NOW) == "stopped"
    assert say({"stopped": False})[1]["stopped"] is False


def test_what_ses_says_of_the_account_is_shown(world):
    world.adapters["mail_states"].keep(HEALTHY)
    say({"when_unknown": "never"})

    said = look()
    assert (said["account"], said["when_unknown"]) == (asdict(HEALTHY), "never")
    assert world.adapters["mail_states"].read().account == HEALTHY


def test_complaints_are_shown_and_marketing_goes_again_when_somebody_has_seen_them(world):
    day = Day(counted_at="2026-03-01T12:00:00.000Z", delivered=2000, complained=7)
    states = world.adapters["mail_states"]
    states.count(day)
    states.pause(day, "")
    numbers = {"delivered": 2000, "complained": 7}

    said = look()
    assert said["complaints"] == {"counted_at": day.counted_at, "counted_from": None, **numbers}
    assert said["paused"] == {"since": day.counted_at, "by": "complaints", **numbers}
    assert said["letters_wait_for"] == "complaints"

    say({"stopped": False})
    assert look()["paused"] == said["paused"]
    said = say({"complaints_seen": True})[1]
    assert (said["paused"], said["letters_wait_for"]) == (None, None)
    assert said["complaints"]["counted_from"] == states.read().counted_from != ""


def test_senders_remember_it_for_two_seconds(world):
    now = [1_800_000_000.0]
    states = MailStates(world.dynamodb, "RecordsTable", Clock(lambda: now[0]))
    assert states.get() == MailState()
    say({"stopped": True})

    now[0] += 1.9
    assert not states.get().stopped
    now[0] += 0.1
    assert states.get().stopped


def test_what_is_not_said_stays_as_it_is(world):
    say({"only_to": ["Jo@Example.com", "shop.example", "Bücher.example"]})
    say({"stopped": True})
    assert look()["only_to"] == ["jo@example.com", "shop.example", "xn--bcher-kva.example"]

    say({"only_to": None})
    assert (look()["only_to"], look()["stopped"]) == (None, True)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"only_to": []}, "only_to"),
        ({"only_to": ["jo@"]}, "only_to.0"),
        ({"only_to": ["example.com", "localhost"]}, "only_to.1"),
        ({"only_to": ["shop.example"] * 101}, "only_to"),
        ({"stopped": "yes"}, "stopped"),
        ({"paused": True}, "paused"),
        ({"when_unknown": "often"}, "when_unknown"),
        ({"complaints_seen": False}, "complaints_seen"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_its_field(world, body, field):
    assert refusal(say(body)) == (400, [field])
    assert look()["changed_at"] is None


def test_only_an_admin_says_so_and_everybody_sees_it(world):
    assert [say({}, group=group)[0] for group in ("viewer", "agent", "marketer", "admin")] == [403, 403, 403, 200]


@pytest.mark.parametrize("wish", [{"stopped": False}, {"complaints_seen": True}])
def test_launches_look_at_their_rows_at_once_when_mail_goes_again(world, wish):
    world.define()
    world.put("/v1/campaigns/spring", CAMPAIGN)
    world.put("/v1/campaigns/summer", CAMPAIGN)
    world.post("/v1/campaigns/spring/launch", {}, group="admin")
    launches = world.adapters["launches"]
    launch = launches.get("spring-1")
    launches.put(replace(launch, state="running", revision=launch.revision + 1))

    say(wish)

    assert launches.get("spring-1").revision == launch.revision + 2


@pytest.mark.parametrize(("sample", "app"), [("api_read.mail_state", read), ("api_change.stop_all_mail", change)])
def test_the_sample_events_are_taken(world, sample, app):
    event = json.loads((EVENTS / f"{sample}.json").read_text())

    assert app.handler(event, CONTEXT)["statusCode"] == 200
