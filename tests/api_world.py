"""The marketer API on moto: both functions, and every answer held to what the API says of itself."""

import json
from datetime import UTC
from urllib.parse import quote

from jsonschema import Draft202012Validator

from functions.api_change import app as change
from functions.api_read import app as read
from shopkeeper import keyring
from shopkeeper.api.routes import ROUTES, description
from shopkeeper.aws.accounts import Accounts
from shopkeeper.aws.assets import Assets
from shopkeeper.aws.breakers import Breakers
from shopkeeper.aws.business_events import BusinessEvents
from shopkeeper.aws.censuses import Censuses
from shopkeeper.aws.connectors import Connectors
from shopkeeper.aws.contacts import Contacts
from shopkeeper.aws.customers import Customers
from shopkeeper.aws.definitions import Definitions
from shopkeeper.aws.dictionaries import Dictionaries
from shopkeeper.aws.editions import Editions
from shopkeeper.aws.exports import Exports
from shopkeeper.aws.files import Files
from shopkeeper.aws.holds import Holds
from shopkeeper.aws.identities import Identities
from shopkeeper.aws.import_jobs import Customs, ImportJobs
from shopkeeper.aws.interactions import Interactions
from shopkeeper.aws.journeys import Journeys
from shopkeeper.aws.launches import Launches, Recounts
from shopkeeper.aws.mail_states import MailStates
from shopkeeper.aws.members import Members
from shopkeeper.aws.messages import Messages
from shopkeeper.aws.migrations import Migrations
from shopkeeper.aws.names import Names
from shopkeeper.aws.offers import Offers
from shopkeeper.aws.queues import Queue
from shopkeeper.aws.recomputes import Recomputes
from shopkeeper.aws.records import Answers
from shopkeeper.aws.runs import Runs
from shopkeeper.aws.segment_measures import SegmentMeasures
from shopkeeper.aws.sends import Sends
from shopkeeper.aws.source_states import SourceStates
from shopkeeper.aws.tasks import Tasks
from shopkeeper.aws.turns import TurnRows
from shopkeeper.aws.walks import Slices
from shopkeeper.aws.write_keys import WriteKeys
from shopkeeper.clock import Clock
from shopkeeper.customer import interaction
from tests import tables
from tests.http_events import CONTEXT, request

TABLES = [
    "CustomersTable",
    "InteractionsTable",
    "IdentitiesTable",
    "RecordsTable",
    "DefinitionsTable",
    "SendsTable",
    "AccountsTable",
    "ContactsTable",
    "MembersTable",
    "RunsTable",
]
SETTINGS = {
    "STAGE": "test",
    "INTERACTION_DAYS": "90",
    "SOURCE_WORKGROUP": "primary",
    "SOURCE_DATABASE": "shop",
    "TRACKING_ADDRESS": "https://t.shop.example",
}
BRAND = {
    "name": "Shop",
    "sender": {"name": "The shop", "email": "news@shop.example"},
    "reply_to": "hello@shop.example",
    "home_page": "https://shop.example/",
    "footer_address": "1 High Street, Ulm",
}
HTML = '<p>Hello {{ customer.first_name | default: "you" }}, <a href="https://shop.example/sale">look</a>'
TEMPLATE = {
    "subject": "News",
    "html": HTML + ' {{ brand.footer_address }} <a href="{{ unsubscribe_url }}">leave</a></p>',
}
AUDIENCE = {"op": "count", "measure": {"event": "Order Completed"}, "window": "ever", "cmp": "ge", "n": 3}
CAMPAIGN = {"audience": AUDIENCE, "template": "news", "brand": "shop", "topic": "news"}


class StateMachine:
    def __init__(self):
        self.started = {}

    def start(self, name, said):
        self.started.setdefault(name, said)


class Legs:
    def __init__(self):
        self.started = []

    def start(self, keys):
        self.started += keys


class Ring:
    """The key ring as Secrets Manager would give it; `held` is None while it cannot be had."""

    def __init__(self):
        self.held = keyring.parse(json.dumps({"mint": "1", "1": "r" * 64}))

    def get(self, now):
        return self.held


class World:
    """Inside `mock_aws`."""

    def __init__(self, monkeypatch):
        self.machine, self.legs, self.ring = StateMachine(), Legs(), Ring()
        self.dynamodb = tables.create(*TABLES)
        self.sqs = tables.client("sqs")
        self.queue = self.sqs.create_queue(QueueName="interactions")["QueueUrl"]
        self.sources = self.sqs.create_queue(QueueName="sources")["QueueUrl"]
        self.outgoing = self.sqs.create_queue(QueueName="transactional")["QueueUrl"]
        self.imports = self.sqs.create_queue(QueueName="imports")["QueueUrl"]
        self.definitions = Definitions(self.dynamodb, "DefinitionsTable", Clock())
        self.adapters = {
            "settings": SETTINGS,
            "customers": Customers(self.dynamodb, "CustomersTable"),
            "accounts": Accounts(self.dynamodb, "AccountsTable"),
            "interactions": Interactions(self.dynamodb, "InteractionsTable", 90),
            "identities": Identities(self.dynamodb, "IdentitiesTable"),
            "contacts": Contacts(self.dynamodb, "ContactsTable"),
            "incoming": Queue(self.sqs, self.queue, pause=lambda _: None),
            "definitions": self.definitions,
            "editions": Editions(self.dynamodb, "DefinitionsTable", UTC, Clock()),
            "names": Names(self.dynamodb, "DefinitionsTable"),
            "dictionaries": Dictionaries(self.dynamodb, "DefinitionsTable"),
            "keys": WriteKeys(self.dynamodb, "DefinitionsTable", Clock()),
            "key_ring": self.ring,
            "members": Members(self.dynamodb, "MembersTable", Clock()),
            "exports": Exports(self.dynamodb, "RecordsTable", 1),
            "jobs": ImportJobs(self.dynamodb, "RecordsTable"),
            "source_states": SourceStates(self.dynamodb, "RecordsTable", 1),
            "sources": Queue(self.sqs, self.sources, pause=lambda _: None),
            "customs": Customs(self.dynamodb, "RecordsTable"),
            "imports": Queue(self.sqs, self.imports, pause=lambda _: None),
            "slices": Slices(self.dynamodb, "RecordsTable", 1),
            "recomputes": Recomputes(self.dynamodb, "RecordsTable"),
            "answers": Answers(self.dynamodb, "RecordsTable"),
            "launches": Launches(self.dynamodb, "RecordsTable", Clock()),
            "recounts": Recounts(self.dynamodb, "RecordsTable"),
            "holds": Holds(self.dynamodb, "RecordsTable"),
            "mail_states": MailStates(self.dynamodb, "RecordsTable", Clock()),
            "machine": self.machine,
            "messages": Messages(self.dynamodb, "RecordsTable"),
            "outgoing": Queue(self.sqs, self.outgoing, pause=lambda _: None),
            "tasks": Tasks(self.dynamodb, "RecordsTable", 1),
            "legs": self.legs,
            "sends": Sends(self.dynamodb, "SendsTable"),
            "assets": Assets(tables.client("s3"), "files"),
            "connectors": Connectors(self.definitions, self.dynamodb, "DefinitionsTable"),
            "offers": Offers(self.dynamodb, "InteractionsTable", self.definitions),
            "journeys": Journeys(self.dynamodb, "DefinitionsTable", Clock()),
            "breakers": Breakers(self.dynamodb, "DefinitionsTable", "RecordsTable", Clock()),
            "business_events": BusinessEvents(self.dynamodb, "RecordsTable"),
            "censuses": Censuses(self.dynamodb, "RecordsTable"),
            "migrations": Migrations(self.dynamodb, "RecordsTable"),
            "turns": TurnRows(self.dynamodb, "RecordsTable", 1),
            "runs": Runs(self.dynamodb, "RunsTable"),
            "files": Files(tables.client("s3"), "files"),
        }
        editions = self.adapters.setdefault("editions", Editions(self.dynamodb, "DefinitionsTable", UTC, Clock()))
        measures = SegmentMeasures(self.definitions, editions, self.adapters["slices"], Clock())
        self.adapters["segment_measures"] = measures
        for app in (read, change):
            for name, adapter in self.adapters.items():
                monkeypatch.setitem(vars(app.adapters), name, adapter)

    def define(self):
        """What a campaign refers to."""
        self.put("/v1/brands/shop", BRAND)
        self.put("/v1/topics/news", {"name": "News"})
        self.put("/v1/templates/news", TEMPLATE)

    def put(self, path, body, **headers):
        return ask("PUT", path, body, **headers)

    def post(self, path, body, **named):
        return ask("POST", path, body, **named)

    def get(self, path, **named):
        return ask("GET", path, **named)

    def queued(self):
        found = []
        while got := self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            for message in got:
                found.append(interaction.decode(message["Body"]))
                self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return found


def ask(method, path, body=None, **named):
    return handle(request(method, path, body, **named))


def handle(event):
    """Status, body and headers."""
    app = read if event["requestContext"]["http"]["method"] == "GET" else change
    answer = app.handler(event, CONTEXT)
    body = json.loads(answer["body"]) if answer.get("body") else None
    headers = {name.lower(): value for name, value in answer.get("headers", {}).items()}
    hold_to_description(event, answer["statusCode"], body)
    return answer["statusCode"], body, headers


def refusal(answer):
    """Status and fields at fault of a problem document."""
    status, problem, _ = answer
    assert problem["status"] == status
    return status, [error["field"] for error in problem.get("errors", [])]


def hold_to_description(event, status, body):
    method, path = event["requestContext"]["http"]["method"], event["rawPath"]
    route = next((route for route in ROUTES if route.method == method and matches(route.path, path)), None)
    if route is None:
        assert status == 404
        return
    said = description()["paths"][route.path][method.lower()]["responses"]
    assert str(status) in said, f"{method} {path} answers {status}, which nobody was told"
    content = said[str(status)].get("content", {})
    assert bool(content) == (body is not None)
    for form in content.values():
        schema = {"$ref": "#/form", "form": form["schema"], "components": description()["components"]}
        Draft202012Validator(schema).validate(body)


def matches(template, path):
    wanted, given = template.split("/"), path.split("/")
    return len(wanted) == len(given) and all(
        w == g or (w.startswith("{") and g) for w, g in zip(wanted, given, strict=True)
    )


def cursor(page):
    return f"cursor={quote(page['next'])}"
