"""The function on moto: a batch in which each message fares on its own, and the queue minds when it comes again."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import msgspec
import pytest
import time_machine
from moto import mock_aws

from functions.connect_deliver import app
from shopkeeper.aws.clients import Unavailable
from shopkeeper.connect import retries
from shopkeeper.journey.breaking import Node, Tried
from shopkeeper.journey.effects import Slot, Task, Webhook
from tests import tables
from tests.connect_fakes import HOOK, NOW, Desk
from tests.http_events import CONTEXT

SLOT = Slot(run="r1", node="on", visit=1, name="mat", content="cart")
CALL = Webhook(run="r1", node="tell", visit=3, connector="crm", event="cart.left")
VISIBILITY_S = 360


@pytest.fixture
def world(monkeypatch):
    with mock_aws(), time_machine.travel(NOW, tick=False) as now:
        yield World(monkeypatch, now)


class World:
    def __init__(self, monkeypatch, now):
        self.now, self.desk = now, Desk(crm=HOOK)
        self.sqs = tables.client("sqs")
        self.url = self.sqs.create_queue(QueueName="connectors")["QueueUrl"]
        self.tried = {}
        monkeypatch.setattr(app, "breaker", self.breaker)
        monkeypatch.setattr(app, "deliverer", lambda: self.desk.deliverer)
        monkeypatch.setattr(app, "queue", lambda: app.Queue(self.sqs, self.url))

    def breaker(self):
        return SimpleNamespace(note=self.note, count=lambda: None)

    def note(self, node, tried):
        self.tried[node] = self.tried.get(node, Tried()).with_(tried)

    def hand(self, *effects):
        for effect in effects:
            said = {"customer_id": "jo", "journey": "cart", "name": "cart#", "key": effect.key}
            body = msgspec.json.encode(said | {"effect": effect}).decode()
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body)

    def work(self, tries=1):
        """Of one batch, as Lambda does it: what was taken is deleted, the rest stays hidden. Gives what failed."""
        asked = {"QueueUrl": self.url, "MaxNumberOfMessages": 10, "VisibilityTimeout": VISIBILITY_S}
        got = self.sqs.receive_message(**asked).get("Messages", [])
        failed = app.handler({"Records": [record(each, tries) for each in got]}, CONTEXT)["batchItemFailures"]
        for each in got:
            if {"itemIdentifier": each["MessageId"]} not in failed:
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=each["ReceiptHandle"])
        return len(got), len(failed)

    def pass_time(self, seconds):
        self.now.shift(seconds)


def record(message, tries):
    attributes = {"ApproximateReceiveCount": str(tries), "SentTimestamp": str(int(NOW.timestamp() * 1000))}
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": attributes,
    }


def test_one_that_is_not_taken_does_not_hold_up_the_others(world):
    world.desk.other.replies = [500]
    world.hand(CALL, SLOT)

    assert world.work() == (2, 1)
    assert world.desk.switches.load("slot", "jo").switch("mat").holders
    world.pass_time(4)
    assert world.work() == (0, 0)
    world.pass_time(3)
    assert world.work(tries=2) == (1, 0)
    assert len({each.headers["webhook-id"] for each in world.desk.other.asked}) == 1
    assert world.tried == {Node("cart", "on"): Tried(attempted=1), Node("cart", "tell"): Tried(attempted=1)}


def test_the_other_side_hears_when_it_was_handed_over_and_when_it_is_told(world):
    world.hand(CALL)
    world.pass_time(60)
    world.work()

    (asked,) = world.desk.other.asked
    assert asked.said["timestamp"] == "2026-11-22T15:00:00.000Z"
    assert datetime.fromtimestamp(int(asked.headers["webhook-timestamp"]), UTC) == NOW


def test_what_nobody_understands_goes_to_the_dead_letters_soon(world):
    world.sqs.send_message(QueueUrl=world.url, MessageBody=json.dumps({"what": "is this"}))

    assert world.work() == (1, 1)
    world.pass_time(retries.IN_VAIN_S + 1)
    assert world.work(2) == (1, 1)


def test_a_message_that_has_waited_for_half_a_day_comes_when_the_queue_says(world):
    world.desk.other.replies = [500]
    world.hand(CALL)
    world.pass_time(13 * 3600)
    assert world.work() == (1, 1)
    world.pass_time(VISIBILITY_S - 10)
    assert world.work() == (0, 0)
    world.pass_time(20)
    assert world.work(2) == (1, 0)


def test_behind_the_last_try_the_run_is_told_once(world):
    world.desk.other.replies = [500] * 9
    world.hand(CALL)
    for tries in range(1, retries.MOST_TRIES + 1):
        assert world.work(tries) == (1, 1)
        world.pass_time(5 * 3600)

    ((key, cause),) = world.desk.told
    assert (key.name, cause.kind, cause.about) == ("cart#", "failed", CALL.key)
    assert world.tried == {Node("cart", "tell"): Tried(attempted=1, failed=1)}


def test_while_aws_is_out_of_reach_a_message_waits(world, monkeypatch):
    def down(*_):
        raise Unavailable("no")

    world.hand(CALL)
    monkeypatch.setattr(world.desk.connectors, "endpoint", down)
    assert world.work() == (1, 1)
    world.pass_time(VISIBILITY_S - 10)
    assert world.work() == (0, 0)

    monkeypatch.undo()
    monkeypatch.setattr(app, "breaker", world.breaker)
    world.pass_time(20)
    monkeypatch.setattr(app, "deliverer", lambda: world.desk.deliverer)
    monkeypatch.setattr(app, "queue", lambda: app.Queue(world.sqs, world.url))
    assert world.work() == (1, 0)


def test_of_a_task_that_could_not_be_written_in_the_end_the_run_is_told(world, monkeypatch):
    def down(*_):
        raise Unavailable("no")

    call = Task(run="r1", node="call", visit=2, queue="sales")
    world.hand(call)
    monkeypatch.setattr(world.desk.deliverer, "_tasks", down)
    assert world.work(retries.MOST_TRIES - 1) == (1, 1)
    assert world.desk.told == []
    world.pass_time(VISIBILITY_S + 1)

    assert world.work(retries.MOST_TRIES) == (1, 1)
    assert [(key.name, cause.kind, cause.about) for key, cause in world.desk.told] == [("cart#", "failed", call.key)]


def test_a_message_whose_time_cannot_be_set_comes_when_the_queue_says(world, monkeypatch):
    class Mute:
        def put_off(self, *_):
            raise Unavailable("no")

    world.desk.other.replies = [500]
    world.hand(CALL)
    monkeypatch.setattr(app, "queue", Mute)

    assert world.work() == (1, 1)
