"""A shard of an activity, and the messages that name its ready rows."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from moto import mock_aws

from functions.campaign_batch import app
from shopkeeper import clock
from shopkeeper.aws.holds import Holds
from shopkeeper.campaign.enqueue import SENDS_PER_MESSAGE, Enqueuer
from shopkeeper.mail import ledger, moves
from shopkeeper.mail.holds import Hold
from tests.campaign_world import NOON, CampaignWorld, context

SAMPLE = json.loads((Path(__file__).parents[2] / "events/campaign_batch.shard.json").read_text())


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = CampaignWorld()
        world.holds = Holds(world.dynamodb, "RecordsTable")
        enqueuer = Enqueuer(world.launches, world.sends, world.outgoing, world.holds, world.clock)
        monkeypatch.setattr(app, "enqueuer", lambda: enqueuer)
        yield world


def shard(world, number):
    return world.sends.of_shard(ledger.activity_shard("campaign:spring", "spring-1", number))[0]


def queued(world):
    messages = [json.loads(body)["send_ids"] for body in world.messages()]
    assert all(len(send_ids) <= SENDS_PER_MESSAGE for send_ids in messages)
    return sorted(send_id for send_ids in messages for send_id in send_ids)


def test_all_ready_rows_of_the_shard_are_queued_a_few_in_a_message(world):
    world.put_launch("running")
    world.put_rows(60)
    wanted = [row.send_id for row in shard(world, 5)]
    assert len(wanted) > SENDS_PER_MESSAGE

    answer = app.handler(SAMPLE, context())

    assert answer == SAMPLE | {"after": "", "queued": len(wanted), "more": False}
    assert queued(world) == wanted


def test_of_a_launch_that_is_held_nothing_is_queued_until_its_hold_ends(world):
    world.put_launch("running")
    world.put_rows(60)
    now, soon = clock.to_text(NOON), clock.to_text(NOON + timedelta(minutes=15))
    world.holds.hold("campaign:spring", "spring-1", Hold(why="configuration", since=now, until=soon))

    assert app.handler(SAMPLE, context()) == SAMPLE | {"after": "", "queued": 0, "more": False}
    world.now += timedelta(minutes=15)

    assert app.handler(SAMPLE, context())["queued"] == len(shard(world, 5)) > 0


def test_rows_that_have_moved_on_or_are_put_off_are_left_alone(world):
    world.put_launch("running")
    world.put_rows(40)
    first, second, *others = shard(world, 5)
    world.sends.apply(moves.give_up(first, "other:stopped", NOON))
    world.sends.apply(moves.defer(second, NOON.replace(hour=13), 1))

    app.handler(SAMPLE, context())

    assert queued(world) == [row.send_id for row in others]


@pytest.mark.parametrize("state", ["freezing", "cancelled", "failed"])
def test_nothing_is_queued_for_a_launch_that_does_not_run(world, state):
    world.put_launch(state)
    world.put_rows(40)

    assert app.handler(SAMPLE, context())["more"] is False
    assert queued(world) == []
