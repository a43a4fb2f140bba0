"""The queue's side of an import: whose file it is, and a word to oneself when the time is up."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from moto import mock_aws

from functions.ingest_import import app
from shopkeeper.aws.queues import Queue
from shopkeeper.customer.importing import chunks
from tests.import_fakes import World

EVENTS = {path.name.split(".")[1]: path for path in (Path(__file__).parents[2] / "events").glob("ingest_import.*.json")}
FILE = "customer,day,amount\n" + "1,2024-05-01,5\n" * 5
PLENTY = 300_000


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World()
        imports = Queue(world.sqs, world.imports)
        monkeypatch.setattr(app, "importer", lambda: world.importer())
        monkeypatch.setattr(app, "imports", lambda: imports)
        yield world


def handle(event, left_ms=PLENTY):
    context = SimpleNamespace(
        function_name="f",
        memory_limit_in_mb=1024,
        invoked_function_arn="arn",
        aws_request_id="r-1",
        get_remaining_time_in_millis=lambda: left_ms,
    )
    return app.handler(event, context)


def sample(name, body=None):
    event = json.loads(EVENTS[name].read_text())
    if body is not None:
        event["Records"][0]["body"] = json.dumps(body)
    return event


@pytest.mark.parametrize("name", EVENTS)
def test_each_sample_brings_the_import_it_names_to_its_end(world, name):
    world.ask()
    world.upload(FILE)

    assert handle(sample(name)) == {"batchItemFailures": []}

    assert world.jobs.job("spring").state == "done"
    assert len(world.taken_in()) == 5


def test_a_file_that_outlasts_the_time_is_left_to_a_message_to_oneself(world, monkeypatch):
    monkeypatch.setattr(chunks, "ROWS", 2)
    world.ask()
    world.upload(FILE)
    event, rounds = sample("uploaded"), 0
    while event:
        handle(event, left_ms=app.RESERVE_MS)
        words = [json.loads(body) for body in world.messages(world.imports)]
        event, rounds = sample("continued", words[0]) if words else None, rounds + 1
        assert len(words) <= 1

    assert rounds == 3
    assert world.jobs.job("spring").state == "done"
    assert len(world.taken_in()) == 5


@pytest.mark.parametrize(
    "body",
    [
        {"import": "nobody-asked"},
        {"detail": {"object": {"key": "uploads/nobody-asked"}}},
        {"detail": {"object": {"key": "uploads/"}}},
        {"detail": {"object": {"key": "errors/spring.csv"}}},
        {"detail": {"object": {"key": "uploads/../spring"}}},
        {},
    ],
)
def test_a_file_that_belongs_to_no_import_is_acknowledged_with_a_line_in_the_log(world, body, caplog):
    world.ask()

    assert handle(sample("uploaded", body)) == {"batchItemFailures": []}

    assert "nobody asked for this import" in caplog.messages
    assert world.taken_in() == {}


def test_an_import_that_is_done_is_acknowledged_and_nothing_comes_in_twice(world):
    world.ask()
    world.upload(FILE)
    handle(sample("uploaded"))
    world.taken_in()

    assert handle(sample("uploaded")) == {"batchItemFailures": []}
    assert world.taken_in() == {}


def test_what_came_of_it_is_logged_and_nothing_of_a_row(world, caplog):
    world.ask()
    world.upload("customer,day,amount\nsecret-person,never,5\n")

    handle(sample("uploaded"))

    (line,) = [record for record in caplog.records if record.message == "import"]
    assert (line.import_id, line.state, line.rows, line.refused) == ("spring", "done", 1, 1)
    assert not any("secret-person" in str(vars(record)) for record in caplog.records)
