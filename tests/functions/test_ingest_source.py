"""The queue's side of a source: whom it is about, and a word to oneself when the time is up."""

import json
from pathlib import Path

import pytest
from moto import mock_aws

from functions.ingest_source import app
from shopkeeper.aws.queues import Queue
from shopkeeper.customer.importing import chunks
from tests.source_world import CHURN, SourceWorld, context, refusal, table

SAMPLE = json.loads((Path(__file__).parents[2] / "events/ingest_source.woken.json").read_text())


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = SourceWorld()
        queue = Queue(world.sqs, world.sources)
        monkeypatch.setattr(app, "sources", lambda: world.runner())
        monkeypatch.setattr(app, "queue", lambda: queue)
        yield world


def handle(left_ms=300_000):
    assert app.handler(SAMPLE, context(left_ms)) == {"batchItemFailures": []}


def words(world):
    got = world.sqs.receive_message(QueueUrl=world.sources, MaxNumberOfMessages=10).get("Messages", [])
    for message in got:
        world.sqs.delete_message(QueueUrl=world.sources, ReceiptHandle=message["ReceiptHandle"])
    return [json.loads(message["Body"]) for message in got]


def test_the_sample_asks_a_query_and_comes_back_for_its_result(world, caplog):
    world.define("churn", CHURN)
    world.warehouse.text = table("1", "secret-person")
    world.ask("churn")

    handle()
    assert (world.states.get("churn").phase, words(world)) == ("querying", [])
    handle()

    state = world.states.get("churn")
    assert (state.phase, state.last.counts.entered) == ("resting", 2)
    assert not any("secret-person" in str(vars(record)) for record in caplog.records)


def test_a_result_that_outlasts_the_time_is_left_to_a_message_to_oneself(world, monkeypatch):
    monkeypatch.setattr(chunks, "ROWS", 1)
    world.define("churn", CHURN)
    world.warehouse.text = table("1", "2")
    world.ask("churn")
    handle()

    phases = []
    while True:
        handle(left_ms=app.RESERVE_MS)
        phases.append(world.states.get("churn").phase)
        if words(world) != [{"source": "churn"}]:
            break

    assert phases == ["reading", "reading", "reading", "telling", "telling", "resting"]
    assert len(world.told()) == 2


def test_a_source_that_failed_is_told_of_in_the_log(world, monkeypatch, caplog):
    world.define("churn", CHURN)
    world.ask("churn")

    def refuse(**_):
        raise refusal("InvalidRequestException", "secret column")

    monkeypatch.setattr(world.warehouse, "start_query_execution", refuse)
    handle()

    (line,) = [record for record in caplog.records if record.message == "a source has failed"]
    assert (line.source_id, line.phase) == ("churn", "resting")
    assert not any("secret column" in str(vars(record)) for record in caplog.records)


def test_a_source_that_nobody_has_defined_is_acknowledged_with_a_line_in_the_log(world, caplog):
    handle()

    assert "there is no such source" in caplog.messages
