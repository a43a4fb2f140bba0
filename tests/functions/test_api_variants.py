"""Campaigns of several letters over the API."""

from dataclasses import replace

import pytest
from moto import mock_aws

from shopkeeper.campaign.trial import Score, Winner
from tests.api_world import CAMPAIGN, World, ask, refusal

PATH = "/v1/campaigns/spring"
VARIANTS = [{"id": "a", "template": "news", "share": 60}, {"id": "b", "template": "news", "share": 40}]
UNSAID = {name: said for name, said in CAMPAIGN.items() if name != "template"}
TESTED = UNSAID | {"variants": VARIANTS}
WINNER = {"after_minutes": 60, "test_percent": 20}


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
    assert (made["template"], made["variants"], made["winner"]) == (None, pinned, None)
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
        (CAMPAIGN | {"winner": WINNER}, ["winner"]),
        (TESTED | {"winner": WINNER, "first": {"count": 9}, "most": 9}, ["winner"] * 2),
        (TESTED | {"winner": WINNER, "expires_after": 1}, ["winner.after_minutes"]),
        (TESTED | {"winner": {"by": "opens"}}, ["winner.by", "winner.after_minutes", "winner.test_percent"]),
        (TESTED | {"class": "service"}, ["variants.0.template", "variants.1.template"]),
    ],
)
def test_letters_that_make_no_sense_together_are_refused_by_their_fields(world, said, fields):
    assert refusal(world.put(PATH, said)) == (400, fields)


def test_a_launch_shows_how_its_winner_is_found_and_what_was_found(world):
    world.put(PATH, TESTED | {"winner": WINNER})
    made = ask("POST", f"{PATH}/launch")[1]["winner"]
    unknown = dict.fromkeys(("decides_at", "variant", "why", "as_of")) | {"scores": []}
    assert made == {"by": "human_clicks", "least": 100} | WINNER | unknown

    store, at = world.adapters["launches"], "2026-11-22T12:00:00.000Z"
    won = Winner(variant="b", why="tie", as_of=at, scores={"a": Score(120, 3), "b": Score(80, 2)})
    found = store.get("spring-1")
    store.put(replace(found, revision=found.revision + 1, decides_at=at, winner=won))

    shown = world.get(PATH)[1]["launch"]["winner"]
    assert (shown["decides_at"], shown["variant"], shown["why"], shown["as_of"]) == (at, "b", "tie", at)
    assert shown["scores"] == [
        {"variant": "a", "sent": 120, "clicked": 3, "ordered": 0},
        {"variant": "b", "sent": 80, "clicked": 2, "ordered": 0},
    ]
