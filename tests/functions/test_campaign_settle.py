"""The steps of an execution that read and write the launch."""

import json
from pathlib import Path

import pytest
from moto import mock_aws

from functions.campaign_settle import app
from shopkeeper.campaign.settle import Settler
from shopkeeper.campaign.tally import Teller
from shopkeeper.customer import interaction
from shopkeeper.mail import moves
from tests.campaign_world import NOON, CampaignWorld, context


def sample(name):
    return json.loads((Path(__file__).parents[2] / f"events/campaign_settle.{name}.json").read_text())


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = CampaignWorld()
        teller = Teller(world.sends, world.memory, world.clock, app.in_doubt)
        settler = Settler(world.launches, teller, world.outgoing, world.definitions, world.recounts, world.clock)
        monkeypatch.setattr(app, "settler", lambda: settler)
        yield world


def test_an_execution_begins_by_freezing(world):
    world.put_launch("starting")

    assert app.handler(sample("begin"), context())["next"] == "freeze"
    assert world.launch().state == "freezing"


def test_before_it_freezes_it_says_where_ended_links_lead_and_that_it_is_to_be_counted(world):
    world.put_launch("starting")

    app.handler(sample("begin"), context())

    key = {"kind": {"S": "links"}, "id": {"S": "campaign:spring/spring-1"}}
    led = world.dynamodb.get_item(TableName="DefinitionsTable", Key=key)["Item"]
    assert (led["home"]["S"], led["fallback"]["S"]) == ("https://shop.example/", "https://shop.example/over")
    assert world.recounts.get("spring-1").due_at == "2026-03-02T12:10:00.000Z"


def test_a_frozen_audience_is_counted_over_its_slices_and_queued(world):
    world.put_launch("freezing")

    answer = app.handler(sample("frozen"), context())

    assert (answer["next"], answer["wait"]) == ("enqueue", 60)
    assert (world.launch().state, world.launch().found, world.launch().unreadable) == ("running", 21, 1)


def test_a_look_that_finds_rows_ready_goes_on_watching(world):
    world.put_launch("running", found=3)
    world.put_rows(3)
    world.outgoing.send([b"{}"])

    answer = app.handler(sample("settle"), context())

    assert (answer["next"], answer["wait"], answer["waiting"]) == ("watch", 120, 3)
    assert world.launch().counts == {"ready": 3}


def test_a_look_that_finds_none_left_ends_the_launch(world, caplog):
    world.put_launch("running", found=1)
    world.put_rows(1)
    (row,) = world.sends.of_activity("campaign:spring", "spring-1")
    world.sends.apply(moves.give_up(row, "malformed:missing", NOON))

    assert app.handler(sample("settle"), context())["next"] == "stop"

    assert (world.launch().state, world.launch().counts) == ("done", {"not_sent": 1})
    (line,) = [record for record in caplog.records if record.message == "settle"]
    assert line.counts == {"not_sent": 1}


def test_a_look_at_a_launch_that_was_called_off_stops_what_waits_and_tells_whom_it_was_for(world):
    world.put_launch("cancelled", found=1, cancelled_at="2026-03-02T12:00:00.000Z")
    world.put_rows(1)

    app.handler(sample("settle"), context())

    (fact,) = map(interaction.decode, world.messages("interactions"))
    assert (fact.subject, fact.properties["reason"]) == ("customer:c0", "other:stopped")


def test_a_look_without_time_for_all_rows_goes_on_where_it_stopped(world):
    world.put_launch("running", found=10)
    world.put_rows(10)

    watch, rounds = sample("settle")["watch"], 0
    while rounds == 0 or watch["next"] == "settle":
        watch = app.handler({"step": "settle", "watch": watch}, context(left_ms=app.RESERVE_MS))
        rounds += 1

    assert rounds > 1
    assert world.launch().counts == {"ready": 10}


def test_a_step_that_gave_up_shows_in_the_launch(world):
    world.put_launch("freezing")

    app.handler(sample("failed"), context())

    assert (world.launch().state, world.launch().error) == ("failed", "SliceNotFrozen")


@pytest.mark.parametrize("name", ["begin", "frozen", "settle", "failed"])
def test_no_step_of_a_launch_that_is_gone_goes_anywhere(world, name):
    assert app.handler(sample(name), context())["next"] == "stop"
