"""A slice of the customers, and the rows of those whom the audience means."""

import json
from pathlib import Path

import pytest
from moto import mock_aws
from msgspec.structs import replace

from functions.campaign_plan import app
from shopkeeper.aws import customers
from shopkeeper.campaign.freeze import Freezer
from shopkeeper.customer import document
from shopkeeper.customer.document import Document
from shopkeeper.mail import ledger
from tests.campaign_world import CampaignWorld, context
from tests.launch_world import customer

EVENTS = Path(__file__).parents[2] / "events"
WHOLE = {"launch": "spring-1", "attempt": 1, "slices": 1, "slice": 0}
TOLD = {"slice": 0, "unreadable": 0, "turns": 1, "more": False, "after": ""}


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = CampaignWorld()
        freezer = Freezer(world.launches, world.customers, world.sends, world.clock, app.unread)
        monkeypatch.setattr(app, "freezer", lambda: freezer)
        world.put_launch("freezing")
        yield world


def planned(world):
    shards = ledger.activity_shards("campaign:spring", "spring-1")
    return sorted(row.customer_id for shard in shards for row in world.sends.of_shard(shard)[0])


def test_a_row_is_put_for_each_customer_of_the_audience(world):
    world.put_customers(3, 2, 5, 0)

    assert app.handler(WHOLE, context()) == WHOLE | TOLD | {"found": 2}
    assert planned(world) == ["c0", "c2"]


def test_what_there_is_no_time_for_goes_on_from_where_it_stopped(world, monkeypatch):
    monkeypatch.setattr(customers, "_PAGE", 2)
    world.put_customers(*[3] * 5)

    event, rounds = WHOLE, 0
    while event.get("more", True):
        event, rounds = app.handler(event, context(left_ms=app.RESERVE_MS)), rounds + 1

    assert (event["found"], rounds) == (5, 3)
    assert planned(world) == [f"c{n}" for n in range(5)]


def test_slices_frozen_twice_put_nobody_twice(world):
    world.put_customers(*[3] * 9)
    for slice_ in [0, 1, 2, 1, 0]:
        app.handler(WHOLE | {"slices": 3, "slice": slice_}, context())

    assert planned(world) == [f"c{n}" for n in range(9)]


def test_who_was_merged_into_another_customer_is_not_written_to_twice(world):
    world.put_customers(3, 3)
    gone = document.load(customer("c2", 5))
    world.customers.save(document.store(replace(gone, document=Document(merged_into="c0"))))

    assert app.handler(WHOLE, context())["found"] == 2
    assert planned(world) == ["c0", "c1"]


@pytest.mark.parametrize("change", [{"attempt": 2}, {"launch": "autumn-1"}])
def test_a_slice_of_a_launch_that_is_not_freezing_puts_nothing(world, change):
    world.put_customers(3)

    assert app.handler(WHOLE | change, context())["more"] is False
    assert planned(world) == []


def test_a_document_that_cannot_be_read_is_logged_by_its_id_alone(world, caplog):
    damaged = customer("c9", 4)
    world.customers.save(type(damaged)("c9", 1, '{"traits": "secret', b"", "[]"))

    assert app.handler(WHOLE, context())["unreadable"] == 1

    (line,) = [record for record in caplog.records if record.message == "document not readable"]
    assert line.customer_id == "c9"
    assert "secret" not in str(vars(line))


@pytest.mark.parametrize("name", ["slice", "resumed"])
def test_each_sample_is_a_slice(world, name):
    event = json.loads((EVENTS / f"campaign_plan.{name}.json").read_text())

    assert app.handler(event, context())["slice"] == 3
