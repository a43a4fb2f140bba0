"""Assets over the API: kept by what is in them, and pinned by each version of a template."""

import base64

import pytest
from moto import mock_aws

from tests import tables
from tests.api_world import TEMPLATE, World, refusal
from tests.domain.test_mail_pictures import GIF, png

LOGO = {"alt": "Our logo", "image": base64.b64encode(png()).decode()}
NEWS = TEMPLATE | {"html": TEMPLATE["html"] + '<img src="{% asset "logo" %}">'}


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        tables.client("s3").create_bucket(Bucket="files")
        yield World(monkeypatch)


def test_a_picture_is_kept_by_what_is_in_it_and_shown_by_its_name(world):
    status, made, _ = world.put("/v1/assets/logo", LOGO)
    name = made["definition"]["image"]

    assert (status, made["definition"]["alt"], name.partition(":")[0]) == (201, "Our logo", "sha256")
    assert [made[word] for word in ("media", "width", "height", "bytes")] == ["image/png", 3, 2, len(png())]
    assert made["url"] == f"https://t.shop.example/a/{name[7:]}.png"
    assert world.adapters["assets"].read(name[7:]) == (png(), "image/png")
    assert world.put("/v1/assets/logo", LOGO)[1]["version"] == 1
    assert world.get("/v1/assets/logo")[1] == made
    assert world.get("/v1/assets")[1]["items"][0]["definition"] == made["definition"]


def test_its_words_change_without_sending_it_again(world):
    first = world.put("/v1/assets/logo", LOGO)[1]
    second = world.put("/v1/assets/logo", first["definition"] | {"alt": "The shop's logo"})[1]

    assert (second["version"], second["url"], second["width"]) == (2, first["url"], 3)
    unknown = {"alt": "x", "image": f"sha256:{'0' * 64}"}
    assert refusal(world.put("/v1/assets/other", unknown)) == (400, ["image"])


@pytest.mark.parametrize(
    "wrong",
    [{"image": "!"}, {"image": base64.b64encode(b"<svg/>").decode()}, {"image": ""}, {"alt": ""}, {"alt": " "}],
)
def test_what_is_no_picture_or_has_no_words_is_refused_by_its_field(world, wrong):
    assert refusal(world.put("/v1/assets/logo", LOGO | wrong)) == (400, list(wrong))


def test_a_template_holds_the_picture_of_the_day_it_was_put(world):
    assert refusal(world.put("/v1/templates/news", NEWS)) == (400, ["html"])
    logo = world.put("/v1/assets/logo", LOGO)[1]
    made = world.put("/v1/templates/news", NEWS)[1]
    newer = world.put("/v1/assets/logo", {"alt": "New", "image": base64.b64encode(GIF).decode()})[1]

    assert made["made_of"] == [{"kind": "asset", "id": "logo", "version": 1}]
    assert newer["templates"] == [{"template": "news", "version": 1, "holds": 1}]
    picture = f'<img alt="Our logo" src="{logo["url"]}">'
    assert picture in world.get("/v1/templates/news/render")[1]["html"]
    assert world.put("/v1/templates/news", NEWS)[1]["version"] == 2
    assert newer["url"] in world.get("/v1/templates/news/render")[1]["html"]
