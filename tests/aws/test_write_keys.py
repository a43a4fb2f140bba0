from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from shopkeeper.aws.clients import Unavailable
from shopkeeper.aws.write_keys import WriteKeys
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
def keys(table, now):
    return WriteKeys(table, "definitions", Clock(lambda: now[0]))


def test_a_key_is_found_by_its_hash_and_stands_nowhere_itself(keys, table):
    keys.put(STORED)
    assert keys.find(KEY) == STORED
    assert KEY not in str(table.scan(TableName="definitions")["Items"])


def test_a_key_is_read_once_a_minute(keys, table, now):
    keys.put(STORED)
    for _ in range(3):
        keys.find(KEY)
    assert table.reads == 1
    now[0] += 60
    keys.find(KEY)
    assert table.reads == 2


def test_what_does_not_look_like_a_key_costs_no_read(keys, table):
    assert keys.find("sk_dev_guessed") is None
    assert table.reads == 0


def test_a_new_key_works_at_once_even_if_it_was_tried_before(keys):
    assert keys.find(KEY) is None
    keys.put(STORED)
    assert keys.find(KEY) == STORED


def test_a_revoked_key_stops_at_once_where_it_was_revoked_and_within_a_minute_elsewhere(keys, table, now):
    elsewhere = WriteKeys(table, "definitions", Clock(lambda: now[0]))
    keys.put(STORED)
    assert elsewhere.find(KEY)
    assert keys.revoke(STORED.id)
    assert keys.find(KEY) is None
    now[0] += 60
    assert elsewhere.find(KEY) is None


def test_revoking_twice_keeps_the_first_instant_and_nothing_is_made_up(keys, now):
    keys.put(STORED)
    keys.revoke(STORED.id)
    now[0] += 3600
    assert keys.revoke(STORED.id)
    assert [key.revoked_at for key in keys.listed()] == [START]
    assert not keys.revoke("unknown")
    assert len(keys.listed()) == 1


def test_keys_are_listed_oldest_first(keys):
    second = write_keys.describe(write_keys.mint("publishable", "dev"), name="web", created_at=START + timedelta(1))
    keys.put(second)
    keys.put(STORED)
    assert keys.listed() == [STORED, second]


def failure(code, status):
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "GetItem")


def test_a_table_that_cannot_be_asked_is_no_missing_key(keys, table):
    table.error = failure("InternalServerError", 500)
    with pytest.raises(Unavailable):
        keys.find(KEY)


def test_a_mistake_of_ours_is_not_taken_for_an_outage(keys, table):
    table.error = failure("AccessDeniedException", 400)
    with pytest.raises(ClientError):
        keys.find(KEY)
