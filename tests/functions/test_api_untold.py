"""Events that a rule asks for and nobody ever told, where rules are put and looked at."""

import pytest
from moto import mock_aws

from shopkeeper.api import untold
from shopkeeper.customer.names import EVENT, Name
from tests.api_world import CAMPAIGN, World
from tests.rules import all_of

SLIP = {"op": "count", "measure": {"event": "Shoes Tied"}, "window": "ever", "cmp": "ge", "n": 1}
RIGHT = SLIP | {"measure": {"event": "Shoe Tied"}}
ORDERS = SLIP | {"measure": {"event": "Order Completed"}}
STRANGE = {"op": "abandoned", "did": {"event": "Shoe Tied"}, "without": {"event": "Xyz"}, "grace": {"seconds": 60}}
MEANT = "no interaction was ever told by the name Shoes Tied: did you mean Shoe Tied?"
NOTHING = "no interaction was ever told by the name Xyz"


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        world.define()
        world.adapters["names"].note(Name(EVENT, "Shoe Tied", "shop", "2026-03-01"))
        yield world


def test_a_preview_a_segment_and_a_campaign_name_what_nobody_told(world):
    asked = all_of(ORDERS, RIGHT, SLIP, STRANGE)

    seen = world.post("/v1/segments/preview", {"rule": asked})[1]["warnings"]
    assert seen == [
        {"field": "rule.all.of[2].measure.event", "message": MEANT},
        {"field": "rule.all.of[3].without.event", "message": NOTHING},
    ]
    made = world.put("/v1/segments/tied", {"rule": RIGHT, "parts": [{"id": "a", "rule": SLIP}, {"id": "b"}]})[1]
    assert made["warnings"] == [{"field": "parts.0.rule.measure.event", "message": MEANT}]
    assert world.get("/v1/segments/tied")[1]["warnings"] == made["warnings"]
    campaign = world.put("/v1/campaigns/spring", CAMPAIGN | {"audience": SLIP})[1]
    assert campaign["warnings"] == [{"field": "audience.measure.event", "message": MEANT}]


def test_nothing_is_said_where_names_were_told_that_nobody_looked_at(world, monkeypatch):
    monkeypatch.setattr(untold, "MOST_NAMES", 1)
    world.adapters["names"].note(Name(EVENT, "A", "shop", "2026-03-01"))

    assert world.post("/v1/segments/preview", {"rule": SLIP})[1]["warnings"] == []
