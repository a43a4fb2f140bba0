"""What is counted, as a writer has heard of it; and who is owed a measure."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from shopkeeper.aws.definitions import Definitions, Version
from shopkeeper.aws.measure_rules import KIND, MeasureRules, standing
from shopkeeper.aws.owed_measures import OwedMeasures
from shopkeeper.clock import Clock
from shopkeeper.customer.measures.registered import registered
from tests import tables

DEAR = {"event": "Product Viewed", "where": [{"prop": "price", "cmp": "ge", "value": 10}], "tiles": False}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class World:
    def __init__(self):
        self.now = NOON
        self.definitions = Definitions(tables.create("DefinitionsTable"), "DefinitionsTable", self.clock)
        self.rules = MeasureRules(self.definitions, UTC, self.clock)

    @property
    def clock(self):
        return Clock(lambda: self.now.timestamp())

    def define(self, name, said, number=1):
        text = json.dumps({"retired": False} | said)
        self.definitions.save(Version(KIND, name, number, text, "2026-03-01T12:00:00.000Z", "u-1"), text)


@pytest.fixture
def world():
    with mock_aws():
        yield World()


def test_a_writer_hears_of_it_within_a_minute(world):
    assert world.rules.knowing(frozenset()).registered == {}
    world.define("dear", DEAR)

    world.now += timedelta(seconds=59)
    assert world.rules.knowing(frozenset()).registered == {}
    world.now += timedelta(seconds=1)
    assert world.rules.knowing(frozenset()).registered == {registered(DEAR).id: registered(DEAR)}


def test_a_writer_who_meets_what_it_does_not_know_asks_at_once(world):
    world.rules.knowing(frozenset())
    world.define("dear", DEAR)

    id_ = registered(DEAR).id
    assert id_ in world.rules.knowing({id_}).registered
    assert "0" * 16 not in world.rules.knowing({"0" * 16}).registered


def test_what_is_retired_is_asked_for_no_more(world):
    world.define("dear", DEAR)
    world.define("tile", DEAR | {"tiles": True})
    world.define("dear", DEAR | {"retired": True}, number=2)

    assert standing(world.definitions).keys() == {"tile"}


def test_all_pages_of_definitions_are_read(world, monkeypatch):
    monkeypatch.setattr("shopkeeper.aws.measure_rules._PAGE", 1)
    for name in ("one", "three", "two"):
        world.define(name, DEAR)

    assert standing(world.definitions).keys() == {"one", "two", "three"}


def test_who_is_owed_again_meanwhile_stays_so():
    with mock_aws():
        dynamodb = tables.create("RecordsTable")
        owed = OwedMeasures(dynamodb, "RecordsTable", 1)
        assert owed.load("c1") == ""
        for by in ("m1", "m2"):
            dynamodb.put_item(**owed.put_of("c1", by, "2026-03-01T12:00:00.000Z"))

        owed.settle("c1", "m1")
        assert owed.load("c1") == "m2"
        owed.settle("c1", "m2")
        assert owed.load("c1") == ""
