"""Senders that give way to a twin too soon, too late or for ever: the proof of families must notice each."""

from dataclasses import replace

import pytest

from shopkeeper.consent.contact import Contact
from shopkeeper.mail import ledger, moves, twins
from shopkeeper.mail.looking import Eyes
from shopkeeper.mail.results import Result
from shopkeeper.mail.sending import Sender
from tests import send_family_ways as ways
from tests.mutants import noticed
from tests.send_family import AL_FIRST, TO_OTHERS, TO_TWO

defer, joined, seen, look = moves.defer, Contact.joined, twins.seen, Eyes.look
WITH_SES = twins._WITH_SES


def defers_without_fence(*how):
    change = defer(*how)
    return replace(change, puts={name: value for name, value in change.puts.items() if name != "fence"})


def waits_in_its_place(self, look, wait, reserved):
    self._ports.sends.apply(defer(look.send, wait.until, 1, wait.evidence))
    return Result("deferred", wait.why, wait.evidence)


def sees_no_place_of_others(self, others):
    everything = joined(self, others)
    return replace(everything, reservations=self.reservations, elsewhere={})


def leaves_what_is_abandoned(*asked):
    return replace(seen(*asked), abandoned=())


def never_waits(*asked):
    return replace(seen(*asked), awaited=None)


def waits_for_what_was_given_up(names, own, contact, rows):
    found = seen(names, own, contact, rows)
    return replace(found, awaited=rows[own]) if own in rows and not found.enough else found


def looks_for_twins_once(self, row):
    this = look(self, row)
    self.twins_of = getattr(self, "twins_of", {})
    return replace(this, twins=self.twins_of.setdefault(row.send_id, this.twins))


# What is wrong, where it shows, to whom the letter is, and how it is done.
MUTANTS = {
    "gives up for one that has only a place": (
        ways.undisturbed,
        TO_TWO,
        [(twins, "_WITH_SES", WITH_SES | ledger.PENDING)],
    ),
    "gives up for one that is being called": (
        ways.the_first_has_a_bad_address,
        TO_TWO,
        [(twins, "_WITH_SES", WITH_SES | {ledger.CALLING})],
    ),
    "gives up for one that may have gone": (
        ways.the_first_has_a_bad_address_and_dies,
        AL_FIRST,
        [(twins, "_WITH_SES", WITH_SES | {ledger.UNKNOWN})],
    ),
    "goes though another one may have gone": (
        ways.the_first_is_lost,
        TO_TWO,
        [(twins, "_UNDER_WAY", ledger.PENDING)],
    ),
    "never waits": (ways.both_were_under_way, TO_OTHERS, [(twins, "seen", never_waits)]),
    "waits in its place": (
        ways.both_were_under_way,
        TO_OTHERS,
        [(Sender, "_wait", waits_in_its_place)],
    ),
    "waits for one that was given up": (
        ways.the_first_has_a_bad_address,
        AL_FIRST,
        [(twins, "seen", waits_for_what_was_given_up)],
    ),
    "leaves what is abandoned": (
        ways.the_first_has_a_bad_address_and_dies,
        AL_FIRST,
        [(twins, "seen", leaves_what_is_abandoned)],
    ),
    "lets a copy call that was deferred": (ways.a_copy_comes, TO_OTHERS, [(moves, "defer", defers_without_fence)]),
    "knows no places of those who were merged": (
        ways.both_were_under_way,
        TO_OTHERS,
        [(Contact, "joined", sees_no_place_of_others)],
    ),
    "looks for twins once": (ways.both_were_under_way, TO_OTHERS, [(Eyes, "look", looks_for_twins_once)]),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_sender_that_gives_way_wrongly_is_noticed(mutant, monkeypatch):
    way, recipients, patches = MUTANTS[mutant]
    for owner, name, replacement in patches:
        monkeypatch.setattr(owner, name, replacement)

    assert noticed(ways.faults(way, [recipients], every=4))
