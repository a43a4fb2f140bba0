"""Senders that leave out a step, or take two in the wrong order: the proof of crashes must notice each.

Those that draw the wrong conclusion from what they read, or cannot read, are in `test_send_mutants_of_reading`.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from shopkeeper.consent import contact
from shopkeeper.consent.contact import Suppression, refusal
from shopkeeper.mail import answers, facts, ledger, moves, ports, sending, unsent, vetoes
from shopkeeper.mail.answers import Meaning
from shopkeeper.mail.ledger import Change
from shopkeeper.mail.looking import Eyes
from shopkeeper.mail.results import Result
from shopkeeper.mail.sending import Sender
from shopkeeper.mail.state import MailState
from tests import send_ways
from tests.mutants import noticed
from tests.send_fakes import FakeSes

claim, accept, lose, release, post, look, see_to, give_up = (
    moves.claim,
    moves.accept,
    moves.lose,
    moves.release,
    Sender._post,
    Eyes.look,
    Sender._see_to,
    Sender._give_up,
)


def unconditional(*how):
    return replace(claim(*how), states=frozenset(), fence=None)


def known_by_the_fence_alone(change, row):
    return row is not None and (row.state, row.fence) == (change.puts["state"], change.puts.get("fence", row.fence))


def looks_once(self, row):
    """And says that it has looked again, and found its place."""
    places = look(self, row).contact.reservations
    self.looked = getattr(self, "looked", None) or look(self, row)
    return replace(self.looked, at=self._ports.clock.now(), contact=replace(self.looked.contact, reservations=places))


def hears_the_customer_alone(held, request):
    return refusal(replace(held, address=Suppression()), request)


def recorded_before_the_call(self, last, mail, claim_id, reserved_at):
    claimed = self._claim(last, claim_id, mail.kept)
    self._record(accept(claimed, "not yet", last.at))
    self._ports.post.send(mail)
    return Result(ledger.ACCEPTED)


def called_before_the_claim(self, last, mail, claim_id, reserved_at):
    self._ports.post.send(mail)
    claimed = self._claim(last, claim_id, mail.kept)
    self._record(accept(claimed, "too late", last.at))
    return Result(ledger.ACCEPTED)


def ready_again(called, shards):
    return replace(lose(called, shards), puts={"state": ledger.READY, "rank": 1})


def dead_before_its_lease_ends(send, now):
    return send.state == ledger.CALLING


def frees_what_is_unknown(self, last, mail, claim_id, reserved_at):
    result = post(self, last, mail, claim_id, reserved_at)
    if result.what == ledger.UNKNOWN:
        self._ports.contacts.free(last.send.customer_id, last.send.send_id)
    return result


def leaves_reservations(self, row, now):
    return Result("settled_before") if row.state == ledger.NOT_SENT else see_to(self, row, now)


def tells_nobody_again(self, row, now):
    telling, unsent.tell = unsent.tell, lambda rows, memory: None
    try:
        return see_to(self, row, now)
    finally:
        unsent.tell = telling


def tells_before_it_is_so(self, look, veto, reserved):
    given_up = moves.give_up(look.send, veto.reason, look.at, veto.evidence)
    unsent.tell([given_up.applied(look.send)], self._ports.memory)
    return give_up(self, look, veto, reserved)


def never_watches(self, row, now):
    return Result("in_other_hands") if row.state == ledger.CALLING else see_to(self, row, now)


def frees_whoever_had_the_last_word(self, change):
    try:
        self._surely(change)
    except ledger.Refused:
        return True
    return True


def never_due(*how):
    return replace(release(*how), puts={"state": ledger.READY, "rank": 1, "due_at": "9999", "due_shard": "0"})


def patient_sdk(self, mail):
    """Repeats a call that was not answered."""
    first = send_once(self, mail)
    return send_once(self, mail) if answers.meaning(first).sense == "unknown" else first


send_once = FakeSes.send


def without(veto):
    return tuple(each for each in vetoes.VETOES if each is not veto)


NO_DOUBT = (("BadRequest.*", "", Meaning("never", "other:refused")),)

# What is wrong, where it shows, and how it is done.
MUTANTS = {
    "no condition on the claim": (send_ways.overtaken, "accept", [(moves, "claim", unconditional)]),
    "own writes known by the fence alone": (
        send_ways.overtaken_by_one_that_dies,
        "accept",
        [(Change, "stands", known_by_the_fence_alone)],
    ),
    "no last look": (send_ways.opted_out, "accept", [(Eyes, "look", looks_once)]),
    "no last look at the address": (send_ways.left_by_another, "accept", [(Eyes, "look", looks_once)]),
    "an address belongs to nobody": (
        send_ways.left_by_another,
        "accept",
        [(facts, "address_key_of", lambda document: "")],
    ),
    "only the customer may refuse": (
        send_ways.left_by_another,
        "accept",
        [(contact, "refusal", hears_the_customer_alone)],
    ),
    "a look that holds for ever": (send_ways.opted_out, "accept", [(sending, "LOOK_HOLDS_FOR", timedelta(days=1))]),
    "a status that holds too long": (
        send_ways.cancelled_and_slow,
        "accept",
        [(ports, "STATUS_HOLDS_FOR", timedelta(seconds=5))],
    ),
    "a switch that nobody asks": (
        send_ways.stopped_with_all_mail,
        "accept",
        [(MailState, "standstill", lambda self, now, mail_class: "")],
    ),
    "a test list that nobody asks": (
        send_ways.limited_to_others,
        "accept",
        [(vetoes, "VETOES", without(vetoes.not_on_the_test_list))],
    ),
    "recorded before the call": (send_ways.crashing, "accept", [(Sender, "_post", recorded_before_the_call)]),
    "called before the claim": (send_ways.overtaken, "accept", [(Sender, "_post", called_before_the_claim)]),
    "tried again when unknown": (
        send_ways.opted_out,
        "accept_and_fail",
        [(answers, "UNKNOWN", Meaning("again", wait=(1, 60)))],
    ),
    "a stuck call is ready again": (send_ways.crashing, "accept", [(moves, "lose", ready_again)]),
    "a repeating SDK": (send_ways.losing_an_answer, "accept", [(FakeSes, "send", patient_sdk)]),
    "reservation freed when unknown": (
        send_ways.losing_an_answer,
        "accept",
        [(Sender, "_post", frees_what_is_unknown)],
    ),
    "reservation of what was not sent is kept": (
        send_ways.crashing,
        "bad_address",
        [(Sender, "_see_to", leaves_reservations)],
    ),
    "nobody is told": (send_ways.opted_out, "accept", [(unsent, "facts", lambda row: ())]),
    "whoever died has told": (send_ways.crashing, "bad_address", [(Sender, "_see_to", tells_nobody_again)]),
    "told before it is so": (send_ways.crashing, "accept", [(Sender, "_give_up", tells_before_it_is_so)]),
    "freed whoever had the last word": (
        send_ways.overtaken,
        "throttle",
        [(Sender, "_record", frees_whoever_had_the_last_word)],
    ),
    "nobody sees to a dead caller": (
        send_ways.acknowledged_by_a_copy,
        "accept",
        [
            (Sender, "_see_to", never_watches),
            (moves, "wants_delivery", lambda send, now: send.state == ledger.READY),
        ],
    ),
    "deferred for ever": (send_ways.crashing, "throttle", [(moves, "release", never_due)]),
    "given up for what may lie with us": (
        send_ways.crashing,
        "doubtful",
        [(answers, "_RULES", NO_DOUBT)],
    ),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_sender_that_leaves_out_a_step_is_noticed(mutant, monkeypatch):
    way, said, patches = MUTANTS[mutant]
    for owner, name, replacement in patches:
        monkeypatch.setattr(owner, name, replacement)

    assert noticed(send_ways.faults([way], [said]))
