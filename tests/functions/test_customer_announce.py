"""The function on moto: news becomes outcomes, and what cannot be told is parked while the shard goes on."""

import copy
import json
from pathlib import Path
from types import SimpleNamespace

import boto3
import pytest
from moto import mock_aws

from functions.customer_announce import app
from shopkeeper.aws import clients
from shopkeeper.aws.contacts import Contacts
from shopkeeper.consent.contact import Word, address_key
from shopkeeper.customer import document, rows
from shopkeeper.customer.document import Document
from tests import tables
from tests.interactions import said

EVENTS = Path(__file__).parents[2] / "events"
CONTEXT = SimpleNamespace(
    function_name="customer_announce", memory_limit_in_mb=512, invoked_function_arn="arn", aws_request_id="r-1"
)
SEND = "6a1c0b5e-3f0d-5b1a-9d6e-0f1e2d3c4b5a"
NOON, LATER = "2026-11-21T09:30:00.000Z", "2026-11-21T09:31:00.000Z"
CACHED = (
    clients.client,
    app.sends,
    app.contacts,
    app.crediting_ports,
    app.accounts,
    app.members,
    app.offers,
    app.door,
    app.legs,
    app.names,
    app.parked,
)


def sample(case):
    return json.loads((EVENTS / f"customer_announce.{case}.json").read_text())


class Aws:
    def __init__(self):
        self.dynamodb = tables.create(
            "SendsTable",
            "ContactsTable",
            "AccountsTable",
            "MembersTable",
            "DefinitionsTable",
            "InteractionsTable",
            "RecordsTable",
            "RunsTable",
        )
        self.sqs = boto3.client("sqs", region_name="us-east-1")
        self.parked_url = self.sqs.create_queue(QueueName="parked")["QueueUrl"]
        self.dynamodb.put_item(TableName="SendsTable", Item={"send_id": {"S": SEND}, "customer_id": {"S": "c1"}})

    def send(self):
        item = self.dynamodb.get_item(TableName="SendsTable", Key={"send_id": {"S": SEND}})["Item"]
        return {name: value["S"] for name, value in item.items() if name not in ("send_id", "customer_id", "hits")}

    def topics(self):
        return Contacts(self.dynamodb, "ContactsTable").load("c1").topics

    def parked(self):
        found = self.sqs.receive_message(QueueUrl=self.parked_url, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in found.get("Messages", [])]


@pytest.fixture
def aws(monkeypatch):
    with mock_aws():
        aws = Aws()
        monkeypatch.setenv("SENDS_TABLE", "SendsTable")
        monkeypatch.setenv("CONTACTS_TABLE", "ContactsTable")
        monkeypatch.setenv("ACCOUNTS_TABLE", "AccountsTable")
        monkeypatch.setenv("MEMBERS_TABLE", "MembersTable")
        monkeypatch.setenv("DEFINITIONS_TABLE", "DefinitionsTable")
        monkeypatch.setenv("INTERACTIONS_TABLE", "InteractionsTable")
        monkeypatch.setenv("RECORDS_TABLE", "RecordsTable")
        monkeypatch.setenv("RUNS_TABLE", "RunsTable")
        monkeypatch.setenv("WORKSPACE_ZONE", "Europe/Berlin")
        monkeypatch.setenv("JOURNEY_LEG_STATE_MACHINE", "arn:aws:states:us-east-1:123456789012:stateMachine:legs")
        monkeypatch.setenv("DUE_SHARDS", "1")
        monkeypatch.setenv("PARKED_QUEUE_URL", aws.parked_url)
        for cached in CACHED:
            cached.cache_clear()
        yield aws
        for cached in CACHED:
            cached.cache_clear()


def failures(result):
    return [failure["itemIdentifier"] for failure in result["batchItemFailures"]]


def test_hits_of_the_last_write_are_outcomes_of_their_send(aws):
    assert failures(app.handler(sample("opened"), CONTEXT)) == []

    assert aws.send() == {"opened_machine_at": NOON, "opened_at": LATER}
    assert aws.parked() == []


def test_news_told_again_changes_nothing(aws):
    app.handler(sample("opened"), CONTEXT)
    told = aws.send()

    app.handler(sample("opened"), CONTEXT)

    assert aws.send() == told


def test_what_an_earlier_write_folded_is_no_news(aws):
    event = sample("opened")
    event["Records"][0]["dynamodb"]["NewImage"]["version"] = {"N": "8"}

    app.handler(event, CONTEXT)

    assert aws.send() == {}


def test_a_record_that_cannot_be_handled_is_parked_whole_and_the_next_one_is_told(aws):
    damaged, opened = sample("damaged")["Records"][0], sample("opened")["Records"][0]

    result = app.handler({"Records": [damaged, opened]}, CONTEXT)

    assert failures(result) == []
    assert aws.parked() == [{"reason": "ValidationError", "record": damaged}]
    assert aws.send()["opened_at"] == LATER


def test_a_record_that_cannot_even_be_parked_is_delivered_again_with_all_after_it(aws, monkeypatch):
    monkeypatch.setenv("PARKED_QUEUE_URL", aws.parked_url + "-gone")
    damaged, opened = sample("damaged")["Records"][0], sample("opened")["Records"][0]

    result = app.handler({"Records": [damaged, opened]}, CONTEXT)

    assert failures(result) == [damaged["dynamodb"]["SequenceNumber"]]


def test_a_customer_that_was_deleted_is_no_news(aws):
    event = copy.deepcopy(sample("opened"))
    record = event["Records"][0]
    record["eventName"] = "REMOVE"
    del record["dynamodb"]["NewImage"]

    assert failures(app.handler(event, CONTEXT)) == []
    assert (aws.send(), aws.parked()) == ({}, [])


def test_what_was_parked_is_told_when_its_turn_comes_and_the_rest_stays_parked(aws):
    event = sample("parked")
    told, damaged = event["Records"][0], copy.deepcopy(event["Records"][0])
    damaged |= {"messageId": "damaged", "body": json.dumps({"record": sample("damaged")["Records"][0]})}

    result = app.handler({"Records": [damaged, told]}, CONTEXT)

    assert failures(result) == ["damaged"]
    assert aws.send()["opened_at"] == LATER


def told(*facts, **traits):
    """A record of the stream: one write of c1's document folded these, and left these traits."""
    document_now = document.to_json(Document(traits=traits, told=dict.fromkeys(traits, (0, "m"))))
    pending = tuple(rows.row_of(fact, customer_id="c1", version=9) for fact in facts)
    record = copy.deepcopy(sample("opened")["Records"][0])
    texts = {"pending": rows.to_json(pending), "document": document_now}
    record["dynamodb"]["NewImage"] |= {"version": {"N": "9"}, "schema": {"N": str(document.SCHEMA)}}
    record["dynamodb"]["NewImage"] |= {name: {"S": text} for name, text in texts.items()}
    return {"Records": [record]}


def consent(is_, at, source="collect", **more):
    properties = {"topic": "news", "is": is_}
    return said("user:jo", f"m-{at}-{is_}", name="Consent Changed", properties=properties, at=at, source=source, **more)


def test_what_a_customer_allows_reaches_the_contact(aws):
    assert failures(app.handler(told(consent("in", NOON)), CONTEXT)) == []

    assert aws.topics() == {"news": Word("in", NOON, "collect")}


@pytest.mark.parametrize(
    ("said_at", "source", "address", "is_"),
    [
        (LATER, "collect", "Jo@Straße.example", "in"),
        (NOON, "collect", "jo@straße.example", "out"),
        (LATER, "import", "jo@straße.example", "out"),
        (LATER, "collect", "jo@strasse.example", "out"),
    ],
)
def test_a_later_yes_opens_the_address_that_the_customer_had_then(aws, said_at, source, address, is_):
    contacts, key = Contacts(aws.dynamodb, "ContactsTable"), address_key("jo@xn--strae-oqa.example")
    contacts.leave(key, "news", Word("out", NOON, "unsubscribe:another"))

    for _ in range(2):
        event = told(consent("in", said_at, source), email=address)
        assert failures(app.handler(event, CONTEXT)) == []

    assert contacts.suppression(key).topics["news"].is_ == is_
    assert aws.parked() == []


@pytest.mark.parametrize(
    ("facts", "held"),
    [
        ([consent("out", NOON), consent("in", LATER, "import")], Word("out", NOON, "collect")),
        ([consent("in", LATER), consent("out", NOON)], Word("in", LATER, "collect")),
        ([consent("out", LATER, trusted=False)], Word("out", LATER, "collect")),
        ([consent("out", NOON), consent("in", LATER)], Word("in", LATER, "collect")),
        ([consent("out", NOON), consent("in", NOON)], Word("out", NOON, "collect")),
    ],
)
def test_the_word_that_prevails_does_not_depend_on_the_order_or_the_number_of_times(aws, facts, held):
    for order in (facts, facts[::-1], [*facts, *facts]):
        app.handler(told(*order), CONTEXT)
        assert aws.topics() == {"news": held}
        aws.dynamodb.delete_item(TableName="ContactsTable", Key={"customer_id": {"S": "c1"}})


def test_what_a_write_moved_is_seen_among_the_members_however_often_it_is_told(aws):
    event = told()
    image = event["Records"][0]["dynamodb"]["NewImage"]
    image["document"]["S"] = document.to_json(Document(moved={"segment:vip@1": True, "list:staff": False}))

    for _ in range(2):
        assert failures(app.handler(event, CONTEXT)) == []

    found = aws.dynamodb.scan(TableName="MembersTable")["Items"]
    assert sorted((each["part"]["S"].partition("#")[0], each["is_in"]["BOOL"]) for each in found) == [
        ("list:staff", False),
        ("segment:vip@1", True),
    ]


def test_names_that_cannot_be_noted_hold_nothing_back(aws, monkeypatch):
    monkeypatch.setattr(app.names(), "_table", "NoSuchTable")

    assert failures(app.handler(told(said("user:jo", "m"), consent("out", LATER)), CONTEXT)) == []

    assert aws.topics() == {"news": Word("out", LATER, "collect")}
    assert aws.parked() == []


def test_what_a_publishable_key_says_gives_no_consent(aws):
    app.handler(told(consent("in", NOON, trusted=False)), CONTEXT)

    assert aws.topics() == {}


def test_an_unsubscribe_is_an_outcome_of_its_send_and_keeps_the_contact_out(aws):
    how = {"name": "Unsubscribed", "source": "recipient", "at": NOON, "properties": {"topic": "news", "send_id": SEND}}
    fact = said("customer:c1", f"{SEND}/unsubscribe/1795253400000", **how)

    for _ in range(2):
        assert failures(app.handler(told(fact), CONTEXT)) == []

    assert aws.send() == {"unsubscribed_at": NOON}
    assert aws.topics() == {"news": Word("out", NOON, "recipient")}


def test_a_complaint_counts_as_unsubscribed_by_this_mail(aws):
    app.handler(
        told(said("customer:c1", f"{SEND}/complained/k", name="Email Marked as Spam", source="feedback")), CONTEXT
    )

    assert set(aws.send()) == {"unsubscribed_at"}
