"""Where SES refuses for what lies with us, the activity waits and nobody is given up; one bad mail is, for itself."""

import json
from datetime import timedelta

import pytest

from shopkeeper import clock
from shopkeeper.aws.activities import Activities
from shopkeeper.campaign import settle
from shopkeeper.mail import ledger, moves
from shopkeeper.mail.holds import Hold
from shopkeeper.mail.sending import Sender
from tests.send_world import World

LOOK = timedelta(seconds=settle.WAIT)


class Launch(World):
    """Sends of one activity. `bad` names those that SES refuses whatever happens, and all while there is a fault."""

    def __init__(self, sends=4):
        super().__init__(sends, together=True)
        self.bad = set()

    def deliver_all(self):
        for send_id in sorted(self.messages, key=lambda send_id: send_id not in self.bad):
            self._answer_for(send_id)
            if worker := self.deliver(send_id):
                worker.finish()
        return self

    def _answer_for(self, send_id):
        self.answers = ["doubtful"] if send_id in self.bad else []

    def go_on(self, **time):
        """The clock ticks each minute, the launch looks at its rows every quarter of an hour."""
        until = self.time + timedelta(**time)
        while self.time < until:
            for _ in range(15):
                self.time += timedelta(minutes=1)
                self.tick()
                self.deliver_all()
            self.watch()
            self.deliver_all()
        return self

    @property
    def hold(self):
        return self.holds.get(("campaign:0", "1"), Hold())

    def states(self):
        return {row.state for row in self.sends.values()}


def refused(always, sends=4):
    launch = Launch(sends)
    launch.always = always
    return launch.deliver_all()


@pytest.mark.parametrize(("always", "why"), [("unverified", "configuration"), ("doubtful", "refused")])
def test_the_first_refusal_holds_all_of_the_activity(always, why):
    launch = refused(always)

    assert len(launch.called) == 1
    assert launch.states() == {ledger.READY}
    assert (launch.hold.why, launch.hold.stops(launch.time)) == (why, True)


def test_a_hold_says_what_ses_said_without_any_address():
    launch = refused("unverified")

    assert launch.hold.says == "MessageRejected: Email address is not verified: …"
    (waits,) = (row for row in launch.sends.values() if row.evidence)
    assert json.loads(waits.evidence) == {"answer": launch.hold.says}


@pytest.mark.parametrize("always", ["unverified", "doubtful"])
def test_however_long_the_fault_lasts_nobody_is_given_up_and_ses_is_asked_now_and_then(always):
    launch = refused(always, sends=8).go_on(hours=30)

    assert launch.states() == {ledger.READY}
    assert (launch.hold.why != "", launch.hold.since[:16]) == (True, "2026-03-01T12:00")
    assert len(launch.called) <= 30 * 4 + 1


@pytest.mark.parametrize("always", ["unverified", "doubtful"])
def test_it_goes_on_by_itself_when_the_fault_is_mended(always):
    launch = refused(always).go_on(hours=30)
    launch.always = ""

    launch.go_on(hours=4)

    assert launch.states() == {ledger.ACCEPTED}
    assert (launch.hold.why, bool(launch.hold.went_on_at)) == ("", True)
    assert not any(row.evidence for row in launch.sends.values())
    assert launch.faults() == []


def test_one_bad_mail_is_given_up_when_others_have_gone_and_holds_them_up_only_once():
    launch = Launch(6)
    bad = launch.ids()[0]
    launch.bad = {bad}
    launch.deliver_all()
    assert (launch.hold.why, launch.states()) == ("refused", {ledger.READY})

    launch.go_on(hours=2)

    row = launch.sends[bad]
    assert (row.state, row.reason) == (ledger.NOT_SENT, "other:refused")
    assert json.loads(row.evidence) == {"answer": "BadRequestException: Header of … is odd."}
    assert {each.state for each in launch.sends.values() if each is not row} == {ledger.ACCEPTED}
    assert len([1 for send_id, _ in launch.called if send_id == bad]) == 2
    assert (launch.hold.why, launch.faults()) == ("", [])


def test_several_bad_mails_do_not_keep_each_other_or_the_rest_waiting_for_ever():
    launch = Launch(8)
    launch.bad = set(launch.ids()[:3])

    launch.deliver_all().go_on(hours=12)

    gone = {row.send_id for row in launch.sends.values() if row.state == ledger.ACCEPTED}
    assert gone == set(launch.ids()) - launch.bad
    assert {launch.sends[send_id].reason for send_id in launch.bad} == {"other:refused"}
    assert launch.faults() == []


def test_who_is_alone_is_not_given_up_because_nobody_can_tell_whether_it_lies_with_the_mail():
    launch = refused("doubtful", sends=1).go_on(hours=12)

    assert launch.states() == {ledger.READY}
    assert launch.hold.why == "refused"


def test_a_bad_address_is_final_for_its_recipient_and_holds_nobody_up():
    launch = Launch()
    launch.answers = ["bad_address"]
    for send_id in launch.ids():
        launch.deliver(send_id).finish()

    assert sorted(row.state for row in launch.sends.values()) == [*[ledger.ACCEPTED] * 3, ledger.NOT_SENT]
    assert launch.holds == {}


def test_who_dies_before_the_hold_leaves_it_to_the_next_refusal():
    launch = Launch()
    launch.always = "doubtful"
    worker = launch.deliver(launch.ids()[0])
    while worker.waits_at != "holds.hold":
        worker.step()
    worker.kill()
    assert launch.hold == Hold()

    launch.deliver_all()

    assert launch.hold.why == "refused"
    assert len(launch.called) == 2


@pytest.mark.parametrize("nth", [1, 2])
def test_a_hold_that_cannot_be_read_puts_no_send_in_doubt(nth):
    """It is asked for before SES is: whoever cannot read it has called nobody."""
    launch = refused("doubtful", sends=1)
    (send_id,) = launch.ids()
    launch.time += timedelta(hours=2)
    launch.tick()
    worker = launch.deliver(send_id)
    while worker.trace.count("before holds.get") < nth:
        worker.step()

    worker.out_of_order.add("holds.get")
    worker.finish()

    assert (launch.states(), len(launch.called)) == ({ledger.READY}, 1)


@pytest.mark.parametrize("said", ["throttle", "bad_address", "unverified"])
def test_a_mail_that_was_refused_before_is_judged_by_what_ses_says_now(said):
    launch = Launch(2)
    bad, good = launch.ids()
    launch.answers = ["doubtful"]
    launch.deliver(bad).finish()
    launch.time += timedelta(hours=2)
    launch.deliver(good).finish()
    launch.tick()
    launch.answers = [said]
    launch.deliver(bad).finish()

    row = launch.sends[bad]
    assert row.reason == ("malformed:refused" if said == "bad_address" else "")
    assert row.state == (ledger.NOT_SENT if said == "bad_address" else ledger.READY)
    assert said != "throttle" or clock.from_text(row.due_at) - launch.time < timedelta(seconds=61)


def test_what_is_held_costs_one_read_of_its_row_and_no_more():
    launch = refused("unverified")
    (waiting, *_) = (row.send_id for row in launch.sends.values() if not row.due_at)
    launch.messages[waiting] = 0

    worker = launch.deliver(waiting).finish()

    assert worker.result.what == "paused"
    assert dict(worker.calls) == {"sends.load": 1}


def release_at_once(called, until, shards, *because):
    return released(called, until - timedelta(hours=4), shards, *because)


released = moves.release

# What is wrong, how it is done, and which of the above must notice.
MUTANTS = {
    "nothing is held": (Sender, "_hold", lambda *_: None, lambda: first_refusal("doubtful", "refused")),
    "given up at the first doubt": (Hold, "clears", lambda *_: True, lambda: first_refusal("doubtful", "refused")),
    "a bad mail is tried for ever": (Hold, "clears", lambda *_: False, lambda: one_bad_mail()),
    "a bad mail comes back as soon each time": (Hold, "lasted", lambda *_: timedelta(), lambda: several_bad_mails()),
    "a hold is never over": (Activities, "went_on", lambda *_: None, lambda: goes_on_by_itself("doubtful")),
    "what was refused is tried again at once": (moves, "release", release_at_once, lambda: one_bad_mail()),
}
first_refusal = test_the_first_refusal_holds_all_of_the_activity
one_bad_mail = test_one_bad_mail_is_given_up_when_others_have_gone_and_holds_them_up_only_once
several_bad_mails = test_several_bad_mails_do_not_keep_each_other_or_the_rest_waiting_for_ever
goes_on_by_itself = test_it_goes_on_by_itself_when_the_fault_is_mended


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_sender_that_holds_wrongly_is_noticed(mutant, monkeypatch):
    owner, name, replacement, notices = MUTANTS[mutant]
    monkeypatch.setattr(owner, name, replacement)

    with pytest.raises(AssertionError):
        notices()
