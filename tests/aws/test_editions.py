"""Editions of the segments in the Definitions table."""

from datetime import UTC

import pytest
from moto import mock_aws

from shopkeeper.aws.editions import Editions
from shopkeeper.clock import Clock
from shopkeeper.segment import rule
from shopkeeper.segment.edition import Edition, Overtaken, Slot, ref
from tests import tables

RULE = rule.read({"op": "trait", "path": "city", "cmp": "exists"})
OTHER = rule.read({"op": "trait", "path": "name", "cmp": "exists"})


def slot(number, its=RULE, phase="ready"):
    return Slot(
        number=number, segment=f"s{number}", version=1, rule=ref(its), phase=phase, since="2026-11-20T00:00:00.000Z"
    )


class World:
    def __init__(self):
        self.dynamodb, self.now = tables.create("DefinitionsTable"), 1_000.0
        self.ours, self.theirs = self.editions(), self.editions()

    def editions(self):
        return Editions(self.dynamodb, "DefinitionsTable", UTC, Clock(lambda: self.now))

    def publish(self, number, *slots):
        self.theirs.put_rules([RULE, OTHER])
        self.theirs.replace(Edition(number, 9, slots))


@pytest.fixture
def world():
    with mock_aws():
        yield World()


def test_a_shop_starts_without_segments(world):
    assert world.ours.at_least(0).edition == Edition()


def test_what_is_published_is_known_a_minute_later(world):
    world.ours.at_least(0)
    world.publish(1, slot(1))
    world.now += 59
    assert world.ours.at_least(0).edition.number == 0
    world.now += 1
    assert world.ours.at_least(0).edition == Edition(1, 9, (slot(1),))
    assert world.ours.at_least(0).evaluator.ids == ("1",)


def test_a_newer_edition_than_is_known_is_read_at_once(world):
    world.ours.at_least(0)
    world.publish(1, slot(1))
    world.publish(2, slot(1), slot(2, OTHER, "building"))
    known = world.ours.at_least(2)
    assert known.edition.number == 2
    assert known.evaluator.ids == ("1", "2")


def test_only_one_of_two_makes_the_next_edition(world):
    world.publish(1, slot(1))
    with pytest.raises(Overtaken):
        world.ours.replace(Edition(1, 9, ()))
    with pytest.raises(Overtaken):
        world.ours.replace(Edition(3, 9, ()))
    world.ours.replace(Edition(2, 9, ()))
    assert world.theirs.fresh() == Edition(2, 9, ())


def test_a_rule_comes_back_as_it_was_put(world):
    world.publish(1, slot(1), slot(2, OTHER))
    assert world.ours.rules(world.ours.fresh()) == {ref(RULE): RULE, ref(OTHER): OTHER}
