"""What becomes of a send whose answer was lost, and of which SES has told nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shopkeeper import clock
from shopkeeper.mail import doubts, feedback, ledger, moves, ses_events
from shopkeeper.mail.canaries import Canary
from shopkeeper.mail.doubts import Doubts
from shopkeeper.mail.state import MailState
from tests import ses_reports
from tests.domain.test_mail_feedback import CALLING
from tests.send_world import World

CALLED = datetime(2026, 3, 1, 12, tzinfo=UTC)
LOST = moves.lose(replace(CALLING, call_started_at=clock.to_text(CALLED)), 1)
UNKNOWN = LOST.applied(replace(CALLING, call_started_at=clock.to_text(CALLED)))
HOUR = timedelta(hours=1)


def settled(row=UNKNOWN, back=timedelta(seconds=1), when="retry_once", after=HOUR):
    back_at = clock.to_text(CALLED + back) if back is not None else ""
    return doubts.settle(row, back_at, when, CALLED + after, 1)


def outcome(**how):
    row = how.get("row", UNKNOWN)
    change = settled(**how).change
    assert change.fits(row)
    after = change.applied(row)
    return after.reason or after.state


def test_the_clock_looks_at_it_an_hour_after_the_call():
    assert (UNKNOWN.state, UNKNOWN.due_at) == (ledger.UNKNOWN, clock.to_text(CALLED + HOUR))


@pytest.mark.parametrize(
    ("how", "becomes"),
    [
        ({}, "ready"),
        ({"back": None}, "unknown"),
        ({"back": timedelta()}, "unknown"),
        ({"back": -HOUR}, "unknown"),
        ({"when": "never"}, "other:unknown"),
        ({"row": replace(UNKNOWN, unheard_at="2026-03-01T11:00:00.000Z")}, "other:unknown"),
        ({"row": replace(UNKNOWN, mail_class="service")}, "ready"),
        ({"row": replace(UNKNOWN, mail_class="transactional"), "when": "never"}, "ready"),
        ({"row": replace(UNKNOWN, mail_class="transactional", unheard_at="2026-03-01T11:00:00.000Z")}, "ready"),
        ({"row": replace(UNKNOWN, expires_at=clock.to_text(CALLED + HOUR))}, "other:unknown"),
        ({"row": replace(UNKNOWN, expires_at=clock.to_text(CALLED + 2 * HOUR))}, "ready"),
    ],
)
def test_only_a_canary_that_came_back_later_says_that_ses_has_not_taken_it(how, becomes):
    assert outcome(**how) == becomes


def test_a_second_try_has_a_fence_of_its_own_and_is_due_at_once():
    row = settled().change.applied(UNKNOWN)

    assert (row.fence, row.due_at, row.unheard_at, row.call_started_at) == (
        UNKNOWN.fence + 1,
        clock.to_text(CALLED + HOUR),
        clock.to_text(CALLED + HOUR),
        "",
    )
    late = moves.accept(replace(UNKNOWN, state=ledger.CALLING), "ses-1", CALLED + HOUR)
    assert not late.fits(row)


@pytest.mark.parametrize(("hours", "rings", "next_look"), [(1, False, 5), (2, True, 60)])
def test_without_a_canary_it_waits_and_rings_after_two_hours(hours, rings, next_look):
    found = settled(back=None, after=hours * HOUR)

    assert (found.waits, found.rings) == (True, rings)
    due_at = found.change.applied(UNKNOWN).due_at
    assert due_at == clock.to_text(CALLED + hours * HOUR + timedelta(minutes=next_look))


class Nest:
    def __init__(self, back_at=""):
        self.canary, self.wanted = Canary(back_at=back_at), []

    def get(self):
        return self.canary

    def want(self, until, brand):
        self.wanted.append(brand)
        self.canary = replace(self.canary, wanted_until=clock.to_text(until), brand=brand)


class Said:
    def get(self):
        return MailState()


def test_a_canary_is_asked_for_once_in_a_while_and_only_by_a_send_in_doubt():
    nest, rung = Nest(), []
    asking = Doubts(nest, Said(), 1, lambda launch, count: rung.append((launch, count)))

    assert asking.settle(UNKNOWN, CALLED + HOUR - timedelta(seconds=1)) is None
    assert nest.wanted == []
    for _ in range(3):
        assert asking.settle(UNKNOWN, CALLED + HOUR)
    assert (nest.wanted, rung) == ([UNKNOWN.brand], [])
    asking.settle(UNKNOWN, CALLED + 2 * HOUR)
    assert rung == [(UNKNOWN.occurrence, 1)]


def heard(row, message_id):
    event = ses_events.read(
        ses_reports.sent(tags={"send_id": [row.send_id]}, messageId=message_id), "2026-03-01T14:00:00.000Z"
    )
    change = feedback.hear(row, event, feedback.judge(event))
    return change.applied(row) if change else row


def test_what_ses_tells_of_the_first_call_spares_the_second():
    again = settled().change.applied(UNKNOWN)

    row = heard(again, "ses-1")

    assert (row.state, row.due_at, row.second_message_id) == (ledger.ACCEPTED, "", "")


def test_both_mails_are_known_where_ses_tells_of_the_first_one_after_it_took_the_second():
    accepted = replace(UNKNOWN, state=ledger.ACCEPTED, rank=4, ses_message_id="ses-2", due_at="")

    row = heard(heard(heard(accepted, "ses-1"), "ses-2"), "ses-1")

    assert (row.ses_message_id, row.second_message_id) == ("ses-2", "ses-1")


def test_a_letter_that_ses_never_took_goes_once_more_after_a_canary():
    world = World()
    world.answers = ["fail"]
    world.deliver(world.ids()[0]).finish()
    world.time += timedelta(minutes=61)
    world.tick()
    assert [row.state for row in world.sends.values()] == [ledger.UNKNOWN]

    world.settle()

    assert [row.state for row in world.sends.values()] == [ledger.ACCEPTED]
    assert (len(world.accepted), world.faults()) == (1, [])
