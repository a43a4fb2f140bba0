"""The function on moto: tables, key ring and SES as AWS has them."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from types import SimpleNamespace

import boto3
import pytest
import yaml
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from functions.mail_send import app
from shopkeeper import ids, keyring, tokens
from shopkeeper.aws import clients, ses
from shopkeeper.aws.buckets import Buckets
from shopkeeper.aws.contacts import Contacts
from shopkeeper.aws.customers import Customers
from shopkeeper.aws.holds import Holds
from shopkeeper.aws.launches import Launches
from shopkeeper.aws.mail_states import MailStates
from shopkeeper.aws.queues import Queue
from shopkeeper.aws.sends import Sends
from shopkeeper.clock import Clock
from shopkeeper.consent.contact import Word, address_key
from shopkeeper.customer import document, interaction
from shopkeeper.customer.document import Customer, Document
from shopkeeper.mail import facts, ledger, publishing
from shopkeeper.mail.content import Source
from shopkeeper.mail.pacing import Pace
from shopkeeper.tokens import Kind
from tests import tables
from tests.functions.test_mail_reconcile import HEALTHY

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ADDRESS = "https://t.shop.example"
SECRET = json.dumps({"mint": "1", "1": "0123456789abcdef" * 4})
BRAND = {
    "name": "The Shop",
    "sender": {"name": "Shop", "email": "news@shop.example"},
    "reply_to": "hello@shop.example",
    "home_page": "https://shop.example/",
    "footer_address": "1 High Street",
}
SOURCE = Source(
    "Für {{ customer.first_name | default: 'you' }} 🌷",
    '<p>Hi {{ customer.first_name | default: "friend" }}, <a href="https://shop.example/new?a=1&amp;b=2">new</a>'
    '{{ brand.footer_address }} <a href="{{ unsubscribe_url }}">leave</a></p>',
)
PUBLISHED = publishing.publish(SOURCE, facts.NAMES, tracking_host="t.shop.example")
TABLES = tuple(f"{name}Table" for name in "Customers Contacts Sends Definitions Records Interactions Runs".split())


def context(remaining_ms=60_000, request="r-1"):
    return SimpleNamespace(
        function_name="mail_send",
        memory_limit_in_mb=512,
        invoked_function_arn="arn",
        aws_request_id=request,
        get_remaining_time_in_millis=lambda: remaining_ms,
    )


class Shop:
    """`status` is what the launch of all sends says."""

    def __init__(self):
        self.dynamodb = tables.create(*TABLES)
        self.sends, self.contacts = Sends(self.dynamodb, "SendsTable"), Contacts(self.dynamodb, "ContactsTable")
        self.holds = Holds(self.dynamodb, "RecordsTable")
        boto3.client("sesv2", region_name="us-east-1").create_email_identity(EmailIdentity="news@shop.example")
        boto3.client("secretsmanager", region_name="us-east-1").create_secret(Name="ring", SecretString=SECRET)
        self._define("brand", "shop#000001", content=json.dumps(BRAND))
        self._define("template", "spring#000001", content="{}", published=json.dumps(PUBLISHED.to_json()))
        self._define("topic", "news#000001", content=json.dumps({"name": "Spring news", "opt_in": "assumed"}))
        self._define("topic.current", "news", version=1)
        self.status, self.versions = "running", {}
        self._sqs = boto3.client("sqs", region_name="us-east-1")
        self.memory = self._sqs.create_queue(QueueName="interactions")["QueueUrl"]

    def told(self):
        """What lies in the Interactions queue, by customer."""
        found = self._sqs.receive_message(QueueUrl=self.memory, MaxNumberOfMessages=10).get("Messages", [])
        facts = [interaction.decode(each["Body"]) for each in found]
        return {each.subject: each.properties["reason"] for each in facts if each.name == "Not Sent"}

    def _define(self, kind, name, **attributes):
        values = {each: {"N": str(value)} if each == "version" else {"S": value} for each, value in attributes.items()}
        always = {"saved_at": {"S": "now"}, "saved_by": {"S": "jo"}, "version": {"N": "1"}}
        self.dynamodb.put_item(
            TableName="DefinitionsTable", Item={"kind": {"S": kind}, "id": {"S": name}, **always, **values}
        )

    def plan(self, customer_id, activity="campaign:spring", occurrence="spring-1", offer="", **traits):
        told = Document(traits=traits, told=dict.fromkeys(traits, (0, "m")))
        if customer_id not in self.versions:
            self.save(customer_id, told)
        send = ledger.planned(
            customer_id=customer_id,
            activity=activity,
            step="letter",
            occurrence=occurrence,
            planned_at=NOON,
            template="spring#1",
            content_ref=ids.content_ref("spring", 1).hex(),
            brand="shop#1",
            topic="news",
            offer=offer,
        )
        assert self.sends.plan(send)
        return send.send_id

    def save(self, customer_id, told):
        version = self.versions[customer_id] = self.versions.get(customer_id, 0) + 1
        Customers(self.dynamodb, "CustomersTable").save(document.store(Customer(customer_id, version, told)))

    @property
    def mails(self):
        return ses_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sent_messages


@pytest.fixture
def shop(monkeypatch):
    with mock_aws():
        shop = Shop()
        for logical_id in TABLES:
            monkeypatch.setenv(tables.variable(logical_id), logical_id)
        monkeypatch.setenv("KEY_RING_SECRET", "ring")
        monkeypatch.setenv("CONFIGURATION_SET", "mail")
        monkeypatch.setenv("TRACKING_ADDRESS", ADDRESS)
        monkeypatch.setenv("DUE_SHARDS", "1")
        monkeypatch.setenv("WORKSPACE_ZONE", "UTC")
        monkeypatch.setenv("INTERACTIONS_QUEUE_URL", shop.memory)
        monkeypatch.setattr(app, "KeyRingSecret", SimpleNamespace(from_env=lambda: Ring))
        monkeypatch.setattr(Launches, "status", lambda self, activity, occurrence: shop.status)
        for cached in (clients.client, ses._client, app.sender):
            cached.cache_clear()
        MailStates(shop.dynamodb, "RecordsTable", Clock()).keep(replace(HEALTHY, most_a_second=1_000_000.0))
        yield shop
        for cached in (clients.client, ses._client, app.sender):
            cached.cache_clear()


class Ring:
    @staticmethod
    def get(now):
        return keyring.parse(SECRET)


def deliver(*send_ids, body=None, remaining_ms=60_000, request="r-1"):
    event = json.loads((ROOT / "events/mail_send.several.json").read_text())
    event["Records"][0]["body"] = json.dumps({"send_ids": send_ids}) if body is None else body
    return [each["itemIdentifier"] for each in app.handler(event, context(remaining_ms, request))["batchItemFailures"]]


def test_a_mail_goes_to_one_customer_and_its_row_says_so(shop):
    send_id = shop.plan("jo", email="Jo@example.com", firstName="Jörg")

    assert deliver(send_id) == []

    row = shop.sends.load(send_id)
    assert (row.state, row.ses_message_id, row.fence) == (ledger.ACCEPTED, shop.mails[0].id, 1)
    assert row.address_key == address_key("jo@example.com")
    assert list(shop.contacts.load("jo").reservations) == [send_id]
    mail = message_from_bytes(shop.mails[0].raw_data.encode(), policy=policy.default)
    assert (mail["To"], mail["From"], mail["Reply-To"]) == (
        "Jo@example.com",
        "Shop <news@shop.example>",
        BRAND["reply_to"],
    )
    assert mail["Subject"] == "Für Jörg 🌷"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"] == "Spring news <news.shop.example>"


def test_its_links_carry_tokens_of_this_send_and_this_content(shop):
    send_id = shop.plan("jo", email="jo@example.com")

    deliver(send_id)

    mail = message_from_bytes(shop.mails[0].raw_data.encode(), policy=policy.default)
    html = mail.get_body(("html",)).get_content()
    leave = mail["List-Unsubscribe"].strip("<>").removeprefix(f"{ADDRESS}/u/")
    token = tokens.read(leave, Kind.UNSUBSCRIBE, Ring.get(NOON))
    assert (token.send_id, token.content_ref) == (send_id, ids.content_ref("spring", 1).hex())
    assert f"{ADDRESS}/u/{leave}" in html
    assert f"{ADDRESS}/c/" in html
    assert "1 High Street" in html


def test_delivered_again_it_sends_nothing(shop):
    send_id = shop.plan("jo", email="jo@example.com")
    deliver(send_id)

    assert deliver(send_id, send_id) == []

    assert len(shop.mails) == 1


def test_each_customer_of_a_message_gets_what_is_right_for_him(shop):
    shop.contacts.hear("out", "news", Word("out", "2026-11-01T00:00:00.000Z", "unsubscribe"))
    sends = [shop.plan("jo", email="jo@example.com"), shop.plan("out", email="out@example.com"), shop.plan("none")]
    sends.append(shop.plan("bad", email="bad@-example..com"))

    assert deliver(*sends) == []

    rows = [shop.sends.load(send_id) for send_id in sends]
    assert [row.reason for row in rows] == ["", "do_not_contact:opted_out", "malformed:no_address", "malformed:address"]
    assert json.loads(rows[1].evidence)["source"] == "unsubscribe"
    assert shop.told() == {f"customer:{row.customer_id}": row.reason for row in rows[1:]}
    assert [set(mail.destinations) for mail in shop.mails] == [{"jo@example.com"}]


def test_who_could_not_be_told_is_told_when_the_message_comes_again(shop, monkeypatch):
    send_id = shop.plan("none")
    with monkeypatch.context() as out_of_order:
        out_of_order.setattr(Queue, "_refused", lambda self, call: call)
        assert len(deliver(send_id)) == 1
    assert (shop.sends.load(send_id).state, shop.told()) == (ledger.NOT_SENT, {})

    assert deliver(send_id) == []

    assert shop.told() == {"customer:none": "malformed:no_address"}


@pytest.mark.parametrize(("status", "reason"), [("cancelled", "other:stopped"), ("paused", "")])
def test_an_activity_that_does_not_run_mails_nobody(shop, status, reason):
    send_id = shop.plan("jo", email="jo@example.com")
    shop.status = status

    assert deliver(send_id) == []

    assert (shop.mails, shop.sends.load(send_id).reason) == ([], reason)


def test_what_lies_with_us_holds_the_campaign_and_calls_somebody(shop, caplog):
    sends = [shop.plan(name, email=f"{name}@example.com") for name in ("jo", "al", "vi")]
    ses = boto3.client("sesv2", region_name="us-east-1")
    ses.delete_email_identity(EmailIdentity="news@shop.example")

    assert deliver(*sends) == []

    rows = [shop.sends.load(send_id) for send_id in sends]
    assert [(row.state, bool(row.due_at)) for row in rows] == [("ready", True), ("ready", False), ("ready", False)]
    hold = shop.holds.get("campaign:spring", "spring-1")
    assert (hold.why, hold.says[:17]) == ("refused", "MessageRejected: ")
    (line,) = (record for record in caplog.records if record.message == "SES refuses")
    assert (line.levelname, line.alarm, line.answer) == ("ERROR", "refused", hold.says)
    assert "@" not in hold.says + rows[0].evidence


def test_a_mail_that_goes_again_ends_the_hold(shop):
    first, second = (shop.plan(name, email=f"{name}@example.com") for name in ("jo", "al"))
    ses = boto3.client("sesv2", region_name="us-east-1")
    ses.delete_email_identity(EmailIdentity="news@shop.example")
    deliver(first)
    ses.create_email_identity(EmailIdentity="news@shop.example")
    shop.holds.lift("campaign:spring", "spring-1", Clock().now())
    app.sender.cache_clear()

    assert deliver(second) == []

    hold = shop.holds.get("campaign:spring", "spring-1")
    assert (shop.sends.load(second).state, hold.why, hold.went_on_at != "") == ("accepted", "", True)


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"send_ids": 7}'])
def test_a_message_that_names_no_send_goes_back(shop, body):
    assert deliver(body=body) == ["0f6b1a52-6f8e-4a35-9a57-5b0b4ac0a9d1"]


def test_a_letter_whose_turn_is_far_off_comes_again(shop, monkeypatch):
    send_id = shop.plan("jo", email="jo@example.com")
    monkeypatch.setattr(Pace, "near", lambda self, most: False)

    assert len(deliver(send_id)) == 1
    assert (shop.mails, shop.sends.load(send_id).state) == ([], ledger.READY)


def test_ten_letters_take_one_block_of_the_bucket(shop):
    sends = [shop.plan(f"c{number}", email=f"c{number}@example.com") for number in range(10)]

    assert deliver(*sends) == []

    assert (len(shop.mails), Buckets(shop.dynamodb, "RecordsTable").get().revision) == (10, 1)


def test_without_a_template_or_without_time_nothing_is_sent_and_nothing_given_up(shop):
    send_id = shop.plan("jo", email="jo@example.com")
    assert len(deliver(send_id, remaining_ms=20_000)) == 1
    shop.dynamodb.delete_item(
        TableName="DefinitionsTable", Key={"kind": {"S": "template"}, "id": {"S": "spring#000001"}}
    )

    assert len(deliver(send_id)) == 1

    assert (shop.mails, shop.sends.load(send_id).state) == ([], ledger.READY)


def test_a_lease_outlasts_the_function():
    template = yaml.load((ROOT / "template.yaml").read_text(), tables._Loader)
    timeout = template["Resources"]["MailSendFunction"]["Properties"]["Timeout"]

    assert app.LEASE.total_seconds() >= timeout + 60
