"""A letter that was malformed goes once more, and what was said of the attempt before does it no harm."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shopkeeper.consent.contact import address_key
from shopkeeper.mail import attempts, feedback, ledger, moves, ses_events
from tests import ses_reports as ses
from tests.outcome_oracle import NOW, PLANNED, RECEIVED

OLD, NEW = "jo@old.example", "jo@new.example"
CALLING = moves.claim(PLANNED, "d-1", NOW, NOW + timedelta(minutes=1), address_key(OLD)).applied(PLANNED)
REFUSED = moves.give_up(CALLING, "malformed:refused", NOW, {"answer": "BadRequest"}).applied(CALLING)
VALIDATION = ses.bounced(subtype="EmailValidationSuppressed", status="5.1.1", feedback="b-7")


def heard(row, report):
    event = ses_events.read(report, RECEIVED)
    change = feedback.hear(row, event, feedback.judge(event))
    return change.applied(row) if change else row


def again(row):
    change = attempts.resubmit(row, NOW, 1)
    assert change.fits(row)
    return change.applied(row)


def objection(row, address, now=NOW, *, is_blocked=False):
    return attempts.objection(row, address, now, is_blocked=is_blocked)


def test_it_is_ready_once_more_and_remembers_the_attempt_before():
    row = again(REFUSED)

    assert (row.state, row.rank, row.attempt, row.fence) == ("ready", 1, 2, REFUSED.fence + 1)
    assert (row.reason, row.not_sent_at, row.failure_source, row.address_key, row.evidence) == ("",) * 5
    assert attempts.earlier(row) == [
        {
            "reason": "malformed:refused",
            "evidence": '{"answer": "BadRequest"}',
            "failure_source": "local",
            "not_sent_at": RECEIVED,
            "address_key": address_key(OLD),
        }
    ]
    assert moves.visit(row, NOW, 1) == moves.Visit()
    assert moves.visit(row, NOW + attempts.LETS_GO, 1).queue
    third = again(moves.give_up(row, "malformed:address", NOW).applied(row))
    assert [each["reason"] for each in attempts.earlier(third)] == ["malformed:refused", "malformed:address"]


def test_of_two_who_resubmit_it_one_does():
    assert not attempts.resubmit(REFUSED, NOW, 1).fits(again(REFUSED))


@pytest.mark.parametrize(
    ("row", "address", "said"),
    [
        (REFUSED, NEW, ""),
        (REFUSED, OLD.upper(), "is still the one that was refused"),
        (REFUSED, "", "there is no @"),
        (REFUSED, "jo@@new", "is not valid"),
        (replace(REFUSED, reason="malformed:validation"), OLD, ""),
        (replace(REFUSED, expires_at=RECEIVED), NEW, "has expired"),
        (replace(REFUSED, attempt=attempts.MOST), NEW, "tried 10 times"),
        (replace(REFUSED, reason="other:stopped"), NEW, "is not malformed"),
        (again(REFUSED), NEW, "is not malformed"),
        (CALLING, NEW, "is not malformed"),
    ],
)
def test_why_it_may_not_go_once_more(row, address, said):
    found = objection(row, address)

    assert said in found
    assert bool(said) == bool(found)


def test_nothing_goes_to_a_blocked_address():
    assert "Nothing may be sent" in objection(REFUSED, NEW, is_blocked=True)


def test_what_is_told_again_of_the_mail_before_neither_moves_the_row_nor_speaks_of_the_new_address():
    sent = moves.accept(CALLING, "m-1", NOW).applied(CALLING)
    event = ses_events.read(VALIDATION, RECEIVED)
    row = again(heard(replace(sent, ses_message_id=event.message_id), VALIDATION))

    assert heard(row, VALIDATION) == row
    assert attempts.spoken_of(row, event.message_id).address_key == address_key(OLD)
    assert attempts.spoken_of(row, "another").address_key == ""
    assert heard(row, ses.sent(messageId="m-2")).state == "accepted"


def test_what_ses_tells_after_all_of_a_refused_mail_still_counts():
    assert heard(again(REFUSED), ses.delivered()).state == ledger.DELIVERED
