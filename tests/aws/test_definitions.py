from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from shopkeeper.aws.clients import Unavailable
from shopkeeper.aws.definitions import AlreadyThere, Definitions
from shopkeeper.clock import Clock
from shopkeeper.customer import write_keys

START = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
KEY = write_keys.mint("secret", "dev")
STORED = write_keys.describe(KEY, name="shop", created_at=START)


class Table:
    """The client of a table that counts reads and can be told to fail."""

    def __init__(self, dynamodb):
        self.dynamodb, self.reads, self.error = dynamodb, 0, None

    def __getattr__(self, name):
        return getattr(self.dynamodb, name)

    def get_item(self, **request):
        self.reads += 1
        if self.error:
            raise self.error
        return self.dynamodb.get_item(**request)


@pytest.fixture
def table():
    with mock_aws():
        dynamodb = boto3.client("dynamodb", region_name="us-east-1")
        dynamodb.create_table(
            TableName="definitions",
            KeySchema=[{"AttributeName": "kind", "KeyType": "HASH"}, {"AttributeName": "id", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("kind", "id")],
            BillingMode="PAY_PER_REQUEST",
        )
        yield Table(dynamodb)


@pytest.fixture
def now():
    return [START.timestamp()]


@pytest.fixture
def definitions(table, now):
    return Definitions(table, "definitions", Clock(lambda: now[0]))


def test_a_key_is_found_by_its_hash_and_stands_nowhere_itself(definitions, table):
    definitions.put_write_key(STORED)
    assert definitions.write_key(KEY) == STORED
    assert KEY not in str(table.scan(TableName="definitions")["Items"])


def test_a_key_is_read_once_a_minute(definitions, table, now):
    definitions.put_write_key(STORED)
    for _ in range(3):
        definitions.write_key(KEY)
    assert table.reads == 1
    now[0] += 60
    definitions.write_key(KEY)
    assert table.reads == 2


def test_what_does_not_look_like_a_key_costs_no_read(definitions, table):
    assert definitions.write_key("sk_dev_guessed") is None
    assert table.reads == 0


def test_a_new_key_works_at_once_even_if_it_was_tried_before(definitions):
    assert definitions.write_key(KEY) is None
    definitions.put_write_key(STORED)
    assert definitions.write_key(KEY) == STORED


def test_a_revoked_key_stops_at_once_where_it_was_revoked_and_within_a_minute_elsewhere(definitions, table, now):
    elsewhere = Definitions(table, "definitions", Clock(lambda: now[0]))
    definitions.put_write_key(STORED)
    assert elsewhere.write_key(KEY)
    assert definitions.revoke_write_key(STORED.id)
    assert definitions.write_key(KEY) is None
    now[0] += 60
    assert elsewhere.write_key(KEY) is None


def test_revoking_twice_keeps_the_first_instant_and_nothing_is_made_up(definitions, now):
    definitions.put_write_key(STORED)
    definitions.revoke_write_key(STORED.id)
    now[0] += 3600
    assert definitions.revoke_write_key(STORED.id)
    assert [key.revoked_at for key in definitions.list_write_keys()] == [START]
    assert not definitions.revoke_write_key("unknown")
    assert len(definitions.list_write_keys()) == 1


def test_keys_are_listed_oldest_first(definitions):
    second = write_keys.describe(write_keys.mint("publishable", "dev"), name="web", created_at=START + timedelta(1))
    definitions.put_write_key(second)
    definitions.put_write_key(STORED)
    assert definitions.list_write_keys() == [STORED, second]


def test_definitions_are_immutable(definitions):
    definitions.put("links", "c0ffee", links="[]", home="https://shop.example.com")
    definitions.put("links", "c0ffee", links="[]", home="https://shop.example.com")
    with pytest.raises(AlreadyThere):
        definitions.put("links", "c0ffee", links="[1]", home="https://shop.example.com")
    assert definitions.get("links", "c0ffee")["links"] == "[]"
    assert definitions.get("links", "unknown") is None


def failure(code, status):
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "GetItem")


def test_a_table_that_cannot_be_asked_is_no_missing_key(definitions, table):
    table.error = failure("InternalServerError", 500)
    with pytest.raises(Unavailable):
        definitions.write_key(KEY)


def test_a_mistake_of_ours_is_not_taken_for_an_outage(definitions, table):
    table.error = failure("AccessDeniedException", 400)
    with pytest.raises(ClientError):
        definitions.write_key(KEY)
