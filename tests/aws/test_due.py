"""What is due is visited once, the earliest first, and one bad row holds up no other."""

from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from shopkeeper import clock
from shopkeeper.aws import due
from shopkeeper.aws.draining import PUT_OFF, Drain, Telling
from shopkeeper.aws.due import Due, DueRows, Leases
from shopkeeper.clock import Clock
from tests import tables

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEYS = {"RecordsTable": "record", "SendsTable": "send_id"}


def at(minutes):
    return clock.to_text(NOON + timedelta(minutes=minutes))


@pytest.fixture
def dynamodb():
    with mock_aws():
        yield tables.create(*KEYS)


def put(dynamodb, key, minutes, table="SendsTable", shard="0"):
    item = {KEYS[table]: key, "due_shard": shard, "due_at": at(minutes), "state": "ready"}
    dynamodb.put_item(TableName=table, Item={name: {"S": value} for name, value in item.items()})


def rows(dynamodb, table="SendsTable"):
    return DueRows(dynamodb, table, KEYS[table])


class Visitor:
    """Takes a row off the index when it visits it, unless it is one that cannot be handled."""

    def __init__(self, dynamodb, bad=(), stays=(), long=()):
        self.dynamodb, self.bad, self.stays, self.seen, self.failed = dynamodb, bad, stays, [], []
        self.long = dict(long)

    def __call__(self, key):
        self.seen.append(key)
        if key in self.bad:
            raise ValueError(key)
        if self.long.get(key):
            self.long[key] -= 1
            return True
        if key not in self.stays:
            change = "REMOVE due_at, due_shard"
            self.dynamodb.update_item(TableName="SendsTable", Key={"send_id": {"S": key}}, UpdateExpression=change)
        return False

    def drain(self):
        failed = lambda kind, key, problem: self.failed.append((kind, key))  # noqa: E731
        return Drain({"send": rows(self.dynamodb)}, {"send": self}, {}, Clock(NOON.timestamp), Telling(failed))


def always():
    return True


def test_what_is_due_is_visited_the_earliest_first_and_nothing_else(dynamodb):
    for key, minutes in [("late", -1), ("early", -60), ("now", 0), ("later", 1)]:
        put(dynamodb, key, minutes)
    put(dynamodb, "elsewhere", -1, shard="1")
    visitor = Visitor(dynamodb)

    assert visitor.drain().run("0", always) == 3
    assert visitor.seen == ["early", "late", "now"]


def test_a_row_that_stays_in_the_index_is_still_visited_once(dynamodb):
    put(dynamodb, "lingers", -1)
    visitor = Visitor(dynamodb, stays=["lingers"])

    visitor.drain().run("0", always)

    assert visitor.seen == ["lingers"]


def test_what_takes_long_is_done_in_parts_between_which_the_others_have_their_turn(dynamodb):
    for key, minutes in [("long", -9), ("a", -3), ("longer", -2), ("b", -1)]:
        put(dynamodb, key, minutes)
    visitor = Visitor(dynamodb, long={"long": 1, "longer": 3})

    assert visitor.drain().run("0", always) == 4

    assert visitor.seen == ["long", "a", "longer", "b", "long", "longer", "longer", "longer"]


def test_what_takes_longer_than_there_is_time_is_told(dynamodb):
    put(dynamodb, "long", -1)
    visitor, left = Visitor(dynamodb, long={"long": 100}), iter([True] * 7 + [False])

    assert visitor.drain().run("0", lambda: next(left)) is None
    assert visitor.seen == ["long"] * 7


def test_what_becomes_due_meanwhile_is_visited_as_well(dynamodb):
    put(dynamodb, "first", -1)
    visitor = Visitor(dynamodb)
    visits = []

    def visit(key):
        visits.append(key)
        visitor(key)
        if key == "first":
            put(dynamodb, "second", -1)

    Drain({"send": rows(dynamodb)}, {"send": visit}, {}, Clock(NOON.timestamp), Telling(None)).run("0", always)

    assert visits == ["first", "second"]


def test_a_row_that_cannot_be_handled_is_told_of_and_put_off_and_the_others_go_on(dynamodb):
    for key, minutes in [("a", -3), ("bad", -2), ("c", -1)]:
        put(dynamodb, key, minutes)
    visitor = Visitor(dynamodb, bad=["bad"])

    assert visitor.drain().run("0", always) == 3

    assert visitor.seen == ["a", "bad", "c"]
    assert visitor.failed == [("send", "bad")]
    assert list(rows(dynamodb).until("0", NOON)) == []
    assert list(rows(dynamodb).until("0", NOON + PUT_OFF)) == [Due("bad", at(5))]


def test_a_row_that_was_seen_to_in_the_meantime_is_not_put_off(dynamodb):
    put(dynamodb, "moved", 30)

    rows(dynamodb).put_off(Due("moved", at(-1)), NOON)
    rows(dynamodb).put_off(Due("gone", at(-1)), NOON)

    assert list(rows(dynamodb).until("0", NOON + timedelta(hours=1))) == [Due("moved", at(30))]


def test_a_drain_stops_when_its_time_is_up_and_says_so(dynamodb):
    for n in range(3):
        put(dynamodb, f"s{n}", -1)
    visitor = Visitor(dynamodb)
    left = iter([True, True, False])

    assert visitor.drain().run("0", lambda: next(left)) is None
    assert len(visitor.seen) == 2
    assert visitor.drain().run("0", always) == 1


def test_a_shard_is_lent_to_one_at_a_time(dynamodb):
    leases, until = Leases(dynamodb, "RecordsTable"), NOON + timedelta(seconds=90)

    assert leases.take("0", "one", NOON, until)
    assert not leases.take("0", "two", NOON, until)
    assert leases.take("1", "two", NOON, until)
    leases.give_back("0", "one")
    assert leases.take("0", "two", NOON, until)


def test_the_lease_of_a_drain_that_died_runs_out(dynamodb):
    leases, until = Leases(dynamodb, "RecordsTable"), NOON + timedelta(seconds=90)
    leases.take("0", "dead", NOON, until)

    assert not leases.take("0", "next", until - timedelta(seconds=1), until)
    assert leases.take("0", "next", until, until + timedelta(seconds=90))
    leases.give_back("0", "dead")
    assert not leases.take("0", "third", until, until + timedelta(seconds=90))


@pytest.mark.parametrize("count", [1, 4])
def test_records_are_spread_over_all_shards(count):
    assert {due.shard(f"launch#{n}", count) for n in range(50)} == {str(n) for n in range(count)}
