from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from shopkeeper import clock
from shopkeeper.aws import live
from shopkeeper.aws.clients import Unavailable
from shopkeeper.aws.live import LiveCalls
from shopkeeper.clock import Clock
from shopkeeper.customer.live import LiveCall
from tests import tables

START = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


class Table:
    """Counts the writes, and fails when told to."""

    def __init__(self, dynamodb):
        self.dynamodb, self.writes, self.error = dynamodb, 0, None

    def __getattr__(self, name):
        if name in ("put_item", "update_item"):
            self.writes += 1
            if self.error:
                raise self.error
        return getattr(self.dynamodb, name)


@pytest.fixture
def table():
    with mock_aws():
        yield Table(tables.create("RecordsTable"))


@pytest.fixture
def now():
    return [START.timestamp()]


@pytest.fixture
def door(table, now):
    return LiveCalls(table, "RecordsTable", Clock(lambda: now[0]))


def call(number, **more):
    return LiveCall(at=clock.to_text(START + timedelta(seconds=number)), call="track", accepted=1, **more)


def test_the_last_two_hundred_calls_are_there_newest_first_and_no_more_rows_which_go_by_themselves(door, now, table):
    for number in range(230):
        now[0] += 5
        door.note(call(number))

    found = door.newest(500)
    assert [each.at for each in found] == [call(number).at for number in range(229, 29, -1)]
    assert door.newest(2) == found[:2]
    rows = table.scan(TableName="RecordsTable")["Items"]
    assert len(rows) == live.MOST + 1
    assert all("expires_at" in row for row in rows if "said" in row)


def test_two_processes_write_one_ring(door, table, now):
    other = LiveCalls(table, "RecordsTable", Clock(lambda: now[0]))
    door.note(call(1))
    other.note(call(2))
    assert len(door.newest(10)) == 2


def test_a_busy_process_pays_two_writes_in_five_seconds_and_no_more(door, table, now):
    for _ in range(10_000):
        door.note(call(1))
        now[0] += 0.01

    assert 0 < table.writes <= 2 * (live.BURST + 100 // 5)


def test_calls_with_refusals_are_seen_among_ten_times_as_many_others(door, now):
    for number in range(2_000):
        door.note(call(number, refused={"missing": 1} if number % 100 == 0 else {}))
        now[0] += 0.02
    shown = [each for each in door.newest(200) if each.refused]
    assert len(shown) == 20


def test_where_noting_fails_it_is_left_for_a_minute(door, table, now):
    table.error = ClientError(
        {"Error": {"Code": "InternalServerError"}, "ResponseMetadata": {"HTTPStatusCode": 500}}, "UpdateItem"
    )
    with pytest.raises(Unavailable):
        door.note(call(1))
    for _ in range(5):
        door.note(call(2))
    assert table.writes == 1
    table.error = None
    now[0] += 60
    door.note(call(3))
    assert [each.at for each in door.newest(10)] == [call(3).at]
