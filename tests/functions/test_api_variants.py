"""Campaigns of several letters over the API."""

import pytest
from moto import mock_aws

from tests.api_world import CAMPAIGN, World, ask, refusal

PATH = "/v1/campaigns/spring"
VARIANTS = [{"id": "a", "template": "news", "share": 60}, {"id": "b", "template": "news", "share": 40}]
UNSAID = {name: said for name, said in CAMPAIGN.items() if name != "template"}
TESTED = UNSAID | {"variants": VARIANTS}


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        world.define()
        yield world


def test_a_launch_and_its_report_show_the_variants(world):
    world.put(PATH, TESTED)

    made = ask("POST", f"{PATH}/launch")[1]

    pinned = [each | {"template": "news#1"} for each in VARIANTS]
    assert (made["template"], made["variants"]) == (None, pinned)
    report = world.get(f"{PATH}/report")[1]
    assert [{name: each[name] for name in ("id", "template", "share")} for each in report["variants"]] == pinned
    assert world.get(f"{PATH}/recipients", query="outcome=sent&variant=a")[1]["items"] == []
    assert refusal(world.get(f"{PATH}/recipients", query="outcome=sent&variant=c")) == (400, ["variant"])


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        (CAMPAIGN | {"variants": VARIANTS}, ["template"]),
        (UNSAID, ["template"]),
        (TESTED | {"variants": VARIANTS[:1]}, ["variants"]),
        (TESTED | {"variants": VARIANTS * 5}, ["variants"]),
        (TESTED | {"variants": [VARIANTS[0], VARIANTS[0] | {"share": 40}]}, ["variants.1.id"]),
        (TESTED | {"variants": [VARIANTS[0], VARIANTS[1] | {"share": 39}]}, ["variants"]),
        (TESTED | {"variants": [VARIANTS[0], VARIANTS[1] | {"template": "gone"}]}, ["variants.1.template"]),
        (TESTED | {"variants": [VARIANTS[0], VARIANTS[1] | {"id": "a/b"}]}, ["variants.1.id"]),
        (TESTED | {"class": "service"}, ["variants.0.template", "variants.1.template"]),
    ],
)
def test_letters_that_make_no_sense_together_are_refused_by_their_fields(world, said, fields):
    assert refusal(world.put(PATH, said)) == (400, fields)
