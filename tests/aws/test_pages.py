"""What a page is read from: the answers of DynamoDB, and what goes wrong on the way to them."""

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from shopkeeper.aws import pages
from shopkeeper.aws.clients import Unavailable
from shopkeeper.aws.customers import Customers
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer
from shopkeeper.customer.measures import Measure
from tests import tables


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


def test_other_scans_with_the_same_client_are_read_as_ever(dynamodb):
    store = Customers(dynamodb, "CustomersTable")
    store.save(document.store(Customer("c1", 1)))
    store.page(0, 1)

    (item,) = dynamodb.scan(TableName="CustomersTable")["Items"]

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
