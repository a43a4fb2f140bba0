"""Rows of the ledger: the provider's word in any order, and what the clock has to do."""

import itertools
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest

from shopkeeper.consent.contact import address_key
from shopkeeper.mail import ledger, moves
from tests import ses_reports
from tests.domain.test_mail_feedback import heard as hear

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)
READY = ledger.planned(customer_id="jo", activity="campaign:a", step="letter", occurrence="1", planned_at=NOON)
CALLING = moves.claim(READY, "c", NOON, NOON + timedelta(minutes=2), address_key("jo@example.com")).applied(READY)


SAID = {
    ledger.ACCEPTED: lambda at: ses_reports.sent(timestamp=at),
    ledger.DELAYED: ses_reports.delayed,
    ledger.DELIVERED: ses_reports.delivered,
    ledger.COMPLAINED: lambda at: ses_reports.complained(at=at),
}


def heard(row, state, minute):
    return hear(row, SAID[state](f"2026-03-01T12:{minute:02}:00.000Z"))


def test_the_order_in_which_the_provider_tells_makes_no_difference_to_the_state():
    words = [(ledger.ACCEPTED, 1), (ledger.DELAYED, 2), (ledger.DELIVERED, 3), (ledger.COMPLAINED, 4)]
    for order in itertools.permutations(words):
        row = CALLING
        for state, minute in order:
            row = heard(row, state, minute)
        assert (row.state, row.complained_at[14:16], row.delivered_at[14:16]) == (ledger.COMPLAINED, "04", "03")


def test_an_answer_that_comes_after_the_providers_own_word_changes_nothing():
    delivered = heard(CALLING, ledger.DELIVERED, 1)

    assert not moves.accept(CALLING, "m", NOON).fits(delivered)
    assert not moves.lose(CALLING, 1).fits(delivered)


def test_our_own_no_yields_to_the_provider_and_his_no_to_nobody():
    ours = moves.give_up(READY, "other:stopped", NOON, {"status": "cancelled"}).applied(READY)
    theirs = hear(CALLING, ses_reports.rejected())

    corrected = heard(ours, ledger.ACCEPTED, 1)

    assert (corrected.state, corrected.reason, corrected.not_sent_at, corrected.evidence) == (
        ledger.ACCEPTED,
        "",
        "",
        "",
    )
    assert (theirs.failure_source, heard(theirs, ledger.COMPLAINED, 2).state) == ("provider", ledger.NOT_SENT)


def test_a_hold_out_is_never_claimed_and_never_told_of():
    held = ledger.planned(
        customer_id="jo", activity="campaign:a", step="letter", occurrence="1", planned_at=NOON, held_out=True
    )

    assert not moves.claim(held, "c", NOON, LATER, "address:1").fits(held)
    assert heard(held, ledger.DELIVERED, 1).state == ledger.HELD_OUT


@pytest.mark.parametrize(
    ("row", "queue", "state"),
    [
        (READY, False, ledger.READY),
        (moves.defer(READY, NOON, 1).applied(READY), True, ledger.READY),
        (moves.defer(READY, LATER + timedelta(seconds=1), 1).applied(READY), False, ledger.READY),
        (moves.watch(CALLING, NOON, 1).applied(CALLING), False, ledger.UNKNOWN),
        (CALLING, False, ledger.UNKNOWN),
        (moves.accept(CALLING, "m", NOON).applied(CALLING), False, ledger.ACCEPTED),
    ],
)
def test_the_clock_queues_what_was_deferred_and_ends_a_call_whose_caller_is_gone(row, queue, state):
    visit = moves.visit(row, LATER, 1)
    after = visit.then.applied(row) if visit.then and visit.then.fits(row) else row

    assert (visit.queue, after.state) == (queue, state)
    assert not after.due_at or after.due_at > "2026-03-01T12:05:00"


def test_a_visit_that_comes_too_late_undoes_nothing():
    deferred = moves.defer(READY, NOON, 1).applied(READY)
    visit = moves.visit(deferred, LATER, 1)
    called = moves.claim(deferred, "c-1", NOON, LATER, "").applied(deferred)
    released = moves.release(called, LATER + timedelta(minutes=1), 1).applied(called)

    assert not visit.then.fits(CALLING)
    assert not visit.then.fits(released)


def test_a_row_costs_one_unit_for_as_long_as_it_lives():
    row = heard(
        moves.accept(CALLING, "0100019a1b2c3d4e-01234567-89ab-cdef-0123-456789abcdef-000000", NOON).applied(CALLING),
        ledger.DELIVERED,
        2,
    )
    values = {name: value for name, value in asdict(row).items() if value != ""}
    outcomes = dict.fromkeys(("opened_at", "clicked_at", "unsubscribed_at"), "2026-03-01T12:00:00.000Z")

    assert sum(len(name) + len(str(value)) for name, value in (values | outcomes).items()) + 200 < 1024
