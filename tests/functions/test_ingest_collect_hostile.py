"""The whole corpus of bad input at the door: never our fault, by item and field where an item is at fault, and the good
items beside it are kept."""

import base64
import gzip
import json
import zlib

import pytest

from functions.ingest_collect import app
from tests.collect_world import BATCH, CONTEXT, SECRET, open_with_fakes, post

GOOD = '{"type": "track", "userId": "42", "event": "Tea Poured", "messageId": "%s"}'
DEEP = '{"a": ' * 9 + "1" + "}" * 9
# What stands for the properties of an item, and what the item is told.
PROPERTIES = {
    '{"total": NaN}': ("not_a_number", "properties.total"),
    '{"total": [1, Infinity]}': ("not_a_number", "properties.total[1]"),
    '{"total": -Infinity}': ("not_a_number", "properties.total"),
    '{"total": 1e400}': ("number_too_large", "properties.total"),
    f'{{"total": {"9" * 40}}}': ("number_too_long", "properties.total"),
    f'{{"total": 0.{"1" * 40}}}': ("number_too_long", "properties.total"),
    '{"total": 1, "total": 2}': ("duplicate_key", "properties.total"),
    '{"a": {"b": 1, "b": 2}}': ("duplicate_key", "properties.a.b"),
    '{"name": "\\ud800"}': ("not_unicode", "properties.name"),
    '{"\\udfff": 1}': ("not_unicode", "properties.\\udfff"),
    '{"name": "a\\u0000b"}': ("nul", "properties.name"),
    '{"": 1}': ("empty_key", "properties"),
    '{"a\\u0000": 1}': ("nul", "properties.a\0"),
    f'{{"a": {DEEP}}}': ("too_deep", "properties.a" + ".a" * 8),
    f'{{"note": "{"x" * 8193}"}}': ("text_too_long", "properties.note"),
    f'{{"{"k" * 129}": 1}}': ("key_too_long", f"properties.{'k' * 128}"),
    json.dumps({str(n): n for n in range(301)}): ("too_many_keys", "properties"),
    json.dumps({str(n): "x" * 8000 for n in range(5)}): ("too_large", ""),
    '{"$set": 1}': ("reserved_name", "properties.$set"),
    '{"sys_id": 1}': ("reserved_name", "properties.sys_id"),
    '"none"': ("not_an_object", "properties"),
    "[1]": ("not_an_object", "properties"),
}
# What stands for a whole item.
ITEMS = {
    "null": "not_an_object",
    "[]": "not_an_object",
    '"tea"': "not_an_object",
    "tea": "not_json",
    "{tea: 1}": "not_json",
    '{"a" 1}': "not_json",
    "[" * 50_000 + "]" * 50_000: "too_deep",
    '{"a":' * 50_000 + "1" + "}" * 50_000: "too_deep",
}
BODIES = {
    b"": (400, "not_json"),
    b"\0" * 100: (400, "not_json"),
    b"\xff\xfe{\x00}\x00": (400, "not_json"),
    b"<xml/>": (400, "not_json"),
    b"[" * 200_000: (400, "not_json"),
    b'{"batch": [': (400, "not_json"),
    b'{"batch": ["a': (400, "not_json"),
    b'{"batch": {}}': (400, "no_batch"),
    b'{"batch": [], "batch": []}': (400, "duplicate_key"),
    b"\x1f\x8b": (400, "not_gzip"),
    gzip.compress(b"{}")[:-3]: (400, "not_gzip"),
    gzip.compress(b"{}") + b"more": (400, "not_gzip"),
    gzip.compress(b"0" * 10**7): (413, "body_too_large"),
    gzip.compress(gzip.compress(b"0" * 10**8)): (400, "not_json"),
    zlib.compress(b"{}"): (400, "not_json"),
    b" " * (1024 * 1024 + 1): (413, "body_too_large"),
}


@pytest.fixture(autouse=True)
def messages(monkeypatch):
    open_with_fakes(monkeypatch)
    return app.queue()


def told(item):
    """The verdict on an item between two good ones, which are kept."""
    text = f'{{"writeKey": "{SECRET}", "batch": [{GOOD % "m-1"}, {item}, {GOOD % "m-3"}]}}'
    status, answer, _ = post("batch", text)
    assert (status, answer["accepted"], answer["success"]) == (200, 2, False)
    assert [message["message_id"] for message in app.queue().sent] == ["m-1", "m-3"]
    assert [item["status"] for item in answer["items"]] == ["accepted", "refused", "accepted"]
    assert answer["items"][1]["index"] == 1
    return answer["items"][1]["code"], answer["items"][1].get("field", "")


@pytest.mark.parametrize(("properties", "verdict"), PROPERTIES.items(), ids=[code for code, _ in PROPERTIES.values()])
def test_an_item_at_fault_is_told_its_field(properties, verdict):
    assert told(GOOD.replace("}", f', "properties": {properties}}}') % "m-2") == verdict


@pytest.mark.parametrize(("item", "code"), ITEMS.items(), ids=range(len(ITEMS)))
def test_what_is_no_item_costs_its_neighbours_nothing(item, code):
    assert told(item)[0] == code


@pytest.mark.parametrize(("body", "verdict"), BODIES.items(), ids=range(len(BODIES)))
@pytest.mark.parametrize("call", ["batch", "b", "import"])
def test_what_cannot_be_read_is_the_senders_fault(call, body, verdict):
    status, answer, _ = post(call, body, authorization=f"Bearer {SECRET}")
    assert (status, answer["code"]) == verdict
    assert app.queue().sent == []


@pytest.mark.parametrize("name", ["__proto__", "constructor", "prototype"])
def test_names_that_would_change_programs_that_read_them_are_dropped(name):
    item = GOOD.replace("}", f', "properties": {{"{name}": {{"admin": true}}, "sku": "boots"}}, "{name}": 1}}') % "m-2"
    status, answer, _ = post("t", item, authorization=f"Bearer {SECRET}")
    assert (status, answer["accepted"]) == (200, 1)
    assert app.queue().sent[0]["properties"] == {"sku": "boots"}


def test_a_number_beyond_64_bits_stays_exact():
    item = GOOD.replace("}", f', "properties": {{"order_id": {"9" * 38}}}}}') % "m-2"
    post("t", item, authorization=f"Bearer {SECRET}")
    assert app.queue().sent[0]["properties"] == {"order_id": "9" * 38}


def test_five_hundred_items_are_taken_and_the_rest_is_told_once():
    calls = ", ".join(GOOD % f"m-{n}" for n in range(700))
    _, answer, _ = post("batch", f'{{"writeKey": "{SECRET}", "batch": [{calls}]}}')
    assert (answer["accepted"], len(answer["items"]), answer["items"][-1]["code"]) == (500, 501, "too_many_items")


@pytest.mark.parametrize("headers", [{"content-encoding": "gzip"}, {"content-encoding": "br"}, {"content-type": "a/b"}])
def test_headers_that_say_something_else_change_nothing(headers):
    body = (GOOD % "m-1").encode()
    assert post("track", body, authorization=f"Bearer {SECRET}", **headers)[0] == 200


BAD = b"\xff"
MANY_EVENTS = b'{"BatchItem": {"e": {"Events": {%s}}}}'
PUT_EVENTS = {
    b'{"BatchItem": {%s}}' % b",".join(b'"%x":{}' % n for n in range(95_000)): 400,
    MANY_EVENTS % b",".join(b'"%x":1' % n for n in range(100_000)): 202,
    MANY_EVENTS % b",".join(b'"%s%x":1' % (BAD * 2000, n) for n in range(500)): 202,
    b'{"BatchItem": {"%s": {}}}' % (BAD * 1_000_000): 202,
}


@pytest.mark.parametrize(("body", "status"), PUT_EVENTS.items(), ids=range(len(PUT_EVENTS)))
def test_no_batch_of_pinpoint_makes_an_answer_larger_than_lambda_can_give(body, status):
    path = {"rawPath": "/v1/apps/x/events", "pathParameters": {"app": SECRET}, "isBase64Encoded": True}
    answer = app.handler(BATCH | path | {"body": base64.b64encode(body).decode()}, CONTEXT)
    assert answer["statusCode"] == status
    assert len(json.dumps(answer)) < 4_000_000
