"""What hits leave on the row of their mail, told in any order and any number of times."""

from itertools import permutations

import pytest
from moto import mock_aws

from shopkeeper.aws.sends import Sends
from shopkeeper.campaign import hits
from shopkeeper.customer import outcomes
from shopkeeper.customer.outcomes import Outcome
from tests import tables
from tests.outcome_oracle import PLANNED

AT = "2026-11-21T12:00:0{}.000Z"
FIRST, SECOND, SAME_LINK = (
    Outcome(PLANNED.send_id, "clicked_at", AT.format(second), hit)
    for second, hit in enumerate(["u3/a", "u7/b", "u3/c"])
)
MACHINE = Outcome(PLANNED.send_id, "clicked_machine_at", AT.format(5), "m3/d")


class Counting:
    """Updates that the table was asked for."""

    def __init__(self, dynamodb):
        self.dynamodb, self.updates = dynamodb, 0

    def __getattr__(self, name):
        return getattr(self.dynamodb, name)

    def update_item(self, **asked):
        self.updates += 1
        return self.dynamodb.update_item(**asked)


@pytest.fixture(scope="module")
def table():
    with mock_aws():
        yield Counting(tables.create("SendsTable"))


@pytest.fixture
def sends(table):
    sends = Sends(table, "SendsTable")
    table.delete_item(TableName="SendsTable", Key={"send_id": {"S": PLANNED.send_id}})
    sends.plan(PLANNED)
    table.updates = 0
    return sends


@pytest.mark.parametrize("told", [*permutations([FIRST, SECOND, SAME_LINK, MACHINE])])
def test_hits_in_any_order_and_told_twice_leave_the_same_row(sends, told):
    for each in (*told, *reversed(told)):
        sends.mark(each)

    row = sends.load(PLANNED.send_id)
    assert row.hits == {"u3/a", "u7/b", "u3/c", "m3/d"}
    assert (row.clicked_at, row.clicked_machine_at) == (FIRST.at, MACHINE.at)


def test_a_hit_in_its_turn_is_one_write(sends, table):
    for each in (FIRST, SECOND, SAME_LINK, MACHINE):
        sends.mark(each)

    assert table.updates == 4


WAITING = [outcomes.unjudged.mark(None, "x"), "3/a", "7/b"]


@pytest.mark.parametrize("first", [[FIRST, SECOND], [SECOND, FIRST]])
def test_what_has_its_verdict_waits_for_none(sends, table, first):
    sends.await_verdicts({PLANNED.send_id: WAITING})
    for each in first:
        sends.mark(each)

    assert sends.load(PLANNED.send_id).unjudged == {WAITING[0]}
    sends.await_verdicts({PLANNED.send_id: WAITING})
    assert hits.unjudged(sends.load(PLANNED.send_id)) == {WAITING[0]}
    sends.mark(FIRST)
    assert sends.load(PLANNED.send_id).unjudged == {WAITING[0], "7/b"}


def test_of_one_mail_so_many_wait_and_of_an_unknown_one_none(sends):
    for number in range(outcomes.MOST_HITS + 3):
        sends.await_verdicts({PLANNED.send_id: {f"/{number}"}})
    sends.await_verdicts({"unknown": {"/1"}})

    assert len(sends.load(PLANNED.send_id).unjudged) == outcomes.MOST_HITS
    assert sends.load("unknown") is None


def test_beyond_so_many_only_the_first_of_its_kind_is_noted(sends, table):
    for number in range(outcomes.MOST_HITS):
        sends.mark(Outcome(PLANNED.send_id, "opened_machine_at", AT.format(1), f"m/{number}"))
    for hit in ("m/more", "u5/first", "u5/second"):
        sends.mark(Outcome(PLANNED.send_id, "clicked_at", AT.format(1), hit))

    hits = sends.load(PLANNED.send_id).hits
    assert len(hits) == outcomes.MOST_HITS + 1
    assert sum(hit.startswith("u5") for hit in hits) == 1


def test_a_hit_makes_no_send_of_an_unknown_one(sends, table):
    sends.mark(Outcome("unknown", "clicked_at", AT.format(1), "u3/a"))

    assert sends.load("unknown") is None
    assert table.updates == 1


def test_an_earlier_instant_of_a_hit_that_is_noted_still_counts(sends):
    sends.mark(SECOND)
    sends.mark(Outcome(PLANNED.send_id, "clicked_at", FIRST.at, SECOND.hit))

    row = sends.load(PLANNED.send_id)
    assert (row.clicked_at, row.hits) == (FIRST.at, {SECOND.hit})
