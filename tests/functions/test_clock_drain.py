"""What is due in one shard: a launch begins, a deferred send is queued again, a call without an end is unknown."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from moto import mock_aws

from functions.clock_drain import app
from shopkeeper.aws.canaries import Canaries
from shopkeeper.aws.draining import Drain, Telling
from shopkeeper.aws.due import DueRows, Leases
from shopkeeper.aws.mail_states import MailStates
from shopkeeper.campaign import recount
from shopkeeper.campaign.enqueue import Lanes
from shopkeeper.campaign.launching import Launcher
from shopkeeper.campaign.recount import Recounter
from shopkeeper.campaign.tally import Teller
from shopkeeper.campaign.visits import Visits
from shopkeeper.clock import Clock
from shopkeeper.mail import messages, moves
from shopkeeper.mail.doubts import Doubts
from tests.campaign_world import NOON, CampaignWorld, context

SAMPLE = json.loads((Path(__file__).parents[2] / "events/clock_drain.shard.json").read_text())


class Machine:
    def __init__(self):
        self.started = []

    def start(self, name, said):
        self.started.append(name)


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = CampaignWorld()
        world.machine = Machine()
        launcher = Launcher(world.launches, world.machine, world.clock)
        teller = Teller(world.sends, world.memory, world.clock, app.in_doubt)
        recounter = Recounter(world.launches, world.recounts, teller, world.clock)
        records = {"launch": launcher.visit, "recount": recounter.visit}
        world.canaries = Canaries(world.dynamodb, "RecordsTable")
        states = MailStates(world.dynamodb, "RecordsTable", world.clock)
        doubts = Doubts(world.canaries, states, 1, app.in_doubt)
        visits = Visits(
            records, world.sends, Lanes(world.outgoing, world.receipts), doubts, world.memory, 1, world.clock
        )
        rows = {
            "record": DueRows(world.dynamodb, "RecordsTable", "record"),
            "send": DueRows(world.dynamodb, "SendsTable", "send_id"),
        }
        own = {"record": visits.record, "send": visits.send}
        drain = Drain(rows, own, {}, world.clock, Telling(app.put_off))
        world.leases = Leases(world.dynamodb, "RecordsTable")
        monkeypatch.setattr(app, "drain", lambda: drain)
        monkeypatch.setattr(app, "drains", lambda: world.drain)
        monkeypatch.setattr(app, "leases", lambda: world.leases)
        monkeypatch.setattr(app, "Clock", lambda: Clock(lambda: world.now.timestamp()))
        yield world


def handle(left_ms=60_000):
    assert app.handler(SAMPLE, context(left_ms)) == {"batchItemFailures": []}


def put_row(world):
    world.put_launch("running")
    world.put_rows(1)
    (row,) = world.sends.of_activity("campaign:spring", "spring-1")
    return row


def test_a_scheduled_launch_begins_at_its_time_and_once(world):
    world.put_launch("scheduled", run_at="2026-03-02T13:00:00.000Z", due_at="2026-03-02T13:00:00.000Z")
    handle()
    assert world.machine.started == []

    world.now += timedelta(hours=1)
    handle()
    handle()

    assert world.machine.started == ["spring-1-1"]
    assert world.launch().state == "starting"


def test_a_call_whose_caller_died_is_unknown(world):
    row = put_row(world)
    called = world.sends.apply(moves.claim(row, "d-1", NOON, NOON + timedelta(minutes=2), "address:1"))
    world.sends.apply(moves.watch(called, NOON, 1))

    handle()
    assert world.sends.load(row.send_id).state == "calling"
    world.now += timedelta(minutes=2)
    handle()

    assert world.sends.load(row.send_id).state == "unknown"
    assert world.messages() == []


def test_a_send_in_doubt_asks_for_a_canary_and_goes_once_more_when_that_came_back(world):
    row = put_row(world)
    called = world.sends.apply(moves.claim(row, "d-1", NOON, NOON + timedelta(minutes=2), "address:1"))
    world.sends.apply(moves.lose(called, 1))
    world.now += timedelta(minutes=59)
    handle()
    assert world.canaries.get().wanted_until == ""

    world.now += timedelta(minutes=1)
    handle()
    assert (world.canaries.get().brand, world.messages()) == (row.brand, [])
    world.canaries.came_back("2026-03-02T13:01:00.000Z")
    world.now += timedelta(minutes=5, seconds=1)
    handle()

    assert [json.loads(body) for body in world.messages()] == [{"send_ids": [row.send_id]}]
    assert (world.sends.load(row.send_id).state, world.sends.load(row.send_id).due_at) == ("ready", "")


def test_a_receipt_whose_message_got_lost_is_queued_again_in_its_own_lane(world):
    row = messages.planned(
        customer_id="c0", template="receipt#1", brand="shop#1", occurrence="k-1", now=NOON, hours=72, shards=1
    )
    world.sends.plan(row)
    world.now += timedelta(minutes=2)
    handle()

    assert [json.loads(body) for body in world.messages("receipts")] == [{"send_ids": [row.send_id]}]
    assert world.messages() == []
    assert world.sends.load(row.send_id).due_at == "2026-03-02T12:06:00.000Z"


def test_a_deferred_send_is_queued_when_its_time_has_come(world):
    row = put_row(world)
    world.sends.apply(moves.defer(row, NOON + timedelta(minutes=1), 1))

    world.now += timedelta(minutes=1)
    handle()
    handle()

    assert [json.loads(body) for body in world.messages()] == [{"send_ids": [row.send_id]}]
    assert world.sends.load(row.send_id).due_at == ""


def test_a_record_that_nobody_knows_is_put_off_and_holds_up_nothing(world, caplog):
    odd = {"record": "odd#1", "due_shard": "0", "due_at": "2026-03-02T11:00:00.000Z"}
    world.dynamodb.put_item(TableName="RecordsTable", Item={name: {"S": value} for name, value in odd.items()})
    world.put_launch("scheduled", due_at="2026-03-02T12:00:00.000Z")

    handle()
    handle()

    assert world.machine.started == ["spring-1-1"]
    assert [record.key for record in caplog.records if record.message == "put off"] == ["odd#1"]


def test_what_there_is_no_time_for_is_left_to_a_message_to_itself(world):
    world.put_launch("scheduled", due_at="2026-03-02T12:00:00.000Z")

    handle(left_ms=app.RESERVE_MS)

    assert world.messages("drain") == [SAMPLE["Records"][0]["body"]]
    assert world.leases.take("0", "next", NOON, NOON)


def test_a_shard_that_another_one_drains_is_left_to_it(world):
    world.put_launch("scheduled", due_at="2026-03-02T12:00:00.000Z")
    world.leases.take("0", "another", NOON, NOON + app.LEASE)

    handle()

    assert world.machine.started == []
    assert world.messages("drain") == []


def test_a_drain_that_fails_gives_the_shard_back_and_the_message_too(world, monkeypatch):
    monkeypatch.setattr(app, "drain", lambda: 1 / 0)

    with pytest.raises(Exception, match="division"):
        app.handler(SAMPLE, context())

    assert world.leases.take("0", "next", NOON, NOON)


def test_a_launch_that_is_over_is_counted_again_in_parts(world, monkeypatch, caplog):
    monkeypatch.setattr(recount, "MOST_ROWS", 2)
    world.put_launch("done", due_at="", finished_at="2026-03-02T12:00:00.000Z", found=9)
    world.put_rows(9)
    recount.keep(world.recounts, "spring-1", NOON)
    handle()
    assert world.launch().outcomes == {}

    world.now += timedelta(hours=1)
    handle()

    assert world.launch().outcomes == {"targeted": 9, "pending": 9}
    assert world.launch().as_of == "2026-03-02T13:00:00.000Z"
    assert world.recounts.get("spring-1").due_at == "2026-03-02T14:00:00.000Z"
    assert not [record for record in caplog.records if record.message == "put off"]
