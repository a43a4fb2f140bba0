"""What is remembered of a letter that is not sent: read off its row, once, and of nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shopkeeper.campaign import outcomes
from shopkeeper.customer import known
from shopkeeper.customer.outcomes import outcome_of
from shopkeeper.customer.rows import row_of
from shopkeeper.mail import feedback, ledger, moves, unsent
from shopkeeper.segment.leaves import mailed

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LETTER = {
    "customer_id": "jo",
    "activity": "campaign:spring",
    "step": "letter",
    "occurrence": "spring-1",
    "topic": "news",
    "planned_at": NOON,
}
READY = ledger.planned(**LETTER)


def given_up(reason="do_not_contact:opted_out", row=READY):
    return moves.give_up(row, reason, NOON + timedelta(hours=1)).applied(row)


def test_it_says_which_letter_was_not_sent_when_and_why():
    (fact,) = unsent.facts(given_up())

    assert (fact.subject, fact.name, fact.source, fact.trusted) == ("customer:jo", "Not Sent", "mail", True)
    assert fact.at == fact.received_at == "2026-03-01T13:00:00.000Z"
    assert fact.properties == {
        "send_id": READY.send_id,
        "activity": "campaign:spring",
        "step": "letter",
        "occurrence": "spring-1",
        "topic": "news",
        "reason": "do_not_contact:opted_out",
    }


def test_who_is_held_out_is_told_so_as_of_the_plan():
    (fact,) = unsent.facts(ledger.planned(**LETTER, held_out=True))

    assert (fact.name, fact.at) == ("Not Sent", "2026-03-01T12:00:00.000Z")
    assert fact.properties["reason"] == "held_out"


def test_each_attempt_is_told_by_itself_and_each_of_them_once():
    first, again = given_up(), given_up(row=replace(READY, attempt=2))

    keys = {fact.key for row in (first, first, again) for fact in unsent.facts(row)}

    assert keys == {("customer:jo", f"{READY.send_id}/not_sent/{attempt}") for attempt in (1, 2)}


@pytest.mark.parametrize("state", sorted(ledger.RANKS.keys() - {ledger.NOT_SENT, ledger.HELD_OUT}))
def test_of_what_may_still_be_sent_or_was_nothing_is_told(state):
    assert list(unsent.facts(replace(READY, state=state))) == []


def test_what_ses_says_is_told_by_its_report_alone_and_of_two_letters_to_one_person_the_one_that_went():
    reported = replace(given_up(), failure_source=ledger.PROVIDER)

    assert list(unsent.facts(reported)) == list(unsent.facts(given_up(ledger.MERGED))) == []
    assert feedback._NAMES[ledger.NOT_SENT] == unsent.NAME


def test_it_moves_no_number_of_a_report_and_blocks_no_address():
    (fact,) = unsent.facts(given_up())

    assert outcome_of(row_of(fact)) is None
    assert list(known.stated(fact)) == []


def test_rules_know_each_reason_by_the_rung_that_reports_count_it_under():
    for reason in ("malformed:address", "do_not_contact:no_consent", "other:expired"):
        rung, *others = outcomes.names(given_up(reason), "")
        assert reason.startswith(mailed._REASONS[rung])
        assert "not_sent" in others
    assert mailed._REASONS.keys() == set(outcomes.ADDS_UP["not_sent"])
    assert (mailed._NOT_SENT, mailed._HELD_OUT) == (unsent.NAME, ledger.HELD_OUT)
