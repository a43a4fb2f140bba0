"""Members of a list over the API: each entry and each leave is an interaction, told once."""

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from shopkeeper.customer import lists
from shopkeeper.customer.store import arrival
from tests.api_world import World, ask, refusal

MEMBERS = {"add": ["user:42", "email:Jo@Example.com", "user:42"], "remove": ["anon:f00"]}


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        world.put("/v1/lists/friends", {"name": "Friends"})
        yield world


def change(body, **headers):
    return ask("POST", "/v1/lists/friends/members", body, **headers)


def test_who_enters_and_who_leaves_is_an_interaction_that_can_be_stored_and_folded(world):
    assert change(MEMBERS)[:2] == (202, {"accepted": 3})

    told = {each.subject: each for each in world.queued()}
    assert {subject: each.name for subject, each in told.items()} == {
        "user:42": "List Entered",
        "email:jo@example.com": "List Entered",
        "anon:f00": "List Left",
    }
    for each in told.values():
        assert lists.stated(each)["friends"].is_on == (each.name == "List Entered")
        assert (each.trusted, each.source) == (True, "api")
        arrival.read(arrival.interaction.encode(each))


def test_a_request_sent_again_tells_the_same(world, monkeypatch):
    give = world.adapters["answers"].give
    monkeypatch.setattr(world.adapters["answers"], "give", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        change(MEMBERS, idempotency_key="k")
    first = {each.key for each in world.queued()}
    monkeypatch.setattr(world.adapters["answers"], "give", give)

    assert change(MEMBERS, idempotency_key="k")[0] == 202
    assert {each.key for each in world.queued()} == first
    assert change(MEMBERS, idempotency_key="k")[1] == {"accepted": 3}
    assert world.queued() == []
    change(MEMBERS, idempotency_key="l")
    assert not first & {each.key for each in world.queued()}


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, [""]),
        ({"add": ["42"]}, ["add.0"]),
        ({"add": ["user:1", "user:guest", "user:", "email:jo", "send:1", 7]}, ["add.5"]),
        ({"add": ["user:1", "user:guest", "user:", "email:jo", "send:1"]}, ["add.1", "add.2", "add.3", "add.4"]),
        ({"add": ["user:1"], "remove": ["user:2", "user:1"]}, ["remove.1"]),
        ({"add": ["user:" + "x" * 600]}, ["add.0"]),
        ({"add": [f"user:{n + 1}" for n in range(300)], "remove": [f"anon:{n + 1}" for n in range(300)]}, [""]),
        ({"add": [f"user:{n + 1}" for n in range(501)]}, ["add"]),
    ],
)
def test_each_bad_member_is_named_and_nobody_enters(world, body, fields):
    assert refusal(change(body)) == (400, fields)
    assert world.queued() == []


def test_a_list_must_be_there(world):
    assert ask("POST", "/v1/lists/else/members", MEMBERS)[0] == 404
    assert world.queued() == []


def test_an_outage_of_the_queue_is_told(world, monkeypatch):
    def busy(**_):
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "SendMessageBatch")

    monkeypatch.setattr(world.sqs, "send_message_batch", busy)
    assert refusal(change(MEMBERS)) == (503, [])


def test_only_marketers_change_a_list(world):
    for group in ("viewer", "agent", ""):
        assert change(MEMBERS, group=group)[0] == 403
