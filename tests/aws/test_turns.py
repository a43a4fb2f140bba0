"""Rows of what recurs: the series of a journey, moved only as it was read, and whose turn comes when."""

from dataclasses import replace

import pytest
from moto import mock_aws

from shopkeeper.aws.turns import TurnRows
from shopkeeper.journey.doors.turns import Series, Turn
from tests import tables

SERIES = Series(journey="welcome", due_at="2026-11-29T18:00:00.000Z")
NINE = Turn(journey="welcome", wall="2026-11-30T09:00", due_at="2026-11-30T08:00:00.000Z", customers=("jo", "kim"))


@pytest.fixture
def rows():
    with mock_aws():
        yield TurnRows(tables.create("RecordsTable"), "RecordsTable", 1)


def test_a_series_begins_anew_and_is_moved_or_goes_only_as_it_was_read(rows):
    assert rows.series("welcome") is None
    rows.begin(SERIES)
    other = replace(SERIES, due_at="2026-11-01T00:00:00.000Z")
    for due_at in ("", "2026-12-27T18:00:00.000Z"):
        rows.move(other, "now", due_at)
    assert rows.series("welcome") == SERIES

    rows.move(SERIES, "2026-11-29T18:00:01.000Z", "2026-12-27T18:00:00.000Z")
    moved = replace(SERIES, due_at="2026-12-27T18:00:00.000Z", since="2026-11-29T18:00:01.000Z")
    assert rows.series("welcome") == moved
    rows.begin(SERIES)
    rows.move(SERIES, "now", "")
    assert rows.series("welcome") is None


def test_turns_are_put_read_and_dropped(rows):
    later = replace(NINE, due_at="2026-11-30T20:00:00.000Z")
    rows.put([NINE, later])
    rows.put([NINE])
    assert (rows.load(NINE.name), rows.load(later.name)) == (NINE, later)
    rows.drop(NINE)
    assert (rows.load(NINE.name), rows.load(later.name)) == (None, later)
