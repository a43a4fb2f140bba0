"""What pages send, with Segment's browser SDK or our own snippet."""

import copy
import hmac
import json

import pytest

from functions.ingest_collect import app
from shopkeeper.customer.collect import door
from tests.collect_world import BATCH, PUBLISHABLE, SECRET, items, open_with_fakes, post, send, track


@pytest.fixture
def keys(monkeypatch):
    return open_with_fakes(monkeypatch)


@pytest.fixture
def messages(keys):
    return app.queue()


@pytest.fixture
def ring(keys):
    return app.key_ring()


@pytest.mark.parametrize(("short", "call"), sorted(door.SHORT.items()))
def test_the_browser_sdk_names_calls_by_their_first_letter(short, call, messages):
    said = track() | {"groupId": "g", "previousId": "f00", "writeKey": SECRET}
    assert post(short, items(track()) if call == "batch" else json.dumps(said))[1]["accepted"] == 1
    assert messages.sent[0]["type"] == ("track" if call == "batch" else call)


def page(**more):
    return json.dumps({"anonymousId": "f00", "name": "Home", "writeKey": PUBLISHABLE, **more})


def test_a_page_speaks_for_who_is_signed_in_if_the_shop_vouches_for_it(ring, messages):
    secret = ring.held.identity_secret("5e" * 32)
    user_hash = hmac.new(secret.encode(), b"42", "sha256").hexdigest()

    assert post("page", page(userId="42", user_hash=user_hash))[1]["accepted"] == 1
    assert (messages.sent[0]["subject"], messages.sent[0].get("trusted")) == ("user:42", None)
    _, body, _ = post("page", page(userId="43", user_hash=user_hash))
    assert (body["items"][0]["code"], body["items"][0]["field"]) == ("wrong_user_hash", "user_hash")


def test_without_a_key_ring_a_proof_is_for_later_and_no_refusal(ring, messages):
    ring.held = None
    assert post("page", page(userId="42", user_hash="0" * 64))[0] == 503
    assert post("page", page())[0] == 200


def test_a_key_may_be_for_pages_of_some_origins_only(keys):
    keys.origins = ("https://shop.example",)
    assert post("page", page(), Origin="https://shop.example")[0] == 200
    for headers in ({"origin": "https://evil.example"}, {"origin": "null"}, {}):
        status, body, _ = post("page", page(), **headers)
        assert (status, body["code"]) == (403, "origin_not_allowed")


def ask_for_settings(key, proto="https"):
    return send(
        copy.deepcopy(BATCH)
        | {
            "rawPath": f"/v1/projects/{key}/settings",
            "pathParameters": {"key": key},
            "headers": {"x-forwarded-proto": proto},
            "body": None,
        }
    )


def test_the_browser_sdk_is_told_to_send_to_where_it_asked(keys):
    status, body, headers = ask_for_settings(PUBLISHABLE, "http")
    assert (status, headers["cache-control"]) == (200, "public, max-age=300")
    told = body["integrations"]["Segment.io"]
    assert (told["apiKey"], told["protocol"]) == (PUBLISHABLE, "http")
    assert told["apiHost"] == f"{BATCH['requestContext']['domainName']}/v1"
    assert body["metrics"] == {"sampleRate": 0}


@pytest.mark.parametrize("key", [SECRET, "pk_dev_wrong", "x"])
def test_a_key_that_has_no_place_in_a_page_has_no_settings(key, keys):
    status, body, headers = ask_for_settings(key)
    assert (status, body["code"], headers["cache-control"]) == (404, "unknown_key", "no-store")
    assert SECRET not in json.dumps(body)
