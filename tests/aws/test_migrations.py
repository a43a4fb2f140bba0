"""Migrations of journeys in the Records table: each has a number of its own, and is written as it was read."""

import pytest
from moto import mock_aws
from msgspec import structs

from shopkeeper.aws.migrations import Migrations
from shopkeeper.journey.insiders.moving import Migration, Overtaken
from shopkeeper.journey.migrating import Asked
from tests import tables


@pytest.fixture
def migrations():
    with mock_aws():
        yield Migrations(tables.create("RecordsTable"), "RecordsTable")


def test_numbers_are_given_once_for_each_journey(migrations):
    assert [migrations.number(journey) for journey in ("cart", "cart", "specials", "cart")] == [1, 2, 1, 3]


def test_it_is_read_as_it_was_written_and_nobody_writes_over_anybody(migrations):
    asked = Asked(number=3, version=2, moves={"a": "b"})
    made = Migration(journey="cart", asked=asked, asked_at="2026-11-22T18:00:00.000Z", asked_by="jo", spread=60)
    migrations.save(made)
    later = structs.replace(made, phase="moving", standing={"1/a": 2}, revision=2)
    migrations.save(later)
    assert migrations.load("cart", 3) == later
    assert migrations.load("cart", 4) is None
    with pytest.raises(Overtaken):
        migrations.save(structs.replace(made, revision=2))
