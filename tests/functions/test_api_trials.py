"""Test sends over the API: to testers, whom an admin names, in the lane of mail that goes at once."""

import json

import pytest
from moto import mock_aws

from tests.api_world import BRAND, TEMPLATE, World, refusal

WANTED = {"to": ["ann@shop.example", "Bob@shop.example"], "brand": "shop"}


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        world.put("/v1/brands/shop", BRAND)
        world.put("/v1/templates/news", TEMPLATE)
        yield world


def on_their_way(world):
    found = world.sqs.receive_message(QueueUrl=world.outgoing, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(each["Body"]) for each in found]


def mailed(world, group="marketer", **said):
    return world.post("/v1/templates/news/test-send", WANTED | said, group=group)


def test_an_admin_says_who_gets_test_sends_and_a_marketer_sends_them(world):
    testers = {"addresses": ["ann@shop.example", "bob@shop.example"]}

    assert world.put("/v1/mail/testers", testers, group="marketer")[0] == 403
    assert world.put("/v1/mail/testers", testers, group="admin")[0] == 201
    assert mailed(world, group="viewer")[0] == 403
    assert mailed(world)[:2] == (202, {"version": 1, "accepted": 2})
    assert [each["test"]["to"] for each in on_their_way(world)] == WANTED["to"]


def test_whoever_is_not_on_the_list_gets_none_and_nor_do_the_others(world):
    assert refusal(mailed(world)) == (400, ["to.0", "to.1"])
    world.put("/v1/mail/testers", {"addresses": ["ann@shop.example"]}, group="admin")

    assert refusal(mailed(world, brand="none")) == (400, ["to.1", "brand"])
    assert on_their_way(world) == []


def test_what_cannot_be_made_for_the_customer_is_said_at_once(world):
    world.put("/v1/mail/testers", {"addresses": WANTED["to"]}, group="admin")
    world.put("/v1/templates/news", TEMPLATE | {"subject": "{{ traits.city }}"})

    assert mailed(world)[0] == 409
    assert refusal(mailed(world, customer="nobody", brand="none")) == (400, ["brand", "customer"])
    assert json.dumps(on_their_way(world)) == "[]"
