"""Senders that mind neither hours nor ends, rest for ever, or mix up attempts: the proof of time must notice each."""

from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec import structs

from shopkeeper.mail import attempts, moves, timing, unsent, vetoes
from shopkeeper.mail.looking import Eyes
from shopkeeper.mail.results import Result
from shopkeeper.mail.sending import Sender
from shopkeeper.mail.timing import Wait
from tests import send_ways, send_ways_of_time
from tests.mutants import noticed

hours, facts, asks = timing.quiet_hours, unsent.facts, Eyes.status
resubmit, visit = attempts.resubmit, moves.visit


def before_it_is_written(look):
    return None if look.places else hours(look)


def begins_late(look):
    found = hours(look)
    return None if found and hours(replace(look, at=look.at - timedelta(minutes=5))) is None else found


def puts_off_a_little(look):
    found = hours(look)
    return replace(found, until=look.at + timedelta(minutes=10)) if isinstance(found, Wait) else found


def waits_whatever_its_end(look):
    """And then it goes, where nobody asks for its end any more."""
    found = hours(replace(look, send=replace(look.send, expires_at="")))
    return replace(found, until=found.until + timedelta(days=400)) if isinstance(found, Wait) else found


def gives_up_what_has_time(look):
    found = hours(replace(look, send=replace(look.send, expires_at=look.send.expires_at or look.send.planned_at)))
    return None if look.send.expires_at else found


def a_pause_is_the_end(self, row):
    seen = asks(self, row)
    return vetoes.CANCELLED if seen == vetoes.PAUSED else seen


def rests_for_ever(self, row, now):
    self._ports.sends.apply(moves.defer(row, now + timedelta(days=1000), 1))
    return Result(vetoes.PAUSED)


def told_as_the_same(row):
    return (structs.replace(each, message_id=f"{row.send_id}/{row.state}/1") for each in facts(row))


def forgets_what_came_before(malformed, now, shards):
    change = resubmit(malformed, now, shards)
    return replace(change, puts={name: value for name, value in change.puts.items() if name != "earlier"})


def counts_no_attempts(malformed, now, shards):
    change = resubmit(malformed, now, shards)
    return replace(change, puts=change.puts | {"attempt": malformed.attempt})


def of_all_classes(look):
    return (look.policy.quiet,)


def left_to_a_launch(send, now, shards):
    """And there is none."""
    found = visit(send, now, shards)
    return replace(found, queue=False) if send.is_alone else found


def as_for_a_letter(look):
    return replace(asked(look), mail_class="marketing")


asked = vetoes.Look.request.fget
without_expiry = tuple(each for each in vetoes.VETOES if each is not vetoes.expired)

# What is wrong, where it shows, in which world, what SES says, and how it is done.
MUTANTS = {
    "hours that nobody minds": (
        send_ways_of_time.slow,
        "in_quiet_hours",
        "accept",
        (timing, "quiet_hours", lambda look: None),
    ),
    "hours that begin while it is written": (
        send_ways_of_time.slow,
        "before_quiet_hours",
        "accept",
        (timing, "quiet_hours", before_it_is_written),
    ),
    "hours that begin late": (
        send_ways_of_time.slow,
        "before_quiet_hours",
        "accept",
        (timing, "quiet_hours", begins_late),
    ),
    "put off into the same hours": (
        send_ways_of_time.slow,
        "in_quiet_hours",
        "accept",
        (timing, "quiet_hours", puts_off_a_little),
    ),
    "waiting past the end": (
        send_ways_of_time.slow,
        "expiring_in_quiet_hours",
        "accept",
        (timing, "quiet_hours", waits_whatever_its_end),
    ),
    "given up for hours that it could wait for": (
        send_ways_of_time.slow,
        "in_quiet_hours",
        "accept",
        (timing, "quiet_hours", gives_up_what_has_time),
    ),
    "an end that nobody minds": (
        send_ways_of_time.slow,
        "expiring",
        "accept",
        (vetoes, "VETOES", without_expiry),
    ),
    "a pause is the end": (
        send_ways_of_time.paused_and_resumed,
        "assumed",
        "accept",
        (Eyes, "status", a_pause_is_the_end),
    ),
    "a pause without an end": (
        send_ways_of_time.paused_and_resumed,
        "assumed",
        "accept",
        (Sender, "_rest", rests_for_ever),
    ),
    "another attempt at once": (
        send_ways_of_time.resubmitted,
        "assumed",
        "bad_address",
        (attempts, "LETS_GO", timedelta()),
    ),
    "two attempts told as one": (
        send_ways_of_time.resubmitted_twice,
        "assumed",
        "bad_address",
        (unsent, "facts", told_as_the_same),
    ),
    "another attempt that is not counted": (
        send_ways_of_time.resubmitted_twice,
        "assumed",
        "bad_address",
        (attempts, "resubmit", counts_no_attempts),
    ),
    "what came before is forgotten": (
        send_ways_of_time.resubmitted,
        "assumed",
        "bad_address",
        (attempts, "resubmit", forgets_what_came_before),
    ),
    "messages have quiet hours": (
        send_ways.crashing,
        "message",
        "accept",
        (vetoes.Look, "quiet", property(of_all_classes)),
    ),
    "messages ask for consent": (
        send_ways.crashing,
        "message",
        "accept",
        (vetoes.Look, "request", property(as_for_a_letter)),
    ),
    "messages that get lost are left to a launch": (
        send_ways.crashing_again_and_again,
        "message",
        "accept",
        (moves, "visit", left_to_a_launch),
    ),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_sender_that_minds_no_time_is_noticed(mutant, monkeypatch):
    way, kind, said, patch = MUTANTS[mutant]
    monkeypatch.setattr(*patch)

    assert noticed(send_ways.faults([way], [said], [kind]))
