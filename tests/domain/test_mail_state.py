"""Who may be written to while all mail is limited, and what waits while it is stopped."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shopkeeper import clock
from shopkeeper.consent.classes import MARKETING, SERVICE, TRANSACTIONAL
from shopkeeper.mail import ledger, moves
from shopkeeper.mail.health import Day
from shopkeeper.mail.state import MailState
from tests.functions.test_mail_reconcile import HEALTHY
from tests.send_world import World


@pytest.mark.parametrize(
    ("only_to", "address", "is_allowed"),
    [
        (None, "jo@example.com", True),
        (("jo@example.com",), " Jo@EXAMPLE.com ", True),
        (("jo@example.com",), "al@example.com", False),
        (("example.com",), "al@Example.com", True),
        (("example.com",), "al@news.example.com", False),
        (("example.com",), "al@badexample.com", False),
        (("example.com",), "no address", False),
        (("xn--bcher-kva.example",), "al@bücher.example", True),
        ((), "jo@example.com", False),
    ],
)
def test_an_allow_list_names_addresses_and_whole_domains(only_to, address, is_allowed):
    assert MailState(only_to=only_to).allows(address) == is_allowed


@pytest.mark.parametrize(
    ("sent", "most", "minutes", "letters"),
    [(50, 50, 0, "daily_quota"), (51, 50, 14, "daily_quota"), (49, 50, 0, ""), (50, 50, 15, ""), (50, -1, 0, "")],
)
def test_letters_wait_while_the_mails_of_a_day_are_used_up_and_transactional_mail_does_not(
    sent, most, minutes, letters
):
    account = replace(HEALTHY, sent=sent, most_a_day=most)
    now = clock.from_text(account.read_at) + timedelta(minutes=minutes)

    assert MailState(account=account).standstill(now) == letters
    assert MailState(account=account).standstill(now, TRANSACTIONAL) == ""
    assert MailState(account=account, stopped=True).standstill(now, TRANSACTIONAL) == "stopped"


@pytest.mark.parametrize(("mail_class", "goes"), [(MARKETING, False), (SERVICE, True), (TRANSACTIONAL, True)])
def test_complaints_pause_marketing_alone_even_when_the_mails_of_a_day_are_used_up(mail_class, goes):
    day = Day(counted_at="2026-03-01T12:00:00.000Z", delivered=1000, complained=3)
    world = World()
    (send_id,) = world.ids()
    world.put(replace(world.sends[send_id], mail_class=mail_class))
    world.mail.append((world.now(), MailState(paused_over=day)))
    world.deliver(send_id).finish()

    assert world.sends[send_id].state == (ledger.ACCEPTED if goes else ledger.READY)
    used_up = replace(HEALTHY, sent=HEALTHY.most_a_day)
    assert MailState(paused_over=day, account=used_up).standstill(clock.from_text(used_up.read_at)) == "complaints"


def stopped(**how):
    world = World(**how)
    (send_id,) = world.ids()
    world.stop_all()
    world.deliver(send_id).finish()
    return world, world.sends[send_id]


def test_a_letter_waits_for_its_launch_and_costs_no_write():
    world, row = stopped()

    assert (world.called, row.state, row.due_at) == ([], ledger.READY, "")
    assert world.units["sends"] == 2  # Its plan.


def test_what_no_launch_looks_after_waits_for_the_clock():
    world, row = stopped(message=True)
    assert (world.called, row.state) == ([], ledger.READY)
    assert moves.is_deferred(row, world.time)

    world.let_go()
    world.time += timedelta(minutes=6)
    world.tick()
    world.deliver(row.send_id).finish()

    assert world.sends[row.send_id].state == ledger.ACCEPTED


def test_a_mail_to_nobody_on_the_list_is_not_sent_and_gives_its_place_back():
    world = World()
    world.test("al@example.com")
    world.deliver(world.ids()[0]).finish()

    (row,) = world.settle().sends.values()
    assert (row.state, row.reason, row.evidence) == (ledger.NOT_SENT, "other:test_mode", "")
    assert world.faults() == []
