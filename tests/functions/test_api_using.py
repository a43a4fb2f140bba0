"""The people behind a number of a report: a segment of them, and another letter to those who did not open."""

import pytest
from moto import mock_aws

from tests.api_world import CAMPAIGN, World, ask, refusal

PATH = "/v1/campaigns/spring"
UNOPENED = {"op": "outcome", "activity": "campaign:spring", "is": "unopened", "window": "ever"}

VARIANTS = [{"id": "a", "template": "news", "share": 60}, {"id": "b", "template": "news", "share": 40}]
TRIED = {name: said for name, said in CAMPAIGN.items() if name != "template"} | {
    "variants": VARIANTS,
    "winner": {"after_minutes": 60, "test_percent": 20},
}


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        world.define()
        world.put(PATH, CAMPAIGN | {"rate": 9, "first": {"count": 5}})
        ask("POST", f"{PATH}/launch")
        yield world


def test_whoever_stands_behind_a_number_becomes_a_segment(world):
    wanted = {"id": "quiet", "name": "Did not open", "outcome": "unopened"}

    status, made, _ = ask("POST", f"{PATH}/segment", wanted)

    assert (status, made) == (201, {"id": "quiet", "version": 1, "rule": UNOPENED})
    assert world.get("/v1/segments/quiet")[1]["definition"]["rule"] == UNOPENED
    assert ask("POST", f"{PATH}/segment", wanted)[0] == 200, "the same once more"
    assert ask("POST", f"{PATH}/segment", wanted | {"outcome": "opened"})[0] == 412
    targeted = ask("POST", f"{PATH}/segment", {"id": "all", "outcome": "targeted"})[1]["rule"]
    assert [each["is"] for each in targeted["of"]] == ["sent", "not_sent"]


def test_a_link_is_named_as_the_report_has_it(world):
    url = world.get(f"{PATH}/report")[1]["links"][0]["url"]

    made = ask("POST", f"{PATH}/segment", {"id": "keen", "outcome": "clicked", "link": url})[1]

    assert made["rule"] == UNOPENED | {"is": "clicked", "link": url}


@pytest.mark.parametrize(
    ("wanted", "fields"),
    [
        ({"outcome": "opened_any"}, ["outcome"]),
        ({"outcome": "in_flight"}, ["outcome"]),
        ({"outcome": "liked"}, ["outcome"]),
        ({"outcome": "clicked", "link": "https://else.example/"}, ["link"]),
        ({"outcome": "opened", "link": "https://shop.example/"}, ["link"]),
        ({"outcome": "targeted", "link": "https://shop.example/"}, ["link"]),
        ({"id": "No Good", "outcome": "opened"}, ["id"]),
        ({}, ["outcome"]),
    ],
)
def test_what_cannot_be_asked_of_customers_is_refused_by_its_field(world, wanted, fields):
    assert refusal(ask("POST", f"{PATH}/segment", {"id": "some"} | wanted)) == (400, fields)


def test_who_did_not_open_gets_another_campaign_that_is_like_the_first(world):
    refused = ask("POST", f"{PATH}/resend", {"id": "spring-again", "template": "gone"})
    assert refusal(refused) == (400, ["template"])
    assert world.get("/v1/segments/spring-unopened")[0] == 404, "nothing was written"

    status, made, _ = ask("POST", f"{PATH}/resend", {"id": "spring-again", "name": "Once more"})

    audience = {"op": "in_segment", "id": "spring-unopened"}
    assert (status, made["rule"]) == (201, audience)
    assert world.get("/v1/segments/spring-unopened")[1]["definition"]["rule"] == UNOPENED
    seen = world.get("/v1/campaigns/spring-again")[1]
    assert seen["launch"] is None
    assert seen["definition"] == CAMPAIGN | {"name": "Once more", "audience": audience, "rate": 9, "class": "marketing"}
    assert ask("POST", f"{PATH}/resend", {"id": "spring"})[0] == 412


@pytest.mark.parametrize("said", [TRIED, {name: said for name, said in TRIED.items() if name != "winner"}])
def test_who_did_not_open_one_of_several_letters_gets_the_one_that_is_named_or_the_several_anew(world, said):
    world.put("/v1/campaigns/cv", said)
    ask("POST", "/v1/campaigns/cv/launch")

    named = ask("POST", "/v1/campaigns/cv/resend", {"id": "cv-again", "template": "news"})
    unnamed = ask("POST", "/v1/campaigns/cv/resend", {"id": "cv-anew"})

    assert (named[0], unnamed[0]) == (201, 201)
    seen = {each: world.get(f"/v1/campaigns/{each}")[1]["definition"] for each in ("cv", "cv-again", "cv-anew")}
    audience = {"audience": {"op": "in_segment", "id": "cv-unopened"}}
    assert seen["cv-again"] == CAMPAIGN | audience | {"class": "marketing"}
    assert seen["cv-anew"] == seen["cv"] | audience


def test_it_takes_a_launch_and_somebody_who_may(world):
    world.put("/v1/campaigns/summer", CAMPAIGN)
    for verb, wanted in (("segment", {"id": "some", "outcome": "sent"}), ("resend", {"id": "some"})):
        assert ask("POST", f"/v1/campaigns/summer/{verb}", wanted)[0] == 409
        assert ask("POST", f"/v1/campaigns/else/{verb}", wanted)[0] == 404
        assert ask("POST", f"{PATH}/{verb}", wanted, group="agent")[0] == 403
