"""A letter waits for its turn among all letters, and what is transactional does not."""

from dataclasses import replace

import pytest

from shopkeeper.consent.classes import MARKETING, TRANSACTIONAL
from shopkeeper.mail import ledger
from tests.send_world import World


def delivered(*never, mail_class=MARKETING, said="accept"):
    world = World()
    world.answers, world.pace.never = [said], set(never)
    (send_id,) = world.ids()
    world.put(replace(world.sends[send_id], mail_class=mail_class))
    world.worker = world.deliver(send_id).finish()
    world.row = world.sends[send_id]
    return world


def test_a_letter_whose_turn_is_far_off_is_left_as_it_is():
    world = delivered("near")

    assert (world.worker.result.what, world.called, world.row.state) == ("paced", [], ledger.READY)
    assert world.units == {"sends": 2}  # Its plan.


def test_a_turn_that_has_gone_by_the_time_of_the_call_defers_it():
    world = delivered("take")

    assert (world.called, world.row.state, bool(world.row.due_at)) == ([], ledger.READY, True)
    assert world.settle().sends[world.row.send_id].state == ledger.READY  # As long as there is no turn.


@pytest.mark.parametrize("never", ["near", "take"])
def test_transactional_mail_waits_behind_no_letter(never):
    world = delivered(never, mail_class=TRANSACTIONAL)

    assert world.row.state == ledger.ACCEPTED


@pytest.mark.parametrize(("said", "slowed"), [("throttle", 1), ("accept", 0), ("unreachable", 0), ("unverified", 0)])
def test_only_what_ses_says_of_its_rate_slows_letters_down(said, slowed):
    assert delivered(said=said).pace.slowed == slowed
