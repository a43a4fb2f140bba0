"""PutEvents, answered as Pinpoint answers it."""

import copy
import json

import pytest

from functions.ingest_collect import app
from shopkeeper.aws.clients import Unavailable
from shopkeeper.aws.queues import NotTaken
from tests.collect_world import BATCH, PUBLISHABLE, SECRET, open_with_fakes, sample, send

EVENTS = {"BatchItem": {"e1": {"Endpoint": {"User": {"UserId": "42"}}, "Events": {"ev": {"EventType": "Tea Poured"}}}}}
SIGNED = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/eu-west-1/mobiletargeting/aws4_request, Signature=0"


@pytest.fixture
def keys(monkeypatch):
    return open_with_fakes(monkeypatch)


@pytest.fixture
def messages(keys):
    return app.queue()


def put(body=EVENTS, app_id=SECRET, **headers):
    body = body if isinstance(body, str) else json.dumps(body)
    path = {"rawPath": f"/v1/apps/{app_id}/events", "pathParameters": {"app": app_id}}
    return send(copy.deepcopy(BATCH) | path | {"body": body, "headers": {"Authorization": SIGNED, **headers}})


def test_the_write_key_stands_where_the_application_has_its_id(messages):
    status, body, _ = put()
    assert status == 202
    assert body["Results"]["e1"]["EventsItemResponse"] == {"ev": {"StatusCode": 202, "Message": "Accepted"}}
    assert [(message["type"], message["subject"]) for message in messages.sent] == [
        ("identify", "user:42"),
        ("track", "user:42"),
    ]


def test_it_may_also_be_sent_as_elsewhere(messages):
    assert put(app_id="our-old-application", Authorization=f"Bearer {SECRET}")[0] == 202


def test_the_sample_is_taken(messages):
    assert send(sample("put_events"))[0] == 202


@pytest.mark.parametrize(
    ("body", "app_id", "status", "kind"),
    [
        (EVENTS, "pk_dev_wrong", 403, "ForbiddenException"),
        ("{", SECRET, 400, "BadRequestException"),
        ({}, PUBLISHABLE, 400, "BadRequestException"),
        (" " * 1_048_577, SECRET, 413, "PayloadTooLargeException"),
    ],
)
def test_what_is_refused_raises_in_pinpoints_sdks_what_their_callers_know(body, app_id, status, kind, keys):
    answered, said, headers = put(body, app_id)
    assert (answered, headers["x-amzn-errortype"]) == (status, kind)
    assert said["Message"]


@pytest.mark.parametrize("outage", [NotTaken([1]), Unavailable("InternalError")])
def test_its_sdks_try_again_where_the_queue_did_not_take_everything(outage, messages):
    messages.outage = outage
    status, _, headers = put()
    assert (status, headers["retry-after"], headers["x-amzn-errortype"]) == (503, "5", "InternalServerErrorException")


def test_a_call_is_shown_by_its_name(messages):
    put()
    assert [(call.call, call.accepted) for call in app.live_calls().calls] == [("events", 2)]
