"""What a page is read from: the answers of DynamoDB, and what goes wrong on the way to them."""

from io import BytesIO

import boto3
import msgspec
import pytest
from botocore.awsrequest import AWSResponse
from botocore.stub import Stubber
from moto import mock_aws

from shopkeeper.aws import batches, pages
from shopkeeper.aws.clients import Unavailable
from shopkeeper.aws.customers import Customers, stored_of
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer
from shopkeeper.customer.measures import Measure
from shopkeeper.customer.rows import Row
from tests import tables

ROW = Row(
    subject="user:jo",
    message_id="m1",
    at="2026-03-01T12:00:00.000Z",
    received_at="2026-03-01T12:00:00.000Z",
    type="track",
    name="Tea Poured",
    source="server",
    trusted=True,
    body=msgspec.Raw(b'{"properties":{}}'),
)


class Raw(BytesIO):
    def stream(self, **_):
        return iter([self.read()])


@pytest.fixture
def dynamodb():
    with mock_aws():
        yield tables.create("CustomersTable")


def test_a_page_is_what_botocore_would_have_read(dynamodb):
    store = Customers(dynamodb, "CustomersTable")
    jo = Customer("c1", 1, measures={"Tea Poured": Measure(1, 7, (7,))}, due_at=5_000)
    store.save(document.store(jo))

    ((read,), after) = store.page(0, 1)

    (loaded,) = store.load(["c1"]).values()
    assert (read, after) == (loaded, "")
    assert document.load(read) == jo


def test_so_is_one_that_botocore_has_read_already(dynamodb, monkeypatch):
    monkeypatch.setattr(pages, "_take", lambda **_: None)

    test_a_page_is_what_botocore_would_have_read(dynamodb)


def test_whom_one_asks_for_by_id_is_what_botocore_would_have_read(dynamodb):
    store = Customers(dynamodb, "CustomersTable")
    jo = Customer("c1", 1, measures={"Tea Poured": Measure(1, 7, (7,))}, pending=(ROW,), due_at=5_000)
    store.save(document.store(jo))
    (item,) = dynamodb.scan(TableName="CustomersTable")["Items"]

    assert store.load(["c1", "c2"]) == {"c1": stored_of(item)}
    assert document.load(stored_of(item)) == jo


def test_so_is_one_of_whom_botocore_has_read_already(dynamodb, monkeypatch):
    monkeypatch.setattr(pages, "_take", lambda **_: None)

    test_whom_one_asks_for_by_id_is_what_botocore_would_have_read(dynamodb)


def test_who_was_not_looked_for_is_asked_for_again(dynamodb):
    store = Customers(dynamodb, "CustomersTable")
    store.save(document.store(Customer("c1", 1)))
    calls = []

    def nothing_yet(**_):
        calls.append("told")
        if len(calls) == 1:
            keys = [{"customer_id": {"S": "c1"}}]
            left = {"CustomersTable": {"Keys": keys, "ConsistentRead": True}}
            return AWSResponse("https://dynamodb", 200, {}, Raw(msgspec.json.encode({"UnprocessedKeys": left})))
        return None

    dynamodb.meta.events.register("before-send.dynamodb.BatchGetItem", nothing_yet)

    assert store.load(["c1"]).keys() == {"c1"}
    assert len(calls) == 2


def test_others_with_the_same_client_are_answered_as_ever(dynamodb):
    store = Customers(dynamodb, "CustomersTable")
    store.save(document.store(Customer("c1", 1)))
    store.page(0, 1)
    store.load(["c1"])

    (item,) = dynamodb.scan(TableName="CustomersTable")["Items"]
    (named,) = batches.read_all(dynamodb, "CustomersTable", [{"customer_id": {"S": "c1"}}])

    assert item == named
    assert item["customer_id"] == {"S": "c1"}


@pytest.mark.parametrize(("code", "status"), [("ProvisionedThroughputExceededException", 400), ("InternalError", 500)])
def test_a_table_that_is_too_busy_is_unavailable(code, status):
    dynamodb = boto3.client("dynamodb", region_name="us-east-1")
    with Stubber(dynamodb) as stubber:
        stubber.add_client_error("scan", code, http_status_code=status)

        with pytest.raises(Unavailable):
            Customers(dynamodb, "CustomersTable").page(0, 1)


def test_a_page_without_customers_may_not_be_the_last():
    body = b'{"Items":[],"Count":0,"ScannedCount":9,"LastEvaluatedKey":{"customer_id":{"S":"c9"}}}'

    assert pages.read(body) == ([], "c9")
