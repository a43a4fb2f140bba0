"""The policy over the marketer API."""

import pytest
from moto import mock_aws

from tests.api_world import World, refusal

PATH = "/v1/policy"
POLICY = {
    "caps": [{"most": 2, "days": 7}, {"most": 1, "hours": 36, "topics": ["news"]}],
    "kept_for": {"priority": 8, "places": 1},
}


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        world.define()
        yield world


def test_there_is_an_empty_policy_from_the_start_and_each_that_is_put_is_a_version(world):
    assert world.get(PATH, group="viewer")[1]["definition"] == {}
    wanted = POLICY | {"caps": [{"most": 2, "days": 7}, {"most": 3, "hours": 36, "topics": ["news"]}]}
    wanted |= {"quiet": {"from": "21:00", "to": "08:00"}, "approval_over": 5000}
    wanted |= {"holidays": [{"date": "2026-12-25"}, {"date": "2026-10-03", "countries": ["DE"]}]}

    status, answer, _ = world.put(PATH, wanted)

    assert (status, answer["version"], answer["definition"]) == (201, 1, wanted)
    assert world.put(PATH, wanted)[0] == 200
    assert world.get(PATH)[1]["definition"] == wanted
    assert world.get(PATH, query="version=0")[1]["definition"] == {}
    assert refusal(world.put(PATH, {}, if_match='"7"')) == (412, ["If-Match"])


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"caps": [{"most": 0, "days": 1}]}, ["caps.0.most"]),
        ({"holidays": [{"date": "25.12.2026"}]}, ["holidays.0.date"]),
        ({"caps": [{"most": 31, "days": 31}]}, ["caps.0.most", "caps.0.days"]),
        ({"caps": [{"most": 1}]}, ["caps.0"]),
        ({"caps": [{"most": 1, "days": 1, "hours": 1}]}, ["caps.0"]),
        ({"caps": [{"most": 1, "days": 1, "topics": []}]}, ["caps.0.topics"]),
        ({"caps": [{"most": 1, "days": 1, "topics": ["news", "gone"]}]}, ["caps.0.topics.1"]),
        ({"caps": [{"most": 2, "days": 7}] * 6}, ["caps"]),
        (POLICY, ["kept_for.places"]),
        ({"kept_for": POLICY["kept_for"]}, ["kept_for"]),
        ({"kept_for": {"priority": 10, "places": 1}}, ["kept_for.priority"]),
        ({"cap": []}, ["cap"]),
        ({"quiet": {"from": "24:00", "to": "8:00"}}, ["quiet.from", "quiet.to"]),
        ({"quiet": {"from": "21:00"}}, ["quiet.to"]),
        ({"approval_over": -1}, ["approval_over"]),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(world, said, fields):
    assert refusal(world.put(PATH, said)) == (400, fields)
    assert world.get(PATH)[1]["version"] == 0


def test_only_who_may_define_may_put_it(world):
    assert world.put(PATH, {}, group="agent")[0] == 403
