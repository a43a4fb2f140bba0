"""The door for interactions with fakes behind it: keys, a queue and a key ring that may be out of reach."""

import base64
import copy
import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

from functions.ingest_collect import app
from shopkeeper import keyring
from shopkeeper.customer import write_keys

SAMPLES = {
    path.name.split(".")[1]: path for path in (Path(__file__).parents[1] / "events").glob("ingest_collect.*.json")
}
CONTEXT = SimpleNamespace(
    function_name="ingest_collect", memory_limit_in_mb=512, invoked_function_arn="arn", aws_request_id="r-1"
)
NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


class Keys:
    def __init__(self):
        self.known, self.outage, self.origins = {}, None, ()

    def find(self, text):
        if self.outage:
            raise self.outage
        kind = {"sk": "secret", "pk": "publishable"}.get(self.known.get(text, ""))
        return write_keys.WriteKey("5e" * 32, kind, "shop", NOW, origins=self.origins) if kind else None


class Messages:
    def __init__(self):
        self.sent, self.outage = [], None

    def send(self, messages):
        if self.outage:
            raise self.outage
        self.sent += [json.loads(message) for message in messages]


def sample(name):
    return json.loads(SAMPLES[name].read_text())


def key_of(event):
    body = event["body"]
    raw = gzip.decompress(base64.b64decode(body)) if event["isBase64Encoded"] else body
    return json.loads(raw)["writeKey"]


BATCH = sample("batch")
SECRET, PUBLISHABLE = key_of(BATCH), key_of(sample("page"))


def shop_with_keys():
    keys, messages = Keys(), Messages()
    keys.known = {SECRET: "sk", PUBLISHABLE: "pk"}
    return keys, messages


class Ring:
    def __init__(self):
        self.held = keyring.parse(json.dumps({"mint": "1", "1": "r" * 64}))

    def get(self, now):
        return self.held


class Shown:
    def __init__(self):
        self.calls, self.outage = [], None

    def note(self, call):
        if self.outage:
            raise self.outage
        self.calls.append(call)


def open_with_fakes(patch):
    """The keys; what stands behind the door beside them is `app.queue()`, `app.key_ring()` and `app.live_calls()`."""
    keys, messages = shop_with_keys()
    ring = Ring()
    fakes = {"keys": keys, "queue": messages, "key_ring": ring, "live_calls": Shown()}
    for name, fake in fakes.items():
        patch.setattr(app, name, lambda fake=fake: fake)
    return keys


def post(call, body, **headers):
    event = copy.deepcopy(BATCH) | {"rawPath": f"/v1/{call}", "body": body, "headers": headers}
    if isinstance(body, bytes):
        event |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    return send(event)


def send(event):
    answer = app.handler(event, CONTEXT)
    return answer["statusCode"], json.loads(answer["body"]), answer["headers"]


def items(*calls, **shared):
    return json.dumps({"batch": list(calls), "writeKey": SECRET, **shared})


def track(number=1):
    return {"type": "track", "userId": "42", "event": "Tea Poured", "messageId": f"m-{number}"}
