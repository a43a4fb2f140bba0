"""Campaigns over the API: launch, cancel, report and recipients."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from shopkeeper import clock
from shopkeeper.api.routes import description
from shopkeeper.campaign import launch as launches
from shopkeeper.campaign.report import MOST_AT_ONCE
from shopkeeper.mail import ledger
from tests.api_world import CAMPAIGN, World, ask, cursor, refusal

SOON = timedelta(hours=2)


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        world.define()
        world.put("/v1/campaigns/spring", CAMPAIGN)
        yield world


def launch(body=None, **headers):
    """Without a grace, unless one is named."""
    return ask("POST", "/v1/campaigns/spring/launch", {"grace": 0} | (body or {}), **headers)


def in_text(ahead):
    return clock.to_text(datetime.now(UTC) + ahead)


def test_a_launch_pins_what_counts_and_starts_one_execution_however_often_it_is_asked_for(world):
    status, first, _ = launch()
    world.put("/v1/campaigns/spring", CAMPAIGN | {"name": "Other"})

    again = [launch()[1], launch(idempotency_key="k")[1], launch(idempotency_key="k")[1]]

    assert (status, first["state"], first["version"]) == (202, "starting", 1)
    assert (first["template"], first["brand"], first["topic"], first["class"]) == (
        "news#1",
        "shop#1",
        "news",
        "marketing",
    )
    assert again == [first] * 3
    assert world.machine.started == {"spring-1-1": {"launch": "spring-1", "attempt": 1}}


def test_a_campaign_shows_how_its_launch_stands(world):
    assert world.get("/v1/campaigns/spring")[1]["launch"] is None
    made = launch()[1]

    assert world.get("/v1/campaigns/spring", group="viewer")[1]["launch"] == made


def test_it_is_launched_when_asked_or_else_when_its_schedule_says(world):
    scheduled, asked = in_text(SOON), in_text(2 * SOON)
    world.put("/v1/campaigns/spring", CAMPAIGN | {"schedule": {"at": scheduled}})

    made = launch({"at": asked})[1]

    assert (made["state"], made["run_at"], world.machine.started) == ("scheduled", asked, {})
    ask("POST", "/v1/campaigns/spring/cancel")
    assert launch()[1]["run_at"] == scheduled


def test_what_cannot_be_launched_says_why_and_leaves_nothing_behind(world):
    assert refusal(launch({"at": in_text(-SOON)})) == (400, ["at"])
    assert refusal(launch({"at": "soon"})) == (400, ["at"])
    assert refusal(launch({"at": in_text(timedelta(days=367))})) == (400, ["at"])
    assert refusal(launch({"version": 2})) == (400, ["version"])
    assert refusal(launch({"when": "now"})) == (400, ["when"])
    world.put("/v1/campaigns/spring", CAMPAIGN | {"schedule": {"at": in_text(-SOON)}})
    assert [each["field"] for each in world.get("/v1/campaigns/spring")[1]["warnings"]] == ["schedule.at"]
    assert refusal(launch()) == (400, ["schedule.at"])
    assert ask("POST", "/v1/campaigns/else/launch")[0] == 404
    assert world.get("/v1/campaigns/spring")[1]["launch"] is None


def test_a_launch_is_pinned_to_where_its_ended_links_lead(world):
    world.put("/v1/campaigns/spring", CAMPAIGN | {"fallback": "https://shop.example/over"})

    launch()

    pins = world.adapters["launches"].get("spring-1").pins
    assert (pins.home, pins.fallback) == ("https://shop.example/", "https://shop.example/over")


def test_a_launch_shows_what_it_and_the_policy_hold_out(world):
    world.put("/v1/policy", {"hold_out": 5})
    for named, wrong in (("/v1/policy", -1), ("/v1/campaigns/spring", 100)):
        body = CAMPAIGN if "campaigns" in named else {}
        assert refusal(world.put(named, body | {"hold_out": wrong})) == (400, ["hold_out"])

    world.put("/v1/campaigns/spring", CAMPAIGN | {"hold_out": 10})

    assert launch({"at": in_text(SOON)})[1]["hold_out"] == {"campaign": 10, "policy": 5}
    world.put("/v1/policy", {"hold_out": 0})
    world.put("/v1/campaigns/spring", CAMPAIGN | {"hold_out": 0})
    assert launch({"version": 3})[1]["hold_out"] == {"campaign": 0, "policy": 0}


def test_a_launch_that_waits_takes_over_what_is_named(world):
    first = launch({"at": in_text(SOON)})[1]
    world.put("/v1/campaigns/spring", CAMPAIGN | {"name": "Other"})
    later = in_text(2 * SOON)

    assert launch()[1] == launch({"version": 1, "at": first["run_at"]})[1] == first
    moved, changed = launch({"at": later})[1], launch({"version": 2})[1]

    assert (moved["version"], moved["run_at"], moved["state"]) == (1, later, "scheduled")
    assert (changed["version"], changed["run_at"], changed["state"]) == (2, later, "scheduled")
    assert world.get("/v1/campaigns/spring")[1]["launch"] == changed
    assert refusal(launch({"version": 1})) == (400, ["version"])
    assert world.machine.started == {}


def test_a_launch_that_has_begun_refuses_what_is_named_otherwise_and_says_what_stands(world):
    made = launch()[1]
    world.put("/v1/campaigns/spring", CAMPAIGN | {"name": "Other"})

    refused = launch({"version": 2, "at": in_text(SOON)})

    assert refusal(refused) == (409, ["version", "at"])
    assert [error["reason"].rpartition(" ")[2] for error in refused[1]["errors"]] == ["1", made["run_at"]]
    assert launch({"version": 1})[1] == made
    assert world.get("/v1/campaigns/spring")[1]["launch"] == made


def test_a_campaign_is_called_off(world):
    for action in ("cancel", "recount"):
        assert refusal(ask("POST", f"/v1/campaigns/spring/{action}")) == (409, [])
    launch({"at": in_text(SOON)})

    assert ask("POST", "/v1/campaigns/spring/cancel")[:2][0] == 202
    assert world.get("/v1/campaigns/spring")[1]["launch"]["state"] == "cancelled"
    assert ask("POST", "/v1/campaigns/else/cancel")[0] == 404


def test_what_was_called_off_while_it_went_out_does_not_go_out_again(world):
    launch()
    store = world.adapters["launches"]
    store.put(launches.begun(store.get("spring-1"), datetime.now(UTC)))
    ask("POST", "/v1/campaigns/spring/cancel")

    again = launch()

    assert refusal(again) == (409, [])
    assert "called off" in again[1]["detail"]
    assert ask("POST", "/v1/campaigns/spring/cancel")[0] == 202


def send(customer, **changes):
    row = ledger.planned(
        customer_id=customer,
        activity="campaign:spring",
        step="letter",
        occurrence="spring-1",
        planned_at=datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
    )
    return replace(row, **changes)


@pytest.fixture
def sent(world):
    launch()
    for customer in "abc":
        world.adapters["sends"].plan(send(customer))
    gone = {"state": ledger.NOT_SENT, "rank": ledger.RANKS[ledger.NOT_SENT], "reason": "do_not_contact:no_consent"}
    world.adapters["sends"].plan(send("d", **gone, not_sent_at="2026-11-21T09:31:00.000Z"))
    return world


def test_a_report_counts_each_recipient_once(sent):
    status, report, _ = sent.get("/v1/campaigns/spring/report", group="viewer")

    assert (status, report["targeted"], report["pending"], report["not_sent"]) == (200, 4, 3, 1)
    assert report["reasons"]["do_not_contact"] == {"no_consent": 1}
    assert (report["broken"], report["launch"]) == ([], "spring-1")


def test_behind_each_number_stand_its_recipients_in_pages(sent):
    path, found, query = "/v1/campaigns/spring/recipients", [], "outcome=pending&limit=2"
    while query:
        status, page, _ = sent.get(path, query=query, group="agent")
        assert (status, len(page["items"]) <= 2) == (200, True)
        found += [each["customer_id"] for each in page["items"]]
        query = f"outcome=pending&limit=2&{cursor(page)}" if page["next"] else ""

    assert sorted(found) == ["a", "b", "c"]
    refused = sent.get(path, query="outcome=do_not_contact")[1]["items"]
    assert [(each["customer_id"], each["reason"]) for each in refused] == [("d", "do_not_contact:no_consent")]


def test_a_recount_is_due_at_once_and_answers_the_launch(sent):
    status, made, _ = ask("POST", "/v1/campaigns/spring/recount")

    assert (status, made["id"], made["as_of"]) == (202, "spring-1", None)
    due = sent.adapters["recounts"].get("spring-1")
    assert due.asked
    assert due.due_at <= in_text(timedelta())
    assert refusal(ask("POST", "/v1/campaigns/else/recount")) == (404, [])


def test_the_description_names_the_size_above_which_a_report_is_a_stored_one():
    described = description()["paths"]["/v1/campaigns/{id}/report"]["get"]["description"]

    assert f"more than {MOST_AT_ONCE:,} is reported as it was" in described


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "outcome"),
        ("outcome=liked", "outcome"),
        ("outcome=sent&cursor=x", "cursor"),
        ("outcome=sent&limit=0", "limit"),
        ("outcome=sent&link=1", "link"),
    ],
)
def test_recipients_are_asked_for_in_words_of_the_report(sent, query, field):
    assert refusal(sent.get("/v1/campaigns/spring/recipients", query=query)) == (400, [field])


def test_nobody_has_got_what_was_never_launched(world):
    for path, query in (("report", ""), ("recipients", "outcome=sent")):
        assert world.get(f"/v1/campaigns/spring/{path}", query=query)[0] == 409
        assert world.get(f"/v1/campaigns/else/{path}", query=query)[0] == 404


def test_who_may_do_what(world):
    for group in ("viewer", "agent", ""):
        for action in ("launch", "cancel", "recount", "pause", "resume", "go-on"):
            assert ask("POST", f"/v1/campaigns/spring/{action}", group=group)[0] == 403
    assert world.get("/v1/campaigns/spring/recipients", query="outcome=sent", group="viewer")[0] == 403
    assert world.get("/v1/campaigns/spring/report", group="guests")[0] == 403
