"""Rows of customers whom a date lets into a journey: due, the newest document's, and moved only as they were read."""

from dataclasses import replace

import pytest
from moto import mock_aws

from shopkeeper.aws.coming import ComingRows
from shopkeeper.journey.doors.coming import Coming
from tests import tables

JO = Coming(journey="welcome", customer_id="jo", due_at="2026-11-22T09:00:00.000Z", version=3)


@pytest.fixture
def rows():
    with mock_aws():
        yield ComingRows(tables.create("RecordsTable"), "RecordsTable", 1)


def test_they_are_put_together_and_an_older_document_replaces_nothing(rows):
    kim = replace(JO, customer_id="kim")
    rows.put([JO, kim])
    rows.put([replace(JO, due_at="2026-12-01T09:00:00.000Z", version=2)])
    assert rows.load(["welcome/jo", "welcome/kim", "welcome/lee"]) == {"welcome/jo": JO, "welcome/kim": kim}

    newer = replace(JO, due_at="2026-12-01T09:00:00.000Z", version=3)
    rows.put([newer])
    assert rows.load(["welcome/jo"]) == {"welcome/jo": newer}
    rows.put([])


def test_they_are_moved_or_go_only_if_they_are_as_they_were_read(rows):
    rows.put([JO])
    for was in (replace(JO, version=2), replace(JO, due_at="2026-11-21T09:00:00.000Z")):
        for due_at in ("", "2027-11-22T09:00:00.000Z"):
            rows.move(was, due_at)
    assert rows.load(["welcome/jo"]) == {"welcome/jo": JO}

    rows.move(JO, "2027-11-22T09:00:00.000Z")
    moved = replace(JO, due_at="2027-11-22T09:00:00.000Z")
    assert rows.load(["welcome/jo"]) == {"welcome/jo": moved}
    rows.move(moved, "")
    assert rows.load(["welcome/jo"]) == {}
