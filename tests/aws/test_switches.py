"""What is on for a customer, in the table."""

from datetime import timedelta

import pytest
from moto import mock_aws

from shopkeeper.aws.switches import KEPT, Switches
from shopkeeper.clock import Clock
from shopkeeper.connect.switched import Holder
from tests import tables

BEGIN = 1_795_000_000


class Time:
    at = BEGIN


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        dynamodb, time = tables.create("RecordsTable"), Time()
        yield Switches(dynamodb, "RecordsTable", Clock(lambda: time.at)), dynamodb, time


def test_what_others_are_told_goes_on_growing_when_all_was_off_for_so_long_that_it_is_forgotten(world):
    switches, dynamodb, time = world
    switches.put(switches.load("audience", "jo").on("crm:cart", Holder("run", 2)))
    off = switches.load("audience", "jo").off("crm:cart", "run", 2)
    switches.put(off)
    row = dynamodb.get_item(TableName="RecordsTable", Key={"record": {"S": "audience#jo"}})["Item"]
    assert int(row["expires_at"]["N"]) == BEGIN + KEPT // timedelta(seconds=1)

    dynamodb.delete_item(TableName="RecordsTable", Key={"record": {"S": "audience#jo"}})
    time.at += KEPT // timedelta(seconds=1)
    on = switches.load("audience", "jo").on("crm:cart", Holder("another", 2))
    switches.put(on)

    assert on.told > off.told
    assert switches.load("audience", "jo") == on
