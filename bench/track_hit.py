"""One click, from the event to the redirect: ours against pytracking with Fernet, and boto3 for the queue."""

import json
import os
import time
from uuid import uuid5

import boto3
import pytracking
from botocore.awsrequest import AWSResponse
from cryptography.fernet import Fernet, InvalidToken

from bench.rounds import Speed
from functions.track_click import app
from shopkeeper import ids, keyring, pages, tokens
from shopkeeper.aws import tracking, wire
from shopkeeper.aws.channel import Channel
from shopkeeper.aws.sigv4 import Credentials
from shopkeeper.clock import Clock

TARGET = "https://shop.example/summer/new-arrivals?colour=blue#first"
QUEUE = "https://sqs.eu-west-1.amazonaws.com/123456789012/interactions"
SESSION = "x" * 800  # About as long as a role's session token is.
SEND = uuid5(ids.SENDS, "bench")
CONTENT = ids.content_ref("bench", 1)
SECRET = json.dumps({"mint": "1", "1": "0123456789abcdef" * 4})
RING = keyring.parse(SECRET)
OURS = tokens.mint(RING, tokens.Kind.CLICK, SEND, CONTENT)
THEIRS = pytracking.Configuration(
    base_click_tracking_url="https://t.shop.example/c/", encryption_bytestring_key=Fernet.generate_key()
)


def event(segment):
    headers = {"host": "t.shop.example", "accept": "*/*", "user-agent": "Mozilla/5.0", "x-forwarded-for": "203.0.113.9"}
    return {
        "version": "2.0",
        "headers": headers,
        "requestContext": {"http": {"method": "GET", "sourceIp": "203.0.113.9"}, "requestId": "Zx9aFhBzliAEJYg="},
        "pathParameters": {"token": segment, "n": "0"},
        "isBase64Encoded": False,
    }


def their_link():
    metadata = {"send_id": str(SEND), "content": CONTENT.hex(), "link": 0}
    return pytracking.get_click_tracking_url(TARGET, metadata, configuration=THEIRS).rpartition("/")[2]


def their_handler(put):
    """What one would write with pytracking: the same answer, the same facts to the queue."""
    headers = pages.missing()["headers"]

    def handler(event, _context):
        segment = event["pathParameters"]["token"]
        request = {"id": event["requestContext"]["requestId"], "method": event["requestContext"]["http"]["method"]}
        try:
            found = pytracking.get_click_tracking_result(segment, request_data=request, configuration=THEIRS)
        except InvalidToken:
            return {"statusCode": 404, "headers": dict(headers), "body": "", "isBase64Encoded": False}
        put(found)
        location = headers | {"Location": found.tracked_url}
        return {"statusCode": 302, "headers": location, "body": "", "isBase64Encoded": False}

    return handler


class Stored:
    """Stands where the connection stands and answers what a key ring and a link table are read from, once."""

    host = "aws.example"

    def post(self, headers, *_):
        if headers["X-Amz-Target"].endswith("GetItem"):
            item = {"links": {"S": json.dumps([{"url": TARGET}])}, "home": {"S": "https://shop.example/"}}
            return 200, json.dumps({"Item": item}).encode()
        return 200, json.dumps({"SecretString": SECRET}).encode()


def remembering(call):
    return wire.Wire(call, "eu-west-1", Credentials("id", "secret", SESSION), Stored(), Clock())


class Kept:
    """Takes hits and keeps the last one."""

    def put(self, hit):
        self.last = hit


def our_handler(hits):
    """With the key ring and the link table in memory, as they are for nearly every hit."""
    ring = tracking.KeyRingSecret(remembering(wire.GET_SECRET), "ring")
    links = tracking.StoredLinks(remembering(wire.GET_ITEM), "definitions", "sends")
    app.key_ring, app.links, app.hits = lambda: ring, lambda: links, lambda: hits
    return app.handler


def compare(theirs, ours, their_good, our_good):
    """Both redirect to the same place, and answer every bad token alike and without a redirect."""
    for answer in (theirs(event(their_good), None), ours(event(our_good), None)):
        assert (answer["statusCode"], answer["headers"]["Location"], answer["body"]) == (302, TARGET, "")
    for handler, good in ((theirs, their_good), (ours, our_good)):
        bad = [handler(event(segment), None) for segment in (good[:-3], good[:9] + "A" + good[10:], "x", "")]
        assert all(answer == bad[0] for answer in bad)
        assert bad[0]["statusCode"] == 404
        assert "Location" not in bad[0]["headers"]


def handler_only():
    kept, seen = Kept(), []
    theirs = their_handler(lambda found: seen.append(found) if not seen else None)
    ours = our_handler(kept)
    their_good = their_link()
    compare(theirs, ours, their_good, OURS)
    assert seen[0].metadata == {"send_id": kept.last.token.send_id, "content": kept.last.token.content_ref, "link": 0}
    their_event, our_event = event(their_good), event(OURS)
    return lambda: theirs(their_event, None), lambda: ours(our_event, None)


class Answer:
    status = 200

    def read(self):
        return b'{"MessageId":"1","MD5OfMessageBody":"0"}'


class StubConnection:
    """Stands for http.client below, as the stub of boto3 does for urllib3: neither side opens a socket."""

    class sock:  # noqa: N801
        settimeout = staticmethod(lambda _: None)

    def request(self, _method, _path, body, _headers):
        self.last = body

    def getresponse(self):
        return Answer()


class Raw:
    def stream(self, *_, **__):
        yield Answer().read()


def stubbed_boto3(sent):
    client = boto3.client(
        "sqs",
        region_name="eu-west-1",
        aws_access_key_id="id",
        aws_secret_access_key="secret",
        aws_session_token=SESSION,
    )

    def answer(request, **_):
        sent["body"] = request.body
        return AWSResponse(request.url, 200, {"content-type": "application/x-amz-json-1.0"}, Raw())

    client.meta.events.register("before-send.sqs.SendMessage", answer)
    return client


def their_message(found):
    at = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(found.timestamp))
    send_id, request_id = found.metadata["send_id"], found.request_data["id"]
    return {
        "subject": f"send:{send_id}",
        "message_id": f"{send_id}/click/{request_id}",
        "type": "track",
        "name": "Email Link Clicked",
        "at": at,
        "received_at": at,
        "source": "tracking",
        "trusted": True,
        "properties": {"content": found.metadata["content"], "class": "unknown", "link": found.metadata["link"]},
    }


def with_queue():
    sent = {}
    sqs = stubbed_boto3(sent)
    theirs = their_handler(lambda found: sqs.send_message(QueueUrl=QUEUE, MessageBody=json.dumps(their_message(found))))
    connection = StubConnection()
    channel = Channel("https://sqs.eu-west-1.amazonaws.com", lambda _: connection)
    ours_sqs = wire.Wire(wire.SEND_MESSAGE, "eu-west-1", Credentials("id", "secret", SESSION), channel, Clock())
    ours = our_handler(tracking.HitQueue(ours_sqs, QUEUE))
    their_good = their_link()
    compare(theirs, ours, their_good, OURS)
    theirs(event(their_good), None), ours(event(OURS), None)
    assert facts(sent["body"]) == facts(connection.last)
    their_event, our_event = event(their_good), event(OURS)
    return lambda: theirs(their_event, None), lambda: ours(our_event, None)


def facts(body):
    """What stands in the message, but for the instant."""
    sent = json.loads(body)
    assert sent["QueueUrl"] == QUEUE
    return {name: value for name, value in json.loads(sent["MessageBody"]).items() if not name.endswith("at")}


os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")
CASES = [
    Speed("click, handler only, pytracking", handler_only, target=3.0, calls=300),
    Speed("click with queue, pytracking + boto3", with_queue, target=12.0, calls=40),
]
