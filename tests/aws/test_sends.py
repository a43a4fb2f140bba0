"""The Sends table on moto does to a row what the ledger says a change does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ReadTimeoutError
from moto import mock_aws

from shopkeeper.aws.sends import Sends, Unwritten
from shopkeeper.mail import feedback, ledger, moves, ses_events
from shopkeeper.mail.ledger import Refused
from tests import ses_reports, tables

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOON_TEXT = "2026-03-01T12:00:00.000Z"
READY = ledger.planned(
    customer_id="jo",
    activity="campaign:spring",
    step="letter",
    occurrence="1",
    planned_at=NOON,
    template="spring#1",
    topic="news",
)
CLAIM = moves.claim(READY, "claim-1", NOON, NOON + timedelta(seconds=120), "address:1")
CALLING = CLAIM.applied(READY)
REPORTS = [
    ses_reports.sent(),
    ses_reports.delayed(),
    ses_reports.delivered(),
    ses_reports.bounced(),
    ses_reports.complained(),
    ses_reports.rejected(),
]


def change(row, body):
    event = ses_events.read(body, NOON_TEXT)
    return feedback.hear(row, event, feedback.judge(event))


def hear(row, body):
    return change(row, body).applied(row)


ROWS = [
    READY,
    moves.defer(READY, NOON, 4).applied(READY),
    CALLING,
    moves.watch(CALLING, NOON, 4).applied(CALLING),
    replace(CALLING, fence=7),
    moves.lose(CALLING, 1).applied(CALLING),
    moves.accept(CALLING, "m-1", NOON).applied(CALLING),
    moves.give_up(READY, "other:stopped", NOON, {"status": "cancelled"}).applied(READY),
    *(hear(CALLING, body) for body in REPORTS),
    replace(READY, state=ledger.HELD_OUT, rank=10),
]
CHANGES = [
    CLAIM,
    moves.defer(READY, NOON + timedelta(seconds=30), 4),
    moves.watch(CALLING, NOON, 4),
    moves.lose(CALLING, 1),
    moves.release(CALLING, NOON, 4),
    moves.accept(CALLING, "m-2", NOON),
    moves.give_up(READY, "malformed:address", NOON, {"problem": "there is no @"}),
    moves.give_up(CALLING, "other:content", NOON),
    moves.visited(READY),
    *(change(CALLING, body) for body in REPORTS),
    change(hear(CALLING, ses_reports.bounced()), ses_reports.delivered()),
]


@pytest.fixture
def sends():
    with mock_aws():
        yield Sends(tables.create("SendsTable"), "SendsTable")


def plan_anew(sends, row):
    sends._dynamodb.delete_item(TableName="SendsTable", Key={"send_id": {"S": row.send_id}})
    assert sends.plan(row)


def test_the_table_does_what_each_change_says_to_each_row(sends):
    done = 0
    for row in ROWS:
        plan_anew(sends, row)
        for change in CHANGES:
            if change.fits(row):
                assert sends.apply(change) == change.applied(row) == sends.load(row.send_id)
                plan_anew(sends, row)
                done += 1
            else:
                with pytest.raises(Refused) as refused:
                    sends.apply(change)
                assert refused.value.row == row == sends.load(row.send_id)
    assert len(ROWS) * len(CHANGES) > 2 * done > 60


def test_a_send_that_was_planned_is_not_planned_again(sends):
    assert sends.plan(READY)
    sends.apply(CLAIM)

    assert not sends.plan(READY)
    assert sends.load(READY.send_id) == CALLING


def test_a_change_of_a_send_that_is_not_there_makes_none(sends):
    for change in CHANGES:
        with pytest.raises(Refused) as refused:
            sends.apply(change)
        assert refused.value.row is None
    assert sends.load(READY.send_id) is None


def test_all_sends_of_an_activity_are_found_and_no_others(sends):
    def planned(customer, occurrence):
        return ledger.planned(
            customer_id=customer, activity="campaign:a", step="letter", occurrence=occurrence, planned_at=NOON
        )

    mine = [planned(f"c{number}", "1") for number in range(40)]
    for send in [*mine, planned("c1", "2")]:
        sends.plan(send)

    found = list(sends.of_activity("campaign:a", "1"))
    page, after = sends.of_shard(mine[0].activity_shard, limit=1)

    assert sorted(found, key=lambda send: send.send_id) == sorted(mine, key=lambda send: send.send_id)
    assert len({send.activity_shard for send in mine}) == ledger.ACTIVITY_SHARDS
    assert (len(page), after) == (1, page[0].send_id)


def test_a_table_that_does_not_answer_leaves_it_open_whether_the_change_stands():
    class Silent:
        def update_item(self, **request):
            raise ReadTimeoutError(endpoint_url="x")

    with pytest.raises(ledger.Unsure) as unsure:
        Sends(Silent(), "SendsTable").apply(CLAIM)
    assert isinstance(unsure.value, Unwritten)
