"""Layouts and snippets over the API, and the templates that hold them."""

import pytest
from moto import mock_aws

from tests.api_world import TEMPLATE, World, refusal

LAYOUT = {"html": '<body>{{ content }}{% snippet "footer" %}</body>'}
FOOTER = {"html": '<p>{{ brand.footer_address }} <a href="{{ unsubscribe_url }}">No more</a></p>'}
NEWS = {"subject": "News", "html": "<h1>Boots</h1>", "layout": "shop"}


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        yield World(monkeypatch)


def laid_out(world):
    world.put("/v1/snippets/footer", FOOTER)
    world.put("/v1/layouts/shop", LAYOUT)
    return world.put("/v1/templates/news", NEWS)


def test_a_template_stands_in_its_layout_with_its_snippets_and_says_of_which_versions_it_is_made(world):
    status, made, _ = laid_out(world)

    assert (status, made["warnings"]) == (201, [])
    assert made["made_of"] == [
        {"kind": "layout", "id": "shop", "version": 1},
        {"kind": "snippet", "id": "footer", "version": 1},
    ]
    assert "<h1>Boots</h1><p>1 High Street" in world.get("/v1/templates/news/render")[1]["html"]


def test_a_version_keeps_its_snippet_and_putting_that_again_tells_which_templates_hold_the_older_one(
    world,
):
    laid_out(world)
    world.put("/v1/templates/other", TEMPLATE)
    newer = world.put("/v1/snippets/footer", {"html": f"Bye {FOOTER['html']}"})[1]

    assert newer["templates"] == [{"template": "news", "version": 1, "holds": 1}]
    assert "Bye" not in world.get("/v1/templates/news/render")[1]["html"]


def test_putting_a_template_again_takes_the_newest_parts_and_nothing_new_where_they_are_the_same(world):
    laid_out(world)
    same = world.put("/v1/templates/news", NEWS)[1]["version"]
    world.put("/v1/snippets/footer", {"html": f"Bye {FOOTER['html']}"})
    newer = world.put("/v1/templates/news", NEWS)[1]

    assert (same, newer["version"], newer["made_of"][1]["version"]) == (1, 2, 2)
    assert "Bye" in world.get("/v1/templates/news/render")[1]["html"]
    assert world.get("/v1/snippets/footer")[1]["templates"] == [{"template": "news", "version": 2, "holds": 2}]
    world.put("/v1/templates/news", TEMPLATE)
    assert world.get("/v1/layouts/shop")[1]["templates"] == []


def test_what_is_not_there_or_not_right_is_refused_by_its_field(world):
    world.put("/v1/snippets/footer", FOOTER)

    assert refusal(world.put("/v1/templates/news", NEWS)) == (400, ["layout"])
    assert refusal(world.put("/v1/templates/news", TEMPLATE | {"text": '{% snippet "footer" %}'})) == (400, ["text"])
    assert refusal(world.put("/v1/layouts/shop", {"html": "<body></body>", "text": "{{ nope }}"})) == (400, ["text"])
    assert refusal(world.put("/v1/layouts/shop", {"html": "<body></body>"})) == (400, ["html"])
    assert refusal(world.put("/v1/snippets/other", {"html": '{% snippet "footer" %}'})) == (400, ["html"])
    assert world.get("/v1/snippets/other")[0] == 404


def test_a_snippet_is_told_by_each_template_what_it_shows(world):
    button = {"values": {"link": None, "label": "Look"}, "html": '<a href="{{ value.link }}">{{ value.label }}</a>'}
    told = '{% snippet "button", link: "https://shop.example/boots" %}'
    made = world.put("/v1/snippets/button", button)[1]
    template = TEMPLATE | {"html": TEMPLATE["html"] + told}

    assert made["definition"]["values"] == button["values"]
    assert world.put("/v1/templates/news", template)[1]["links"][-1] == "https://shop.example/boots"
    assert refusal(world.put("/v1/templates/news", TEMPLATE | {"html": '{% snippet "button" %}'})) == (400, ["html"])
    assert refusal(world.put("/v1/snippets/button", button | {"values": {"Link": "", "a": "{"}})) == (
        400,
        ["values.Link", "values.a"],
    )
