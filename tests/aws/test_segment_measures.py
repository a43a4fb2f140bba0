"""Measures that segments take are there as long as something takes them, and those of others stay as they are."""

import json
from datetime import UTC, datetime

import pytest
from moto import mock_aws
from msgspec.structs import replace

from shopkeeper.aws.definitions import Definitions, Version
from shopkeeper.aws.editions import Editions
from shopkeeper.aws.segment_measures import SegmentMeasures
from shopkeeper.aws.walks import Slices
from shopkeeper.clock import Clock
from shopkeeper.customer import walks
from shopkeeper.segment import publishing, rule
from shopkeeper.segment.edition import Edition, ref
from shopkeeper.segment.publishing import Wanted
from shopkeeper.segment.references import needs
from tests import tables
from tests.rules import count

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PRINTED = rule.read(
    count(1) | {"measure": {"event": "Order Completed", "where": [{"prop": "kind", "cmp": "eq", "value": "print"}]}}
)
(WANTED,) = needs([PRINTED]).values()
NAME = f"rule-{WANTED.id}"


class World:
    def __init__(self):
        dynamodb = tables.create("DefinitionsTable", "RecordsTable")
        clock = Clock(NOON.timestamp)
        self.definitions = Definitions(dynamodb, "DefinitionsTable", clock)
        self.editions = Editions(dynamodb, "DefinitionsTable", UTC, clock)
        self.slices = Slices(dynamodb, "RecordsTable", 1)
        self.measures = SegmentMeasures(self.definitions, self.editions, self.slices, clock)

    def publish(self):
        self.editions.put_rules([PRINTED])
        after = publishing.published(Edition(), [Wanted("printed", 1, ref(PRINTED))], "2026-03-02T12:00:00.000Z")
        self.editions.replace(after)
        return after

    def walk(self, name=NAME):
        version = self.definitions.newest("measure", name)
        for part in self.slices.load(version.made["walk"], range(walks.SLICES)):
            self.slices.save(walks.replace(part, finished=True, revision=part.revision + 1))

    def define(self, kind, name, said):
        self.definitions.save(Version(kind, name, 1, json.dumps(said), "", "u1"), json.dumps(said))


@pytest.fixture
def world():
    with mock_aws():
        yield World()


def test_one_that_is_asked_for_is_counted_once_everybody_has_it(world):
    world.measures.ensure({WANTED.id: WANTED})
    assert world.measures.standing() == {NAME: WANTED}
    assert world.measures.counted() == set()
    world.walk()
    assert world.measures.counted() == {WANTED.id}


def test_one_that_is_there_is_not_asked_for_again(world):
    world.measures.ensure({WANTED.id: WANTED})
    world.measures.ensure({WANTED.id: WANTED})
    assert world.definitions.number("measure", NAME) == 1


def test_one_that_somebody_else_has_asked_for_is_taken(world):
    where = [{"prop": "kind", "cmp": "eq", "value": "print"}]
    world.define("measure", "print", {"event": "Order Completed", "where": where, "tiles": False, "retired": False})
    world.measures.ensure({WANTED.id: WANTED})
    assert list(world.measures.standing()) == ["print"]
    world.measures.retire(world.editions.fresh())
    assert list(world.measures.standing()) == ["print"]


def test_one_that_nothing_needs_any_more_goes_and_may_come_again(world):
    before = world.publish()
    world.measures.ensure({WANTED.id: WANTED})
    world.measures.retire(before)
    assert list(world.measures.standing()) == [NAME]
    after = publishing.retired(before, "printed")
    world.editions.replace(after)
    world.measures.retire(after)
    assert world.measures.standing() == {}
    world.measures.ensure({WANTED.id: WANTED})
    assert world.measures.standing() == {NAME: WANTED}
    assert world.definitions.number("measure", NAME) == 3


def test_one_that_an_audience_takes_stays(world):
    world.measures.ensure({WANTED.id: WANTED})
    world.define("campaign", "spring", {"audience": json.loads(rule.to_json(PRINTED))})
    world.measures.retire(Edition())
    assert list(world.measures.standing()) == [NAME]


def test_nothing_goes_where_somebody_publishes_meanwhile(world):
    world.measures.ensure({WANTED.id: WANTED})
    before = world.publish()
    world.editions.replace(replace(before, number=2))
    world.measures.retire(Edition())
    assert list(world.measures.standing()) == [NAME]


DEAR = {"event": "Looked", "amount": {"prop": "price", "currency": "USD", "cmp": "ge", "x": "20.00"}}
SPRING = {"op": "outcome", "activity": "campaign:spring", "is": "hard_bounced", "window": "ever"}


@pytest.mark.parametrize(
    "said",
    [
        count(1) | {"measure": DEAR},
        {"op": "last", "measure": {"event": "Looked"}, "prop": "color", "cmp": "eq", "value": "red"},
        SPRING,
        {"op": "total", "measure": {"event": "Looked"}, "prop": "price", "currency": "USD", "fn": "sum"}
        | {"window": {"days": {"n": 7}}, "cmp": "ge", "x": "5"},
    ],
)
def test_a_measure_of_every_kind_is_read_again_as_what_it_is(world, said):
    (wanted,) = needs([rule.read(said)]).values()

    world.measures.ensure({wanted.id: wanted})

    assert world.measures.standing() == {f"rule-{wanted.id}": wanted}
