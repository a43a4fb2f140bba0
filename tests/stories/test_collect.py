"""A shop's server and its web pages send interactions with the SDKs they have."""

import json
import logging
from datetime import timedelta

import pytest
import requests
from segment.analytics.client import Client
from segment.analytics.request import APIError

logging.getLogger("segment").setLevel(logging.CRITICAL)


def write_key(stack, kind="secret"):
    headers = {"authorization": f"Bearer {stack.token('admin')}"}
    answer = stack.request("POST", "/v1/keys", json={"kind": kind, "name": "shop"}, headers=headers)
    assert answer.status == 201, answer.text
    return answer.json()


def read(stack, path):
    answer = stack.request("GET", path, headers={"authorization": f"Bearer {stack.token('viewer')}"})
    assert answer.status == 200, answer.text
    return answer.json()


def rows(stack, subject):
    found = stack.client("dynamodb").query(
        TableName="InteractionsTable",
        KeyConditionExpression="subject = :subject",
        ExpressionAttributeValues={":subject": {"S": subject}},
    )
    return found["Items"]


def shopping(client):
    client.identify("42", {"email": "jo@example.com", "firstName": "Jo"}, message_id="m-1")
    client.page("42", "Shop", "Home", {"url": "https://shop.example.com/"}, message_id="m-2")
    order = {"order_id": "A-1001", "total": 29.33, "currency": "EUR"}
    client.track("42", "Order Completed", order, message_id="m-3")
    client.screen("42", "Shop", "Basket", message_id="m-4")
    client.group("42", "tea-club", {"name": "The Tea Club"}, message_id="m-5")
    client.alias("f00", "42", message_id="m-6")


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("at_once", [True, False], ids=["sync", "queued"])
def test_the_python_sdk_sends_what_happens_in_a_shop_and_the_picture_changes(stack, zipped, at_once):
    failed = []
    client = Client(
        write_key(stack)["key"],
        host=stack.base_url,
        gzip=zipped,
        sync_mode=at_once,
        on_error=lambda error, items: failed.append(error),
    )
    for _ in range(2):  # What it repeats is stored once.
        shopping(client)
    if not at_once:
        client.shutdown()
    stack.settle()

    assert failed == []
    customer = read(stack, "/v1/customers/user:42")
    assert customer["traits"]["firstName"] == "Jo"
    assert customer["orders"]["count"] == 1
    assert customer["orders"]["totals"] == {"EUR": {"amount": "29.33", "minor_units": 2933}}
    assert [row["message_id"]["S"] for row in rows(stack, "user:42")] == [f"m-{number}" for number in range(1, 7)]
    assert read(stack, "/v1/customers/email:jo@example.com")["customer_id"] == customer["customer_id"]


def test_an_sdk_that_knows_only_200_is_content_and_the_good_items_are_kept(stack):
    key = write_key(stack)["key"]
    calls = [
        {"type": "track", "userId": "42", "event": "Tea Poured", "messageId": "good-1"},
        {"type": "track", "event": "Tea Poured", "messageId": "without anybody"},
        {"type": "track", "userId": 42, "event": "Tea Poured", "messageId": "good-2"},
    ]
    body = json.dumps({"batch": calls}).replace('"without anybody"', "NaN")
    answer = requests.post(f"{stack.base_url}/v1/batch", data=body, auth=(key, ""), timeout=30)
    assert answer.status_code == 200
    assert [item["status"] for item in answer.json()["items"]] == ["accepted", "refused", "accepted"]
    stack.settle()
    assert read(stack, "/v1/customers/user:42")["measures"]["Tea Poured"]["count"] == 2


def test_a_visitor_seen_by_a_web_page_is_known_before_anybody_knows_their_name(stack):
    key = write_key(stack, "publishable")["key"]
    page = {"anonymousId": "f00", "name": "Home", "messageId": "ajs-1", "writeKey": key}
    answer = stack.request("POST", "/v1/page", body=json.dumps(page).encode(), headers={"content-type": "text/plain"})
    assert answer.json() == {
        "success": True,
        "accepted": 1,
        "items": [{"index": 0, "status": "accepted", "message_id": "ajs-1"}],
    }
    login = page | {"userId": "42", "messageId": "ajs-2"}
    answer = stack.request("POST", "/v1/identify", json=login)
    assert (answer.status, answer.json()["items"][0]["field"]) == (200, "userId")
    stack.settle()
    assert [row["name"]["S"] for row in rows(stack, "anon:f00")] == ["Home"]
    assert read(stack, "/v1/customers/anon:f00")["identities"][0]["identity"] == "anon:f00"


def test_a_key_that_is_wrong_or_revoked_is_told_so(stack):
    made = write_key(stack)
    client = Client(made["key"], host=stack.base_url, sync_mode=True)
    client.track("42", "Tea Poured")
    headers = {"authorization": f"Bearer {stack.token('admin')}"}
    assert stack.request("DELETE", f"/v1/keys/{made['id']}", headers=headers).status == 204
    stack.clock.advance(timedelta(seconds=60))
    for unwanted in (client, Client("sk_local_made_up", host=stack.base_url, sync_mode=True)):
        with pytest.raises(APIError) as caught:
            unwanted.track("42", "Tea Poured")
        assert (caught.value.status, caught.value.code) == (401, "unknown_key")
