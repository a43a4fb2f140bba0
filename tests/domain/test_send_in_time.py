"""One delivery in the course of time: quiet hours, an expiry, a pause, another attempt; and a message."""

import pytest

from shopkeeper.mail import ledger
from tests import send_ways, send_ways_of_time
from tests.send_fakes import ANSWERS
from tests.send_ways import JUMPS, faults
from tests.send_ways_of_time import WAYS
from tests.send_world import KINDS, MESSAGE, TIMED

LONG, AT_ONCE = JUMPS[-1:], JUMPS[:1]
EVERY_WAY = (*send_ways.WAYS, *WAYS)


def reached(way, kind, said="accept", at=0, jump=130):
    (row,) = way(at, jump, [said], kind).settle().sends.values()
    return row


@pytest.mark.parametrize("kind", TIMED)
def test_a_slow_letter_goes_outside_quiet_hours_before_its_expiry_or_not_at_all(kind):
    assert list(faults([send_ways_of_time.slow], ["accept"], [kind], LONG)) == []


@pytest.mark.parametrize(
    ("way", "said", "jumps"),
    [
        (send_ways_of_time.paused_and_resumed, "accept", LONG),
        (send_ways_of_time.paused_and_called_off, "accept", LONG),
        (send_ways_of_time.resubmitted, "bad_address", JUMPS),
        (send_ways_of_time.resubmitted_twice, "bad_address", LONG),
    ],
)
def test_a_pause_and_another_attempt_make_no_second_mail_and_lose_none(way, said, jumps):
    assert list(faults([way], [said], ["assumed"], jumps)) == []


@pytest.mark.parametrize(
    "way", [send_ways.crashing_again_and_again, send_ways.opted_out, send_ways.paused], ids=lambda way: way.__name__
)
def test_a_message_goes_once_whatever_happens_at_any_call(way):
    assert list(faults([way], ["accept"], MESSAGE, LONG)) == []


@pytest.mark.prove
@pytest.mark.parametrize("kind", [*KINDS, *TIMED, *MESSAGE])
@pytest.mark.parametrize("said", ANSWERS)
def test_the_same_holds_for_every_answer_of_ses(said, kind):
    ways = WAYS if kind in KINDS else EVERY_WAY
    assert list(faults(ways, [said], [kind])) == []


def test_what_can_become_of_them_does():
    in_time = send_ways_of_time

    assert reached(in_time.slow, "before_quiet_hours", at=6).state == ledger.ACCEPTED
    assert reached(in_time.slow, "expiring").reason == "other:expired"
    assert reached(in_time.slow, "expiring_in_quiet_hours").reason == "other:expired"
    assert reached(in_time.paused_and_called_off, "assumed").reason == "other:stopped"
    once_more = reached(in_time.resubmitted, "assumed", "bad_address", at=send_ways.HALF_CALLS)
    assert (once_more.state, once_more.attempt) == (ledger.ACCEPTED, 2)
    assert reached(in_time.resubmitted_twice, "assumed", "bad_address", at=send_ways.HALF_CALLS).attempt == 3
    assert reached(send_ways.paused, "message").state == ledger.ACCEPTED
