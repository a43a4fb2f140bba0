"""A team connects what it has: producers of Pinpoint, pages with a rotated key; and watches what arrives."""

import hashlib
import hmac
import json
import subprocess
import sys
from datetime import timedelta

from tests.stories.test_collect import read, write_key

# Amazon's own SDK, unchanged but for the address; in a process of its own, because in this one AWS is the stack.
PRODUCER = """
import boto3, json, sys
from botocore.exceptions import ClientError
address, key, events = json.loads(sys.stdin.read())
keys = {"aws_access_key_id": "theirs", "aws_secret_access_key": "theirs", "region_name": "eu-west-1"}
client = boto3.client("pinpoint", endpoint_url=address, **keys)
endpoint = {"ChannelType": "EMAIL", "Address": "jo@example.com", "User": {"UserId": "42"}}
batch = {"BatchItem": {"phone-1": {"Endpoint": endpoint, "Events": events}}}
try:
    print(json.dumps(client.put_events(ApplicationId=key, EventsRequest=batch)["EventsResponse"]["Results"]["phone-1"]))
except ClientError as error:
    print(json.dumps(error.response["Error"]))
"""
VIEWED = {"EventType": "Product Viewed", "Timestamp": "2026-11-21T09:29:00Z", "Attributes": {"sku": "boots"}}


def put(stack, key, **events):
    said = json.dumps([stack.base_url, key, events])
    ran = subprocess.run([sys.executable, "-c", PRODUCER], input=said, capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)


def test_who_sent_to_pinpoint_goes_on_sending_with_the_same_sdk(stack):
    key = write_key(stack)["key"]
    answer = put(stack, key, good=VIEWED, bad=VIEWED | {"Timestamp": "soon"})
    stack.request("POST", "/_local/fail", json={"service": "sqs", "times": 2})
    again = put(stack, key, good=VIEWED)  # It tries until it is taken.
    stack.settle()

    assert answer["EndpointItemResponse"] == again["EndpointItemResponse"] == {"StatusCode": 202, "Message": "Accepted"}
    assert {name: told["StatusCode"] for name, told in answer["EventsItemResponse"].items()} == {
        "good": 202,
        "bad": 400,
    }
    customer = read(stack, "/v1/customers/email:jo@example.com")
    assert customer["measures"]["Product Viewed"]["count"] == 1
    assert put(stack, "an-application-of-old", good=VIEWED)["Code"] == "ForbiddenException"


def test_whoever_connects_a_shop_sees_what_arrives_whom_it_reached_and_how_fast(stack):
    key = write_key(stack)["key"]
    calls = [
        {"type": "track", "userId": "42", "event": "Tea Poured", "messageId": "m-1"},
        {"type": "track", "event": "Tea Poured", "messageId": "m-2"},
    ]
    stack.request("POST", "/v1/batch", json={"batch": calls, "writeKey": key})
    stack.request("POST", "/v1/batch", json={"batch": calls, "writeKey": "sk_local_mistyped"})
    (wrong, call) = read(stack, "/v1/live")["items"]
    assert (wrong["status"], wrong["code"]) == (401, "unknown_key")
    assert [(each["became"], each["code"], each["field"]) for each in call["items"]] == [
        ("refused", "missing", "userId"),
        ("on_its_way", None, None),
    ]

    stack.clock.advance(timedelta(seconds=2))
    stack.settle()
    landed = read(stack, "/v1/live?limit=2")["items"][1]["items"][1]
    assert landed["customer_id"] == read(stack, "/v1/customers/user:42")["customer_id"]
    assert 2 <= landed["seconds_to_land"] < 10


def test_a_pages_key_is_rotated_while_the_shop_is_open(stack):
    admin = {"authorization": f"Bearer {stack.token('admin')}"}
    old = write_key(stack, "publishable")
    new = stack.request("POST", f"/v1/keys/{old['id']}/rotate", json={"overlap_hours": 1}, headers=admin).json()
    asked = stack.request("POST", f"/v1/keys/{new['id']}/identity-secret", headers=admin).json()
    user_hash = hmac.new(asked["identity_secret"].encode(), b"42", hashlib.sha256).hexdigest()

    def page(key, **more):
        said = {"anonymousId": "f00", "name": "Home", "writeKey": key["key"], **more}
        return stack.request("POST", "/v1/p", json=said, headers={"origin": "https://shop.example"})

    assert [page(key).status for key in (old, new)] == [200, 200]
    assert page(new, userId="42", user_hash=user_hash).json()["success"]
    assert page(old, userId="42", user_hash=user_hash).json()["items"][0]["code"] == "wrong_user_hash"
    stack.clock.advance(timedelta(hours=1, seconds=60))
    assert [page(key).status for key in (old, new)] == [401, 200]
    stack.settle()
    assert read(stack, "/v1/customers/user:42")["identities"][0]["identity"] in {"user:42", "anon:f00"}
    allowed = {"allowed_origins": ["https://other.example"]}
    assert stack.request("PATCH", f"/v1/keys/{new['id']}", json=allowed, headers=admin).status == 200
    stack.clock.advance(timedelta(seconds=60))
    refused = page(new)
    assert (refused.status, refused.headers["access-control-allow-origin"]) == (403, "*")


def test_a_page_of_any_origin_may_ask_try_again_and_be_told_when(stack):
    key = write_key(stack, "publishable")["key"]
    wish = {"origin": "https://shop.example", "access-control-request-method": "POST"}
    wish |= {"access-control-request-headers": "authorization,content-type,x-retry-count"}
    allowed = stack.request("OPTIONS", "/v1/t", headers=wish).headers
    assert allowed["access-control-allow-origin"] == "*"
    assert set(wish["access-control-request-headers"].split(",")) <= set(
        allowed["access-control-allow-headers"].split(",")
    )

    stack.request("POST", "/_local/fail", json={"service": "sqs", "times": 2})
    said = {"anonymousId": "f00", "event": "Tea Poured", "messageId": "m-1", "writeKey": key}
    headers = {"origin": "https://shop.example", "content-type": "text/plain"}
    answers = [stack.request("POST", "/v1/t", json=said, headers=headers) for _ in range(2)]
    assert [answer.status for answer in answers] == [503, 200]
    assert answers[0].headers["retry-after"] == "5"
    assert answers[0].headers["access-control-expose-headers"] == "retry-after"
