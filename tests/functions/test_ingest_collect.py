import gzip
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.ingest_collect import app
from shopkeeper.aws.clients import Unavailable
from shopkeeper.aws.queues import NotTaken
from shopkeeper.customer.collect import door
from tests.collect_world import (
    BATCH,
    PUBLISHABLE,
    SAMPLES,
    SECRET,
    Shown,
    items,
    open_with_fakes,
    post,
    sample,
    send,
    shop_with_keys,
    track,
)


@pytest.fixture
def keys(monkeypatch):
    return open_with_fakes(monkeypatch)


@pytest.fixture
def messages(keys):
    return app.queue()


def test_a_batch_is_answered_with_a_verdict_for_each_item(messages):
    status, body, headers = send(BATCH)
    assert (status, headers["content-type"]) == (200, "application/json")
    assert body == {
        "success": False,
        "accepted": 2,
        "items": [
            {"index": 0, "status": "accepted", "message_id": "8d1f3c1e-0001"},
            {"index": 1, "status": "accepted", "message_id": "8d1f3c1e-0002"},
            {"index": 2, "status": "refused", "message_id": "8d1f3c1e-0003", "code": "missing", "field": "userId"},
        ],
    }
    assert [message["message_id"] for message in messages.sent] == ["8d1f3c1e-0001", "8d1f3c1e-0002"]
    assert messages.sent[0]["ids"] == {"user": "42", "email": "jo@example.com"}


def test_gzip_as_the_gateway_hands_it_over_is_read(messages):
    status, body, _ = send(sample("gzip"))
    assert (status, body["accepted"], body["success"]) == (200, 2, True)


def test_a_page_seen_in_a_browser_keeps_where_and_on_what_but_no_address(messages):
    status, _, _ = send(sample("page"))
    assert status == 200
    (message,) = messages.sent
    assert message["subject"] == "anon:f00-ba5"
    assert message["context"] == {
        "locale": "de-DE",
        "country": "DE",
        "zone": "Europe/Berlin",
        "device_class": "phone",
    }
    assert "203.0.113.9" not in json.dumps(message)
    assert "Mozilla" not in json.dumps(message)


def test_what_cannot_be_read_is_a_problem_that_says_so(messages):
    status, body, headers = send(sample("unreadable"))
    assert (status, headers["content-type"], body["code"]) == (400, "application/problem+json", "not_json")
    assert body["detail"] == body["message"] != ""
    assert messages.sent == []


@pytest.mark.parametrize("name", SAMPLES)
def test_no_sample_fails(name, keys):
    assert send(sample(name))[0] < 500


@pytest.mark.parametrize(
    ("call", "body", "status", "code"),
    [
        ("batch", "", 400, "not_json"),
        ("batch", "[]", 400, "not_json"),
        ("batch", "{}", 400, "no_batch"),
        ("track", "[]", 400, "not_an_object"),
        ("batch", b"\x1f\x8bxx", 400, "not_gzip"),
        ("batch", gzip.compress(b" " * 2_000_000), 413, "body_too_large"),
        ("batch", " " * 1_048_577, 413, "body_too_large"),
        ("batch", '{"batch": []}', 401, "unknown_key"),
        ("batch", '{"batch": [], "writeKey": "sk_dev_wrong"}', 401, "unknown_key"),
        ("purchase", "{}", 404, "unknown_call"),
    ],
)
def test_4xx_is_for_what_cannot_be_read_and_for_keys(call, body, status, code, keys):
    assert (post(call, body)[0], post(call, body)[1]["code"]) == (status, code)


def test_a_body_said_to_be_base64_that_is_none_is_unreadable(keys):
    assert send(BATCH | {"body": "ä?", "isBase64Encoded": True})[0] == 400


def test_bodies_are_read_as_json_whatever_their_type_is_said_to_be(messages):
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "image/png"):
        assert post("batch", items(track()), **{"content-type": content_type})[0] == 200
    assert len(messages.sent) == 3


def test_a_bearer_key_will_do_and_goes_before_the_one_in_the_body(messages):
    body = json.dumps({"batch": [track()], "writeKey": PUBLISHABLE})
    assert post("batch", body, Authorization=f"Bearer {SECRET}")[1]["accepted"] == 1


def test_import_marks_history(messages):
    post("import", items(track() | {"timestamp": "1997-01-01T00:00:00Z"}))
    assert (messages.sent[0]["source"], messages.sent[0]["at"]) == ("import", "1997-01-01T00:00:00.000Z")


def test_what_was_told_is_shown_to_those_who_watch(messages):
    send(BATCH)
    post("batch", "{}")
    post("batch", '{"batch": []}')
    messages.outage = NotTaken([0])
    post("batch", items(track()))
    calls = app.live_calls().calls
    assert [(call.call, call.status, call.code, call.accepted, dict(call.refused)) for call in calls] == [
        ("batch", 200, "", 2, {"missing": 1}),
        ("batch", 400, "no_batch", 0, {}),
        ("batch", 401, "unknown_key", 0, {}),
        ("batch", 200, "", 0, {"try_again": 1}),
    ]


def test_nobody_who_sends_suffers_where_it_cannot_be_shown(keys):
    app.live_calls().outage = Unavailable("InternalServerError")
    assert send(BATCH)[0] == 200
    assert post("batch", "{}")[0] == 400


def test_what_an_app_imports_is_a_batch_like_any_other(messages):
    """Segment's SDK for Android knows no other route."""
    said = {"type": "track", "anonymousId": "f00", "event": "Tea Poured", "timestamp": "1997-01-01T00:00:00Z"}
    assert post("import", json.dumps({"batch": [said], "writeKey": PUBLISHABLE}))[1]["accepted"] == 1
    (kept,) = messages.sent
    assert (kept["source"], kept["context"]) == ("collect", {"clock": "ours"})


@pytest.mark.parametrize("outage", [NotTaken([1]), NotTaken([0, 1]), Unavailable("InternalError")])
def test_nothing_is_acknowledged_unless_the_queue_took_everything(outage, messages):
    messages.outage = outage
    status, body, headers = post("batch", items(track(1), track(2)))
    assert (status, body["code"], headers["retry-after"]) == (503, "try_again", "5")


def test_who_can_read_it_is_told_which_items_to_send_again(messages):
    messages.outage = NotTaken([1])
    _, body, _ = post("batch", items(track(1), {"messageId": "m-2"}, track(3)))
    assert (body["success"], body["accepted"]) == (False, 1)
    assert [(item["index"], item["status"], item.get("code")) for item in body["items"]] == [
        (0, "accepted", None),
        (1, "refused", "missing"),
        (2, "refused", "try_again"),
    ]


def test_keys_that_cannot_be_looked_up_are_not_called_wrong(keys):
    keys.outage = Unavailable("InternalServerError")
    assert post("batch", items(track()))[0] == 503


def test_logs_name_neither_people_nor_keys(keys, monkeypatch):
    log = io.StringIO()
    monkeypatch.setattr(app.logger.registered_handler, "stream", log)
    send(BATCH)
    logged = log.getvalue()
    assert "collected" in logged
    assert not any(word in logged for word in ("jo@example.com", "203.0.113.9", SECRET, "analytics-python"))


PIECES = r"""
{"batch":[ {"type":"track","userId":"42","event":"x"} , ] } [ { " \ : {} NaN 1e999 null "sentAt": "context": "\u0000"
""".split()
pieces = st.sampled_from([*PIECES, f'"writeKey":"{SECRET}"', "\ud800", "\0", "9" * 50])


@given(st.lists(pieces, max_size=25).map("".join), st.sampled_from(sorted(door.CALLS)), st.booleans())
def test_no_body_whatever_is_our_fault(text, call, zipped):
    keys, messages = shop_with_keys()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "keys", lambda: keys)
        patch.setattr(app, "queue", lambda: messages)
        patch.setattr(app, "live_calls", Shown)
        body = gzip.compress(text.encode("utf-8", "surrogatepass")) if zipped else text
        status, answer, _ = post(call, body, authorization=f"Bearer {SECRET}")
    assert status in {200, 400}
    accepted = [item["message_id"] for item in answer.get("items", []) if item["status"] == "accepted"]
    assert [message["message_id"] for message in messages.sent] == accepted
