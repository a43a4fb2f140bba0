"""The function on moto: samples, counted calls, crashes at the wire, and the messages that go back to the queue."""

import json
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from moto import mock_aws
from msgspec.structs import replace

from functions.ingest_store import app
from shopkeeper import ids
from shopkeeper.aws import clients
from shopkeeper.aws.customers import Customers
from shopkeeper.aws.hits import Hits
from shopkeeper.aws.interactions import Interactions
from shopkeeper.customer import document
from shopkeeper.customer.interaction import encode, raw
from shopkeeper.customer.store import arrival
from tests import tables
from tests.interactions import identified, ordered, said, sqs_event

EVENTS = Path(__file__).parents[2] / "events"
TABLES = ["CustomersTable", "InteractionsTable", "IdentitiesTable", "SendsTable", "DefinitionsTable", "RecordsTable"]
CONTEXT = SimpleNamespace(
    function_name="ingest_store", memory_limit_in_mb=1024, invoked_function_arn="arn", aws_request_id="r-1"
)
SEND = "6a1c0b5e-3f0d-5b1a-9d6e-0f1e2d3c4b5a"


class Died(BaseException):
    """The process is gone: nothing may catch it."""


class Aws:
    """Counts the calls of the function, and can die before or after any of them."""

    def __init__(self, dynamodb):
        self.dynamodb, self.calls, self.halves, self.die_at = dynamodb, Counter(), 0, None

    def before(self, model, **_):
        self.calls[model.name] += 1
        self._half()

    def after(self, **_):
        self._half()

    def _half(self):
        here, self.halves = self.halves, self.halves + 1
        if here == self.die_at:
            raise Died

    def customer(self, identity):
        id_ = ids.customer_id(identity)
        return document.load(Customers(self.dynamodb, "CustomersTable").load([id_])[id_])

    def rows(self, subject):
        return list(Interactions(self.dynamodb, "InteractionsTable", 90).newest(subject, "", 100))

    def customers(self):
        return self.dynamodb.scan(TableName="CustomersTable")["Count"]


@pytest.fixture
def aws(monkeypatch):
    with mock_aws():
        dynamodb = tables.create(*TABLES)
        for table in TABLES:
            monkeypatch.setenv(tables.variable(table), table)
        monkeypatch.setenv("DUE_SHARDS", "1")
        clients.client.cache_clear()
        app.store.cache_clear()
        aws = Aws(dynamodb)
        events = clients.client("dynamodb").meta.events
        events.register("before-call.dynamodb", aws.before)
        events.register("after-call.dynamodb", aws.after)
        yield aws
        app.store.cache_clear()
        clients.client.cache_clear()


def handle(batch):
    return app.handler(sqs_event(batch), CONTEXT)


def failures(result):
    return [failure["itemIdentifier"] for failure in result["batchItemFailures"]]


def test_the_sample_order_is_counted_once_though_it_comes_twice(aws):
    result = app.handler(json.loads((EVENTS / "ingest_store.order.json").read_text()), CONTEXT)

    seen = aws.customer("user:42")
    assert result == {"batchItemFailures": []}
    assert seen.measures["Order Completed"].count == 1
    assert seen.measures["Order Completed"].totals == {"USD": 2933}
    assert seen.document.traits == {"first_name": "Jo", "city": "Ulm"}
    assert set(seen.document.identities) == {"user:42", "anon:f00", "email:jo@example.com"}
    assert len(aws.rows("user:42")) == 2


def test_a_hit_reaches_the_customer_of_its_send(aws):
    aws.dynamodb.put_item(TableName="SendsTable", Item={"send_id": {"S": SEND}, "customer_id": {"S": "c1"}})

    app.handler(json.loads((EVENTS / "ingest_store.hit.json").read_text()), CONTEXT)

    (row,) = aws.rows("customer:c1")
    assert (row.customer_id, row.version, row.message_id.split("/")[0]) == ("c1", 1, SEND)
    (aggregate,) = aws.rows("content:0a1b2c3d4e5f6071")
    assert (aggregate.customer_id, aggregate.unfolded) == ("", "")


def test_a_hit_waits_for_its_verdict_beside_its_send_and_is_told_to_nobody(aws):
    aws.dynamodb.put_item(TableName="SendsTable", Item={"send_id": {"S": SEND}, "customer_id": {"S": "c1"}})
    about = {"name": "Email Link Clicked", "source": "tracking", "properties": {"class": "unknown", "link": 3}}
    hit = said(f"send:{SEND}", f"{SEND}/click/r", context={"ip": "203.0.113.9", "agent": "Mozilla/5.0"}, **about)

    assert [failures(handle({"a": hit})) for _ in range(2)] == [[], []]

    (kept,) = Hits(aws.dynamodb, "RecordsTable").load(SEND).hits
    assert (kept.message_id, kept.link, kept.ip) == (f"{SEND}/click/r", 3, "203.0.113.9")
    row = aws.dynamodb.get_item(TableName="SendsTable", Key={"send_id": {"S": SEND}})["Item"]
    assert row["unjudged"] == {"SS": [kept.mark]}
    assert aws.rows("customer:c1") == []


def test_a_hit_is_told_with_its_letter_and_the_address_that_was_followed_each_time_alike(aws):
    letter = {"activity": "campaign:spring", "step": "letter", "occurrence": "spring-1"}
    links = {"kind": "links", "id": "0a1b", "links": '[{"url": "https://a.example/"}]'}
    for table, row in (("Sends", {"send_id": SEND, "customer_id": "c1", **letter}), ("Definitions", links)):
        aws.dynamodb.put_item(TableName=f"{table}Table", Item={name: {"S": text} for name, text in row.items()})
    followed = {"class": "human", "rules": 1, "content": "0a1b", "link": 0}
    odd = [followed | {"link": 1}, followed | {"link": "0"}, followed | {"content": "ffff"}]
    click = {"name": "Email Link Clicked", "source": "tracking"}
    told = enumerate([followed, *odd])
    hits = {str(n): said(f"send:{SEND}", f"{SEND}/click/{n}", properties=each, **click) for n, each in told}

    assert [failures(handle(hits)) for _ in range(2)] == [[], []]

    told = {row.message_id[-1]: row.said()["properties"] for row in aws.rows("customer:c1")}
    assert told["0"] == followed | letter | {"url": "https://a.example/"}
    assert [told[str(n)] for n in (1, 2, 3)] == [each | letter for each in odd]


@pytest.mark.parametrize(
    ("properties", "reason"), [({"class": "unknown"}, "unknown_send"), ({"unverified": True}, "unverified")]
)
def test_a_hit_that_cannot_be_attributed_is_kept_under_its_send(aws, properties, reason):
    hit = said(f"send:{SEND}", f"{SEND}/open/r", name="Email Opened", source="tracking", properties=properties)
    if reason == "unverified":
        aws.dynamodb.put_item(TableName="SendsTable", Item={"send_id": {"S": SEND}, "customer_id": {"S": "c1"}})

    assert failures(handle({"a": hit})) == []

    (row,) = aws.rows(f"send:{SEND}")
    assert (row.unfolded, row.customer_id) == (reason, "")
    assert aws.customers() == 0


def test_a_message_that_is_no_interaction_goes_back_alone(aws):
    good = said("user:jo", "m1")
    broken = ["", "{}", "[1]", '{"subject":"user:jo"}', '{"a":']
    late = said("user:jo", "m2", at="2026-03-01T12:00:00Z")
    odd = [late, said("order:17", "claim", ids={}), said("user:jo", ""), said("user:" + "x" * 600, "m")]
    odd += [said("send:", "m"), said("customer:", "m"), said("user:jo", "m3", ids={"user": "jo", "anon": "x" * 600})]
    unreadable = encode(said("user:jo", "m4", properties={"price": 17.25})).decode()
    broken += [unreadable.replace("17.25", "1e999"), unreadable.replace('{"price":17.25}', "[17.25]")]
    batch = {"good": good} | {f"broken-{n}": each for n, each in enumerate([*broken, *odd])}

    assert sorted(failures(handle(batch))) == sorted(batch.keys() - {"good"})
    assert aws.customer("user:jo").measures["Product Viewed"].count == 1


def test_a_customer_that_cannot_be_read_costs_only_its_own_messages(aws):
    handle({"a": said("user:jo", "m1"), "b": said("user:al", "m1")})
    key = {"customer_id": {"S": ids.customer_id("user:jo")}}
    aws.dynamodb.update_item(TableName="CustomersTable", Key=key, AttributeUpdates={"document": {"Value": {"S": "{"}}})

    result = handle({"a": said("user:jo", "m2"), "b": said("user:al", "m2"), "c": said("user:jo", "m3")})

    assert failures(result) == ["a", "c"]
    assert aws.customer("user:al").measures["Product Viewed"].count == 2


def test_calls_grow_with_customers_and_orders_and_not_with_interactions(aws):
    """500 interactions of 50 customers, 100 of them orders: what a call can hold, it holds."""
    batch = {str(n): said(f"user:{n % 50}", f"m{n}") for n in range(400)}
    batch |= {f"o{n}": ordered(f"user:{n % 50}", f"o{n}", f"A-{n}", 5) for n in range(100)}

    assert failures(handle(batch)) == []

    assert aws.calls["BatchGetItem"] == 1 + 1 + 5  # identities, documents, rows
    assert aws.calls["PutItem"] == 50 + 50 + 100  # identities, documents, claims
    assert aws.calls["BatchWriteItem"] == 4 + 20  # facts of orders, rows
    assert aws.calls["Query"] == 1  # What is counted; and of an order that was never heard of, nothing is known.


def test_more_than_fits_into_one_write_takes_several_rounds(aws):
    assert failures(handle({str(n): said("user:jo", f"m{n}") for n in range(250)})) == []

    seen = aws.customer("user:jo")
    assert (seen.version, len(seen.pending), seen.measures["Product Viewed"].count) == (3, 50, 250)


def test_a_body_of_any_size_is_stored_and_a_write_folds_64_kb(aws):
    big = {"text": "x" * 30_000}
    handle({str(n): said("user:jo", f"m{n}", properties=big) for n in range(5)})

    seen = aws.customer("user:jo")
    assert (seen.version, seen.measures["Product Viewed"].count) == (3, 5)


def test_a_document_that_is_full_gets_rows_that_say_so(aws, monkeypatch, caplog):
    monkeypatch.setattr(document, "LARGEST", 900)
    batch = {"a": identified("user:jo", "m1", {"story": "x" * 1000}), "b": said("user:al", "m2")}

    assert failures(handle(batch)) == []
    assert [row.unfolded for row in aws.rows("user:jo")] == ["document_full"]
    (line,) = [each for each in caplog.records if each.message == "document full"]
    assert (line.customer_id, line.type) == (ids.customer_id("user:jo"), "identify")
    assert [row.unfolded for row in aws.rows("user:al")] == [""]
    assert aws.customers() == 1


TOLD = [
    said("anon:phone", "m1"),
    ordered("user:jo", "m2", "17", 5, ids={"user": "jo", "anon": "phone"}),
    ordered("anon:phone", "m3", "17", 5),
    said("user:al", "m4"),
]


def test_dying_before_or_after_any_call_loses_and_doubles_nothing(aws):
    """Each time with other people, so that one pair of tables serves them all."""
    batch = {str(n): each for n, each in enumerate(TOLD)}
    assert failures(handle(batch)) == []
    for at in range(aws.halves):
        app.store.cache_clear()  # A new process, which has not heard yet what is counted.
        aws.halves, aws.die_at = 0, at
        batch = {name: others(each, at) for name, each in batch_of_first().items()}
        with pytest.raises(Died):
            handle(batch)
        aws.die_at = None

        assert failures(handle(batch)) == []
        assert failures(handle(dict(reversed(batch.items())))) == []

        seen = aws.customer(f"user:jo{at}")
        assert seen.measures["Product Viewed"].count == 1
        assert seen.measures["Order Completed"].count == 1
        assert aws.customer(f"user:al{at}").measures["Product Viewed"].count == 1
        assert len(aws.rows(f"anon:phone{at}")) == 2


def batch_of_first():
    return {str(n): each for n, each in enumerate(TOLD)}


def others(interaction, n):
    kind_ids = {kind: f"{text}{n}" for kind, text in interaction.ids.items()}
    properties = interaction.properties | ({"order_id": f"order {n}"} if "order_id" in interaction.properties else {})
    return replace(interaction, subject=f"{interaction.subject}{n}", ids=kind_ids, raw_properties=raw(properties))


def test_reading_a_message_says_what_is_wrong_with_it():
    with pytest.raises(arrival.NoInteraction, match="message_id"):
        arrival.read('{"subject":"user:jo"}')
