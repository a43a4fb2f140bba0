"""Addresses that get no mail, over the API: looked up, added, released, with who did it and when."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from functions.api_change import app as change
from functions.api_read import app as read
from shopkeeper import clock
from shopkeeper.consent.contact import ASSUMED, Block, Request, Word, address_key, refusal
from shopkeeper.customer import addresses
from shopkeeper.customer.identity import Change, Known, Move
from tests.api_world import World, ask
from tests.api_world import refusal as refused
from tests.http_events import CONTEXT
from tests.interactions import identified
from tests.segment_worlds import customer_of

EVENTS = Path(__file__).parents[2] / "events"
KEY = address_key("jo@example.com")
PATH = "/v1/suppressions/jo@example.com"
EARLY = "2026-03-01T11:00:00.000Z"
AHEAD = "2999-01-01T00:00:00.000Z"
NOTHING = {"block": None, "held": None, "marketing": None, "topics": {}}


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        world.contacts = world.adapters["contacts"]
        yield world


def look(path=PATH, **how):
    return ask("GET", path, **({"group": "viewer"} | how))


def add(reason="asked by phone", path=PATH, **how):
    return ask("PUT", path, {"reason": reason}, **how)


def release(path=PATH, **how):
    return ask("DELETE", path, **({"group": "admin", "sub": "u-2"} | how))


def may_be_written_to(world):
    return refusal(world.contacts.load("anybody", KEY), Request("news", ASSUMED)) is None


def test_who_adds_an_address_and_why_stands_with_it(world):
    before = datetime.now(UTC)
    status, said, _ = add()

    assert (status, said["address"], said["kept_from_it"]) == (200, "jo@example.com", "everything")
    block = said["block"]
    assert (block["is"], block["cause"], block["by"], block["reason"]) == ("out", "by_hand", "u-1", "asked by phone")
    assert abs((datetime.fromisoformat(block["at"]) - before).total_seconds()) < 30
    assert look()[:2] == (200, said)
    assert not may_be_written_to(world)


def test_whoever_releases_it_stands_there_too(world):
    add()

    assert release()[:2] == (204, None)

    said = look()[1]
    assert (said["kept_from_it"], said["block"]["is"], said["block"]["by"]) == ("nothing", "in", "u-2")
    assert "reason" not in said["block"]
    assert may_be_written_to(world)


@pytest.mark.parametrize("path", ["/v1/suppressions/ Jo@EXAMPLE.com", "/v1/suppressions/jo@example.com."])
def test_an_address_is_the_same_however_it_is_written(world, path):
    add(path=path)

    assert look()[1]["kept_from_it"] == "everything"
    assert look(path)[1]["address"] == "jo@example.com"


def test_an_address_of_another_alphabet_is_shown_as_mail_knows_it(world):
    path = unquote("/v1/suppressions/jo%2Bnews@b%C3%BCcher.example")
    add(path=path)

    assert look(path)[1]["address"] == "jo+news@xn--bcher-kva.example"


@pytest.mark.parametrize(("block", "at"), [("hard_bounce", EARLY), ("suppression_list", AHEAD)])
def test_what_ses_said_is_shown_and_can_be_released_whatever_its_clock_says(world, block, at):
    world.contacts.block(KEY, Block("out", at, block))
    said = {"is": "out", "at": at, "cause": block}
    assert look()[1] == NOTHING | {"address": "jo@example.com", "kept_from_it": "everything", "block": said}

    assert release()[0] == 204
    assert may_be_written_to(world)


def test_an_address_that_bounced_softly_is_held_until_it_is_released(world):
    now = datetime.now(UTC)
    days = [clock.to_text(now - timedelta(days=each)) for each in (2, 1, 0)]
    for each in days:
        world.contacts.bounced(KEY, each)
    held = {"why": "soft_bounces", "until": clock.to_text(clock.from_text(days[-1]) + timedelta(days=30))}
    assert look()[1] == NOTHING | {"address": "jo@example.com", "kept_from_it": "everything", "held": held}

    assert release()[0] == 204

    world.contacts.bounced(KEY, days[-1])
    assert look()[1] == NOTHING | {"address": "jo@example.com", "kept_from_it": "nothing"}
    assert release()[0] == 404


def test_a_complaint_keeps_marketing_away_until_it_is_released(world):
    world.contacts.hear_all(KEY, Word("out", EARLY, "complaint"))
    assert look()[1]["kept_from_it"] == "marketing"

    assert release()[0] == 204

    said = look()[1]
    assert (said["kept_from_it"], said["marketing"]["is"], said["marketing"]["source"]) == ("nothing", "in", "api:u-2")


def test_what_was_left_by_a_letter_is_shown_and_nobody_here_takes_it_back(world):
    world.contacts.leave(KEY, "news", Word("out", EARLY, "unsubscribe:s-1"))

    assert refused(release()) == (404, [])
    add()
    assert release()[0] == 204

    said = look()[1]
    assert said["topics"] == {"news": {"is": "out", "at": EARLY, "source": "unsubscribe:s-1"}}
    assert not may_be_written_to(world)


def test_adding_and_releasing_again_are_done_as_if_once(world):
    add("first")
    assert add("second", sub="u-9")[1]["block"]["reason"] == "second"
    assert [release()[0] for _ in range(2)] == [204, 204]
    assert look()[1]["block"]["by"] == "u-2"

    add()
    assert not may_be_written_to(world)


def test_a_release_gives_way_to_what_is_said_meanwhile(world, monkeypatch):
    add()
    monkeypatch.setattr(world.contacts, "block", lambda key, block: False)

    assert refused(release()) == (503, [])


def test_of_an_address_nothing_may_be_known(world):
    assert refused(look()) == (404, [])
    assert refused(release()) == (404, [])


@pytest.mark.parametrize("name", ["jo", "jo@shop", "@example.com", "jo@exa mple.com"])
def test_what_is_no_address_is_refused_by_name(world, name):
    path = f"/v1/suppressions/{name}"

    assert [refused(answer) for answer in (look(path), add(path=path), release(path))] == [(400, ["address"])] * 3


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "reason"),
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 201}, "reason"),
        ({"why": "x", "reason": "y"}, "why"),
    ],
)
def test_whoever_adds_says_why(world, body, field):
    assert refused(ask("PUT", PATH, body)) == (400, [field])
    assert look()[0] == 404


@pytest.mark.parametrize(
    ("call", "may"),
    [(look, "viewer agent marketer admin"), (add, "marketer admin"), (release, "admin")],
)
def test_each_group_may_do_what_is_its_own(world, call, may):
    world.contacts.block(KEY, Block("out", EARLY, "hard_bounce"))

    allowed = [group for group in ("viewer", "agent", "marketer", "admin", "guest") if call(group=group)[0] != 403]
    assert allowed == may.split()


def test_no_address_stands_in_the_table(world):
    add()

    found = world.dynamodb.scan(TableName="ContactsTable")["Items"]
    assert len(found) == 1
    assert "jo" not in json.dumps(found).replace("api:u", "")


def test_an_outage_is_told(world, monkeypatch):
    def down(**_):
        raise EndpointConnectionError(endpoint_url="https://dynamodb")

    monkeypatch.setattr(world.dynamodb, "batch_get_item", down)
    assert [refused(answer) for answer in (look(), release())] == [(503, [])] * 2


@pytest.mark.parametrize(
    ("sample", "app", "status"),
    [("api_read.suppression", read, 404), ("api_change.suppress", change, 200), ("api_change.release", change, 404)],
)
def test_the_sample_events_are_taken(world, sample, app, status):
    event = json.loads((EVENTS / f"{sample}.json").read_text())

    assert app.handler(event, CONTEXT)["statusCode"] == status


def test_whoever_is_known_by_the_address_remembers_it_and_nobody_is_made_for_it(world):
    add()
    assert world.queued() == []

    world.adapters["identities"].replace(Change("email:jo@example.com", None, Known((Move("", "c1", "", "user:jo"),))))
    add()
    add("once more")
    release()

    told = world.queued()
    assert [each.subject for each in told] == ["email:jo@example.com"] * 3
    said = [(each.name, each.properties) for each in sorted(told, key=lambda each: each.at)]
    assert said[0] == ("Address Blocked", {"address": KEY, "block": "by_hand"})
    assert said[-1] == ("Address Released", {"address": KEY, "block": ""})
    assert (
        addresses.block_of(customer_of([identified("user:jo", "m1", {"email": "jo@example.com"}), *told]).document)
        == ""
    )
