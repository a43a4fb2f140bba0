"""Slices of walks in the Records table."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from moto import mock_aws

from shopkeeper.aws import due
from shopkeeper.aws.due import Due, DueRows
from shopkeeper.aws.walks import Slices
from shopkeeper.customer.walks import Overtaken, Slice
from tests import tables

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WALK = "measure/a1b2#3"
PART = Slice(walk=WALK, number=2, slices=4, due_at="2026-03-02T12:00:00.000Z", expires_at=1_800_000_000)


@pytest.fixture
def dynamodb():
    with mock_aws():
        yield tables.create("RecordsTable")


@pytest.fixture
def slices(dynamodb):
    return Slices(dynamodb, "RecordsTable", 4)


def test_a_slice_comes_back_as_saved_and_the_first_one_stays(slices):
    slices.add(PART)
    slices.add(replace(PART, after="other", number=0))
    slices.add(replace(PART, after="late"))

    assert slices.load(WALK, range(4)) == [replace(PART, after="other", number=0), PART]


def test_a_slice_is_saved_in_the_place_of_the_revision_before(slices):
    slices.add(PART)
    ended = replace(PART, after="c9", gathered={"nämen": [1]}, ended=True, finished=True, round=2, revision=2)

    slices.save(ended)

    assert slices.load(WALK, [2]) == [ended]
    with pytest.raises(Overtaken):
        slices.save(ended)


def test_a_slice_is_in_the_due_index_until_it_rests(slices, dynamodb):
    slices.add(PART)
    shard = due.shard(f"walk#{WALK}#2", 4)
    index = DueRows(dynamodb, "RecordsTable", "record")
    assert list(index.until(shard, NOON)) == [Due(f"walk#{WALK}#2", PART.due_at)]

    slices.save(replace(PART, due_at="", revision=2))

    assert list(index.until(shard, NOON)) == []
