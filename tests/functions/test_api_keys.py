"""Write keys: shown once, limited to places and events, rotated without a gap, revoked for ever."""

import hashlib
import hmac
from datetime import timedelta

import pytest
from moto import mock_aws

from shopkeeper.aws.write_keys import WriteKeys
from shopkeeper.clock import Clock
from tests import api_world
from tests.api_world import World, refusal

SECRET = {"kind": "secret", "name": "server"}
PAGE = {
    "kind": "publishable",
    "name": "page",
    "allowed_origins": ["https://Shop.example/", "https://*.shop.example"],
    "events": ["Product Viewed"],
}
NOBODY = "0" * 64


@pytest.fixture(autouse=True)
def world(monkeypatch):
    with mock_aws():
        yield World(monkeypatch)


@pytest.fixture
def keys(world):
    return world.adapters["keys"]


def ask(*args, group="admin", **named):
    return api_world.ask(*args, group=group, **named)


def made(body=SECRET):
    status, key, _ = ask("POST", "/v1/keys", body)
    assert status == 201
    return key


def rotated(key, **asked):
    status, answer, _ = ask("POST", f"/v1/keys/{key['id']}/rotate", asked)
    return (status, answer) if status != 201 else answer


def listed():
    return {key["id"]: key for key in ask("GET", "/v1/keys")[1]["items"]}


def test_a_key_is_shown_once_and_works(keys):
    status, key, _ = ask("POST", "/v1/keys", SECRET, idempotency_key="k")
    again = ask("POST", "/v1/keys", SECRET, idempotency_key="k")

    assert status == 201
    assert key["key"].startswith("sk_test_")
    assert keys.find(key["key"]).name == "server"
    assert again[:2] == (201, {name: value for name, value in key.items() if name != "key"})
    assert len(keys.listed()) == 1


def test_a_revoked_key_is_refused_from_then_on(keys):
    key = made()

    assert ask("DELETE", f"/v1/keys/{key['id']}")[:2] == (204, None)
    assert keys.find(key["key"]) is None
    assert refusal(ask("DELETE", f"/v1/keys/{NOBODY}"))[0] == 404


def test_a_key_keeps_where_it_may_be_used_and_for_what(keys):
    key = made(PAGE)

    assert key["allowed_origins"] == ["https://shop.example", "https://*.shop.example"]
    found = keys.find(key["key"])
    assert [found.welcomes(f"https://{host}") for host in ("shop.example", "a.shop.example", "evil.example")] == [
        True,
        True,
        False,
    ]
    assert (found.may_track("Product Viewed"), found.may_track("Order Completed")) == (True, False)


def test_what_is_not_named_in_a_change_stays(keys):
    key = made(PAGE)
    changed = ask("PATCH", f"/v1/keys/{key['id']}", {"events": []})[1]

    assert changed == {name: value for name, value in key.items() if name != "key"} | {"events": []}
    assert listed()[key["id"]] == changed
    assert ask("PATCH", f"/v1/keys/{key['id']}", {"name": "the shop", "allowed_origins": []})[1]["name"] == "the shop"
    assert keys.find(key["key"]).origins == ()


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"kind": "master", "name": "x"}, ["kind"]),
        ({"kind": "secret", "name": " "}, ["name"]),
        ({"kind": "secret"}, ["name"]),
        (PAGE | {"allowed_origins": ["https://shop.example", "*"]}, ["allowed_origins.1"]),
        (SECRET | {"allowed_origins": ["https://shop.example"]}, ["allowed_origins"]),
        (PAGE | {"events": [""]}, ["events.0"]),
        (PAGE | {"events": ["e"] * 201}, ["events"]),
    ],
)
def test_a_key_that_cannot_be_made_names_the_fields_at_fault(body, fields):
    assert refusal(ask("POST", "/v1/keys", body)) == (400, fields)
    assert listed() == {}


def test_a_change_is_held_to_the_same_rules():
    assert refusal(ask("PATCH", f"/v1/keys/{made(PAGE)['id']}", {"allowed_origins": ["x"]})) == (
        400,
        ["allowed_origins.0"],
    )
    asked = {"allowed_origins": ["https://shop.example"]}
    assert refusal(ask("PATCH", f"/v1/keys/{made()['id']}", asked)) == (400, ["allowed_origins"])
    assert refusal(ask("PATCH", f"/v1/keys/{NOBODY}", asked))[0] == 404


def test_a_rotated_key_and_the_new_one_both_work_until_the_old_one_is_revoked(keys):
    old = made(PAGE)
    new = rotated(old)

    assert (new["predecessor"], listed()[old["id"]]["successor"]) == (old["id"], new["id"])
    assert new["key"] != old["key"]
    assert new["key"].startswith("pk_test_")
    assert all(new[name] == old[name] for name in ("name", "allowed_origins", "events"))
    assert keys.find(old["key"])
    assert keys.find(new["key"])
    ask("DELETE", f"/v1/keys/{old['id']}")
    assert keys.find(old["key"]) is None
    assert keys.find(new["key"])


def test_the_old_key_can_be_given_an_end(keys, monkeypatch):
    old = made()
    new = rotated(old, overlap_hours=24)
    assert keys.find(old["key"])

    def later(hours):
        now = Clock().now() + timedelta(hours=hours)
        return WriteKeys(keys._dynamodb, "DefinitionsTable", Clock(now.timestamp))

    assert later(23.9).find(old["key"])
    assert later(24.1).find(old["key"]) is None
    assert later(24.1).find(new["key"])
    ask("DELETE", f"/v1/keys/{old['id']}")
    assert keys.find(old["key"]) is None


def test_two_keys_of_a_line_work_at_most():
    first = made()
    second = rotated(first)

    assert rotated(first)[0] == rotated(second)[0] == 409
    ask("DELETE", f"/v1/keys/{first['id']}")
    assert rotated(first)[0] == 409
    third = rotated(second)
    ask("DELETE", f"/v1/keys/{third['id']}")  # It was lost before anybody had used it.
    assert rotated(second)["predecessor"] == second["id"]


def test_of_two_that_rotate_a_key_at_once_one_does(keys, monkeypatch):
    old = made()
    seen = keys.get(old["id"])
    rotated(old)
    monkeypatch.setattr(keys, "get", lambda key_id: seen)
    monkeypatch.setattr(type(seen), "valid_at", lambda key, now: key.successor == "" and key.id == old["id"])

    assert rotated(old)[0] == 409
    assert len(keys.listed()) == 2


def test_who_may_ask_is_told_what_signs_user_ids_and_it_stands_nowhere(world):
    key = made(PAGE)
    path = f"/v1/keys/{key['id']}/identity-secret"
    first, second = (ask("POST", path, idempotency_key=name)[1]["identity_secret"] for name in "ab")

    assert first == second == world.ring.held.identity_secrets(key["id"])[0]
    assert hmac.new(first.encode(), b"42", hashlib.sha256).hexdigest()
    for table in ("DefinitionsTable", "RecordsTable"):
        assert first not in str(world.dynamodb.scan(TableName=table)["Items"])
    assert ask("POST", f"/v1/keys/{made(PAGE)['id']}/identity-secret")[1]["identity_secret"] != first


def test_an_identity_secret_is_for_pages_and_needs_a_ring(world):
    assert refusal(ask("POST", f"/v1/keys/{made()['id']}/identity-secret"))[0] == 409
    assert refusal(ask("POST", f"/v1/keys/{NOBODY}/identity-secret"))[0] == 404
    path = f"/v1/keys/{made(PAGE)['id']}/identity-secret"
    world.ring.held = None
    assert refusal(ask("POST", path))[0] == 503


@pytest.mark.parametrize(
    "call",
    [
        ("POST", "/v1/keys", SECRET),
        ("PATCH", f"/v1/keys/{NOBODY}", {}),
        ("POST", f"/v1/keys/{NOBODY}/rotate", {}),
        ("POST", f"/v1/keys/{NOBODY}/identity-secret"),
        ("DELETE", f"/v1/keys/{NOBODY}"),
    ],
)
def test_only_who_runs_the_place_may_touch_keys(call):
    for group in ("viewer", "agent", "marketer", ""):
        assert refusal(ask(*call, group=group))[0] == 403


def test_a_secret_key_may_be_let_send_messages_and_its_successor_may_as_well():
    key = made(SECRET | {"messages": True})
    assert (key["messages"], made()["messages"]) == (True, False)
    assert rotated(key)["messages"]
    assert not ask("PATCH", f"/v1/keys/{key['id']}", {"messages": False})[1]["messages"]
    assert not listed()[key["id"]]["messages"]
    page = made(PAGE)
    assert refusal(ask("PATCH", f"/v1/keys/{page['id']}", {"messages": True})) == (400, ["messages"])
    assert refusal(ask("POST", "/v1/keys", PAGE | {"messages": True})) == (400, ["messages"])
