"""Blocks over the API, and in the letters of templates that hold them."""

import pytest
from moto import mock_aws

from shopkeeper.aws.customers import Customers
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Document
from tests.api_world import TEMPLATE, World, refusal
from tests.rules import trait

GOLD = {"id": "gold", "when": trait("level", "eq", "gold"), "html": "<b>gold</b>"}
BLOCK = {"variants": [GOLD], "general": {"html": "<b>all</b>"}}
NEWS = TEMPLATE | {"html": '{% block "hero" %}' + TEMPLATE["html"]}


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        yield World(monkeypatch)


def test_a_preview_shows_the_variant_that_is_meant_for_the_customer_and_which_one_it_is(world):
    world.put("/v1/blocks/hero", BLOCK)
    made = world.put("/v1/templates/news", NEWS)[1]
    traits = {"email": "jo@shop.example", "level": "gold"}
    jo = Customer("jo", 1, Document(traits=traits, told=dict.fromkeys(traits, (0, "m"))))
    Customers(world.dynamodb, "CustomersTable").save(document.store(jo))
    shown = [world.get("/v1/templates/news/render", **asked)[1] for asked in ({}, {"query": "customer=jo"})]

    assert made["made_of"] == [{"kind": "block", "id": "hero", "version": 1}]
    assert [(each["blocks"], "<b>gold</b>" in each["html"]) for each in shown] == [
        ({"hero": "general"}, False),
        ({"hero": "gold"}, True),
    ]


def test_a_template_holds_a_block_as_it_was_and_putting_it_again_takes_the_newest(world):
    world.put("/v1/blocks/hero", BLOCK)
    world.put("/v1/templates/news", NEWS)
    newer = world.put("/v1/blocks/hero", BLOCK | {"general": {"html": "<b>anybody</b>"}})[1]

    assert newer["templates"] == [{"template": "news", "version": 1, "holds": 1}]
    assert "<b>all</b>" in world.get("/v1/templates/news/render")[1]["html"]
    assert world.put("/v1/templates/news", NEWS)[1]["version"] == 2
    assert world.put("/v1/templates/news", NEWS)[1]["version"] == 2
    assert world.get("/v1/blocks")[1]["items"][0]["definition"] == {}


def test_what_is_wrong_with_a_block_is_said_by_its_variant(world):
    def variant(**said):
        return BLOCK | {"variants": [GOLD, GOLD | {"id": "tin"} | said]}

    wrong = [
        {"variants": [GOLD]},
        BLOCK | {"variants": []},
        variant(id="gold"),
        variant(id="general"),
        variant(when={"op": "in_segment", "id": "gone"}),
        variant(html="{{ nope }}"),
        BLOCK | {"general": {"html": "x", "text": "{% if %}"}},
    ]

    assert [refusal(world.put("/v1/blocks/hero", each)) for each in wrong] == [
        (400, ["general"]),
        (400, ["variants"]),
        (400, ["variants.1.id"]),
        (400, ["variants.1.id"]),
        (400, ["variants.1.when.id"]),
        (400, ["variants.1.html"]),
        (400, ["general.text"]),
    ]
    assert refusal(world.put("/v1/templates/news", NEWS)) == (400, ["html"])
