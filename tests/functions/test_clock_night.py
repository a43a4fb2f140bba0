"""Each night the walks of that day begin, once."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from moto import mock_aws

from functions.clock_night import app
from shopkeeper.aws.walks import Slices
from shopkeeper.clock import Clock
from shopkeeper.customer.walks import SLICES
from shopkeeper.segment import restoring
from tests import tables
from tests.campaign_world import context

SAMPLE = json.loads((Path(__file__).parents[2] / "events/clock_night.night.json").read_text())
NIGHT = datetime(2026, 3, 2, 2, 20, tzinfo=UTC)


@pytest.fixture
def slices(monkeypatch):
    with mock_aws():
        slices = Slices(tables.create("RecordsTable"), "RecordsTable", 4)
        monkeypatch.setattr(app, "slices", lambda: slices)
        yield slices


def night(monkeypatch, at):
    monkeypatch.setattr(app, "Clock", lambda: Clock(at.timestamp))
    app.handler(SAMPLE, context())


def test_the_view_of_members_is_made_whole_once(monkeypatch, slices):
    for day in range(2):
        night(monkeypatch, NIGHT + timedelta(days=day))
    assert {part.due_at for part in slices.load(restoring.WALK, range(SLICES))} == {"2026-03-02T02:20:00.000Z"}


@pytest.mark.parametrize("walk", ["fields/2026-03-02", "rfm/2026-03-02"])
def test_each_slice_of_the_walks_of_the_day_is_due(monkeypatch, slices, walk):
    night(monkeypatch, NIGHT)
    parts = slices.load(walk, range(SLICES))
    assert [part.number for part in parts] == list(range(SLICES))
    assert {part.due_at for part in parts} == {"2026-03-02T02:20:00.000Z"}
    assert {part.expires_at for part in parts} == {int((NIGHT + timedelta(days=7)).timestamp())}


def test_a_night_told_again_begins_nothing_again(monkeypatch, slices):
    night(monkeypatch, NIGHT)
    before = slices.load("rfm/2026-03-02", range(SLICES))
    night(monkeypatch, NIGHT + timedelta(minutes=5))
    assert slices.load("rfm/2026-03-02", range(SLICES)) == before
