"""A mail about news to Jo, and everything that its unsubscribe link leads to, on moto."""

import base64
import json
import re
from contextlib import contextmanager
from uuid import UUID

import pytest
from moto import mock_aws

from functions.consent_unsubscribe import app
from shopkeeper import ids, tokens
from shopkeeper.aws import clients
from shopkeeper.aws.contacts import Contacts
from shopkeeper.aws.customers import Customers
from shopkeeper.aws.definitions import Definitions, Version
from shopkeeper.aws.sends import Sends
from shopkeeper.clock import Clock
from shopkeeper.consent.contact import address_key
from shopkeeper.customer import document, interaction
from shopkeeper.customer.document import Customer, Document
from shopkeeper.mail import ledger
from shopkeeper.tokens import Kind
from tests import tables
from tests.http_events import CONTEXT
from tests.track_fakes import NOON, RING, event

TABLES = ["SendsTable", "ContactsTable", "CustomersTable", "DefinitionsTable"]
CONTENT = ids.content_ref("spring", 1)
FORM = {"content-type": "application/x-www-form-urlencoded"}


class Died(BaseException):
    """The process is gone: nothing may catch it."""


def planned(occurrence, **more):
    return ledger.planned(
        customer_id="c1",
        activity="campaign:spring",
        step="letter",
        occurrence=occurrence,
        planned_at=NOON,
        topic="news",
        brand="shop#000001",
        **more,
    )


ADDRESS, NEW_ADDRESS = address_key("jo@example.com"), address_key("jo@new.example")
# The second is a row of before addresses were noted.
SEND, OTHER = planned("1", address_key=ADDRESS), planned("2")


def token(send_id=SEND.send_id, kind=Kind.UNSUBSCRIBE, flags=0, ring=RING):
    return tokens.mint(ring, kind, UUID(send_id), CONTENT, flags)


LINK = token()


class World:
    """`ring` is what the secret holds, None while there is none to be had. The clock stands until it is moved.

    `down` names calls and queues that fail, `UpdateItem 2` being the second such call; the process dies at the half
    call `die_at`: 2n is before call n.
    """

    def __init__(self):
        self.dynamodb = tables.create(*TABLES)
        self.sends, self.contacts = Sends(self.dynamodb, "SendsTable"), Contacts(self.dynamodb, "ContactsTable")
        self.sqs = tables.client("sqs")
        self.urls = {name: self.sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("interactions", "wishes")}
        definitions = Definitions(self.dynamodb, "DefinitionsTable", Clock(lambda: NOON.timestamp()))
        for kind, id_, name in (("topic", "news", "News & offers"), ("brand", "shop", "Jo's Shop")):
            definitions.save(Version(kind, id_, 1, json.dumps({"name": name}), "2026-11-21T12:00:00.000Z", "me"), "{}")
        self.reset()

    def reset(self):
        """As on the first day."""
        self.ring, self.now = RING, NOON
        self.calls, self.halves, self.die_at, self.down = [], 0, None, set()
        for who in ("c1", ADDRESS, NEW_ADDRESS):
            self.dynamodb.delete_item(TableName="ContactsTable", Key={"customer_id": {"S": who}})
        self.call_jo("Jo@Example.com")
        for send in (SEND, OTHER):
            self.sends.plan(send)
        for queue in self.urls:
            self.taken(queue)
        self.calls, self.halves = [], 0
        return self

    def get(self, now):
        return self.ring

    def environment(self):
        named = {tables.variable(table): table for table in TABLES}
        return named | {
            "INTERACTIONS_QUEUE_URL": self.urls["interactions"],
            "UNSUBSCRIBES_QUEUE_URL": self.urls["wishes"],
            "DUE_SHARDS": "1",
        }

    def watch(self):
        for service in ("dynamodb", "sqs"):
            events = clients.client(service).meta.events
            events.register(f"before-call.{service}", self._before)
            events.register(f"after-call.{service}", self._half)

    def _before(self, model, params, **_):
        self.calls.append(model.name)
        self._half()
        queue, turn = json.loads(params["body"]).get("QueueUrl", "").rpartition("/")[2], self.calls.count(model.name)
        if self.down & {model.name, f"{model.name} {turn}", queue}:
            raise clients.Unavailable("down")

    def _half(self, **_):
        here, self.halves = self.halves, self.halves + 1
        if here == self.die_at:
            raise Died

    def call_jo(self, address):
        """That is her address from now on."""
        self.dynamodb.delete_item(TableName="CustomersTable", Key={"customer_id": {"S": "c1"}})
        jo = Customer("c1", 1, Document(traits={"email": address}, told={"email": (0, "m")}))
        Customers(self.dynamodb, "CustomersTable").save(document.store(jo))

    def word(self):
        return self.contacts.load("c1").topics.get("news")

    def word_of(self, address_key):
        return self.contacts.suppression(address_key).topics.get("news")

    def remembered(self):
        """What lies in the Interactions queue, each once."""
        told = [interaction.decode(body) for body in self.taken("interactions")]
        return list({fact.key: fact for fact in told}.values())

    def taken(self, name):
        bodies = []
        while messages := self.sqs.receive_message(QueueUrl=self.urls[name], MaxNumberOfMessages=10).get("Messages"):
            for each in messages:
                bodies.append(each["Body"])
                self.sqs.delete_message(QueueUrl=self.urls[name], ReceiptHandle=each["ReceiptHandle"])
        return bodies


def request(method="POST", body="", segment=LINK, *, encoded=False, **how):
    """As API Gateway hands it over; it encodes what it does not take for text."""
    made = event(segment, method=method, **how)
    del made["cookies"]
    text = base64.b64encode(body.encode() if isinstance(body, str) else body).decode() if encoded else body
    return made | {"body": text, "isBase64Encoded": encoded}


class _Clock:
    def __init__(self, world):
        self._world = world

    def now(self):
        return self._world.now


def forget():
    for cached in (clients.client, app.store, app.queues):
        cached.cache_clear()


@contextmanager
def running():
    """The function in its world."""
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        world = World()
        for name, value in world.environment().items():
            patch.setenv(name, value)
        patch.setattr(app, "key_ring", lambda: world)
        patch.setattr(app, "Clock", lambda: _Clock(world))
        forget()
        world.watch()
        yield world
        forget()


def ask(method="POST", body="List-Unsubscribe=One-Click", **how):
    return app.handler(request(method, body, **({"headers": FORM} | how)), CONTEXT)


def press(button, **how):
    return ask(body=f"{button}=1", **how)


def buttons(answer):
    return re.findall(r'<button[^>]* name="(\w+)"', answer["body"])


def names(world):
    return sorted(fact.name for fact in world.remembered())
