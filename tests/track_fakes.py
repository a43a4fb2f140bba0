"""The world of the tracking functions: a mail that was sent, its links, and an AWS that knows three calls."""

import json
from datetime import UTC, datetime

from shopkeeper import ids, keyring, tokens
from shopkeeper.aws import wire
from shopkeeper.aws.channel import ChannelError
from shopkeeper.aws.sigv4 import Credentials
from shopkeeper.aws.tracking import HitQueue, KeyRingSecret, StoredLinks
from shopkeeper.aws.wire import Wire
from shopkeeper.clock import Clock
from shopkeeper.tokens import Kind
from shopkeeper.track.request import Request

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ROOT = "0123456789abcdef" * 4
OTHER_ROOT = "fedcba9876543210" * 4
SECRET = {"mint": "1", "1": ROOT}
RING = keyring.parse(json.dumps(SECRET))

SEND = ids.send_id("welcome", "mail", "jo", "1")
CONTENT = ids.content_ref("welcome", 1)
LINKS = [
    {"url": "https://shop.example/new?a=1&b=%C3%BC#top"},
    {"url": "https://shop.example/summer", "ended": True},
    {"url": "https://evil.example/", "blocked": True},
]
TABLE = {"links": json.dumps(LINKS), "home": "https://shop.example/"}
ENDING = {"fallback": "https://shop.example/sale", "home": "https://other.example/"}


def token(kind, flags=0, ring=RING):
    return tokens.mint(ring, kind, SEND, CONTENT, flags)


def event(token, n=None, *, method="GET", headers=None, request_id="Zx9aFhBzliAEJYg="):
    """As API Gateway sends it in payload format 2.0, with much that tracking must not look at."""
    path = {"token": token} if n is None else {"token": token, "n": n}
    return {
        "version": "2.0",
        "rawPath": "/" + "/".join(path.values()),
        "rawQueryString": "url=https%3A%2F%2Fevil.example",
        "queryStringParameters": {"url": "https://evil.example", "token": "x", "n": "0"},
        "cookies": ["session=stranger"],
        "headers": {"host": "t.shop.example", "user-agent": "Mozilla/5.0", "x-forwarded-for": "203.0.113.9"}
        | (headers or {}),
        "requestContext": {
            "http": {"method": method, "sourceIp": "203.0.113.9", "userAgent": "Mozilla/5.0"},
            "requestId": request_id,
        },
        "pathParameters": path,
        "isBase64Encoded": False,
    }


def request(token, n="0", **how):
    return Request.from_event(event(token, n, **how))


class FakeAws:
    """Stands where a Channel stands. `down` names the operations that fail."""

    host = "aws.example"

    def __init__(self, secret=SECRET, table=TABLE, destinations=None, ending=ENDING):
        self.secret = secret
        self.table = table
        self.send = {"activity": "campaign:welcome", "occurrence": "welcome-1"}
        self.send["destinations"] = json.dumps(destinations or {})
        self.ending = ending
        self.down = set()
        self.calls = []
        self.queue = []

    def post(self, headers, body, budget):
        operation = headers["X-Amz-Target"].rpartition(".")[2]
        self.calls.append(operation)
        if operation in self.down:
            raise ChannelError("TimeoutError")
        return getattr(self, operation)(json.loads(body))

    def GetSecretValue(self, asked):  # noqa: N802  Named as AWS names it.
        return 200, json.dumps({"SecretString": json.dumps(self.secret)}).encode()

    def GetItem(self, asked):  # noqa: N802
        found = self._row(asked["TableName"], {name: value["S"] for name, value in asked["Key"].items()})
        written = {} if found is None else {"Item": {name: {"S": value} for name, value in found.items()}}
        return 200, json.dumps(written).encode()

    def SendMessage(self, asked):  # noqa: N802
        self.queue.append(asked["MessageBody"])
        return 200, b'{"MessageId": "1"}'

    def _row(self, table, key):
        if (table, key) == ("definitions", {"kind": "links", "id": CONTENT.hex()}):
            return self.table
        if (table, key) == ("definitions", {"kind": "links", "id": "campaign:welcome/welcome-1"}):
            return self.ending
        if (table, key) == ("sends", {"send_id": str(SEND)}):
            return self.send
        return None

    def count(self, operation):
        return self.calls.count(operation)


class Hands:
    """A clock that stands still until a test moves it."""

    def __init__(self, now=NOON):
        self.seconds = now.timestamp()

    def __call__(self):
        return self.seconds

    def now(self):
        return datetime.fromtimestamp(self.seconds, UTC)


def adapters(aws, hands):
    """The three factories of the tracking functions, on a fake AWS."""
    clock = Clock(hands)

    def speak(call):
        return Wire(call, "eu-west-1", Credentials("id", "secret", "session"), aws, clock)

    key_ring = KeyRingSecret(speak(wire.GET_SECRET), "key-ring")
    links = StoredLinks(speak(wire.GET_ITEM), "definitions", "sends")
    hits = HitQueue(speak(wire.SEND_MESSAGE), "https://sqs.example/1/interactions")
    return {"key_ring": lambda: key_ring, "links": lambda: links, "hits": lambda: hits}


OPEN = token(Kind.OPEN)
CLICK = token(Kind.CLICK)
