"""The pixel is always served; what is remembered of it depends on the token alone."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.track_open import app
from shopkeeper.customer import interaction
from shopkeeper.tokens import PERSONAL, TEST, Kind
from tests.track_fakes import CLICK, OPEN, OTHER_ROOT, ROOT, SEND, FakeAws, Hands, adapters, event, token

EVENTS = Path(__file__).parents[2] / "events"
GIF = "R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=="
HEADERS = {
    "Cache-Control": "no-store, no-cache, private, max-age=0",
    "Pragma": "no-cache",
    "Expires": "0",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'",
    "Strict-Transport-Security": "max-age=31536000",
    "Content-Type": "image/gif",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
PIXEL = {"statusCode": 200, "headers": HEADERS, "body": GIF, "isBase64Encoded": True}


@pytest.fixture
def aws(monkeypatch):
    aws = FakeAws()
    for name, factory in adapters(aws, Hands()).items():
        monkeypatch.setattr(app, name, factory, raising=False)
    return aws


def opened(segment=OPEN, **how):
    return app.handler(event(segment, **how), None)


def remembered(aws):
    return [interaction.decode(body) for body in aws.queue]


def test_an_open_gets_the_pixel_and_is_remembered_with_one_request_to_the_queue(aws):
    assert opened() == PIXEL
    assert [seen.subject for seen in remembered(aws)] == [f"send:{SEND}"]
    assert aws.calls == ["GetSecretValue", "SendMessage"]


def test_the_pixel_is_a_gif_of_43_bytes_one_by_one_and_transparent(aws):
    pixel = base64.b64decode(opened()["body"])
    width_and_height, transparency = pixel[6:10], pixel[19:27]

    assert (len(pixel), pixel[:6], pixel[-1:]) == (43, b"GIF89a", b";")
    assert width_and_height == bytes([1, 0, 1, 0])
    assert transparency == bytes([0x21, 0xF9, 4, 1, 0, 0, 0, 0])


@given(st.text(max_size=80))
def test_whatever_stands_in_the_place_of_a_token_gets_the_same_pixel_and_leaves_no_trace(segment):
    aws = FakeAws()
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name, factory in adapters(aws, Hands()).items():
            monkeypatch.setattr(app, name, factory, raising=False)
        assert opened(segment) == PIXEL
    assert aws.queue == []


@pytest.mark.parametrize("segment", [CLICK, OPEN[:-1], OPEN + "=", ""])
def test_a_foreign_or_damaged_token_gets_the_pixel_and_leaves_no_trace(aws, segment):
    assert opened(segment) == PIXEL
    assert aws.queue == []


def test_a_head_request_gets_the_headers_alone_and_is_remembered_as_a_machine(aws):
    assert opened(method="HEAD") == PIXEL | {"body": "", "isBase64Encoded": False}
    assert remembered(aws)[0].properties["class"] == "machine"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get"])
def test_other_methods_are_told_what_is_allowed_and_leave_no_trace(aws, method):
    answer = opened(method=method)

    assert (answer["statusCode"], answer["headers"]["Allow"]) == (405, "GET, HEAD")
    assert aws.queue == []


def test_the_pixel_is_served_although_the_queue_fails(aws, capsys):
    aws.down.add("SendMessage")

    assert opened() == PIXEL
    (line,) = capsys.readouterr().out.splitlines()
    assert interaction.decode(json.loads(line)["interaction"]).subject == f"send:{SEND}"


def test_without_any_key_ring_a_hit_is_kept_as_unverified(aws):
    aws.down.add("GetSecretValue")

    assert opened() == PIXEL
    assert remembered(aws)[0].properties["unverified"] is True


def test_an_open_signed_with_a_leaked_key_is_not_remembered(aws):
    aws.secret = {"mint": "2", "1": ROOT, "2": OTHER_ROOT, "unsubscribe_only": ["1"]}

    assert opened() == PIXEL
    assert aws.queue == []


def test_a_test_mail_is_not_remembered(aws):
    assert opened(token(Kind.OPEN, TEST | PERSONAL)) == PIXEL
    assert aws.queue == []


@pytest.mark.parametrize(("case", "count"), [("valid", 1), ("head", 1), ("forged", 0)])
def test_the_sample_events_get_their_pixel(aws, case, count):
    sample = json.loads((EVENTS / f"track_open.{case}.json").read_text())

    assert app.handler(sample, None)["statusCode"] == 200
    assert len(aws.queue) == count
