"""Each minute a word for each shard."""

import json
from pathlib import Path

import pytest
from moto import mock_aws

from functions.clock_tick import app
from tests.campaign_world import CampaignWorld, context

SAMPLE = json.loads((Path(__file__).parents[2] / "events/clock_tick.minute.json").read_text())


@pytest.mark.parametrize("shards", [1, 12])
def test_each_shard_of_the_due_indexes_is_told_that_a_minute_has_passed(monkeypatch, shards):
    monkeypatch.setenv("DUE_SHARDS", str(shards))
    with mock_aws():
        world = CampaignWorld()
        monkeypatch.setattr(app, "drains", lambda: world.drain)

        app.handler(SAMPLE, context())

        told = {json.loads(body)["shard"] for body in world.messages("drain")}
    assert told == {str(number) for number in range(shards)}
