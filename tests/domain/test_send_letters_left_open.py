"""A row may be planned before anybody knows which letter it will be: it waits, and the claim writes the letter down."""

from dataclasses import replace

import pytest

from shopkeeper.mail import ledger
from shopkeeper.mail.terms import Letter
from tests.send_world import World

CHOSEN = Letter(template="spring#1", variant="long")
NAMED = ("template", "content_ref", "variant")


def left_open(letter=CHOSEN):
    world = World()
    (send_id,) = world.ids()
    world.put(replace(world.sends[send_id], template="", content_ref=""))
    world.letter = letter
    return world, send_id


def test_it_stays_as_it_is_until_the_letter_is_known_and_costs_no_write():
    world, send_id = left_open(Letter())
    before, paid = world.sends[send_id], world.units.copy()

    worker = world.deliver(send_id).finish()

    assert worker.result.what == "letter_left_open"
    assert (world.sends[send_id], world.units, world.accepted) == (before, paid, [])


def test_it_goes_as_the_letter_that_was_chosen_and_says_which_and_costs_no_more_than_another():
    world, send_id = left_open()
    usual = World()
    paid, paid_usually = world.units.copy(), usual.units.copy()

    world.deliver(send_id).finish()
    usual.deliver(*usual.ids()).finish()

    row = world.sends[send_id]
    assert [getattr(row, name) for name in NAMED] == ["spring#1", CHOSEN.content_ref, "long"]
    assert [mail.send_id for mail in world.accepted] == [send_id]
    assert world.units - paid == usual.units - paid_usually


def test_what_is_not_sent_never_had_a_letter():
    world, send_id = left_open()
    world.cancel()

    world.deliver(send_id).finish()

    row = world.sends[send_id]
    assert (row.state, row.template, row.variant) == (ledger.NOT_SENT, "", "")


@pytest.mark.parametrize("at", range(0, 44, 3))
def test_wherever_a_sender_dies_one_mail_goes_at_most_and_the_row_names_it(at):
    world, send_id = left_open()
    worker = world.deliver(send_id)
    worker.step(at + 1)
    worker.kill()

    world.settle()

    row = world.sends[send_id]
    assert world.faults() == []
    assert len(world.accepted) <= 1
    assert [getattr(row, name) for name in NAMED] == ["spring#1", CHOSEN.content_ref, "long"]
