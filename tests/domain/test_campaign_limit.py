"""A launch that not more than so many may get, for a stock or a budget: counted from rows, and never exceeded."""

import json
from collections import Counter
from dataclasses import replace

import pytest

from shopkeeper import prices
from shopkeeper.mail import ledger
from tests.domain.test_campaign_gate import MANY, launched_with, sent
from tests.launch_story import to_the_end


def reasons(world):
    return Counter(row.reason for row in world.sends.values() if row.state == ledger.NOT_SENT)


@pytest.mark.parametrize("more", [{}, {"rate": 2}, {"ramp": {"first_day": 5}}, {"first": {"count": 4, "then": 60}}])
def test_no_more_get_it_than_may_and_all_others_are_given_up_in_the_end(more):
    world, seen = launched_with(most=13, **more), []

    def look():
        world.deliver()
        seen.append(sent(world))

    to_the_end(world, look)

    assert (max(seen), sent(world), reasons(world)) == (13, 13, {"other:limit": 87})
    assert world.launch.state == "done"


CENT, FIVE_CENTS = {"amount": 1, "currency": "USD"}, {"amount": 5, "currency": "USD"}


@pytest.mark.parametrize(
    ("said", "gets_it", "why"),
    [
        ({"budget": CENT}, 95, {"other:budget": 5}),
        ({"budget": CENT, "rate": 50}, 95, {"other:budget": 5}),
        ({"budget": CENT, "most": 96}, 95, {"other:budget": 5}),
        ({"budget": CENT, "most": 94}, 94, {"other:limit": 6}),
        ({"budget": FIVE_CENTS}, 100, {}),
    ],
)
def test_no_more_goes_out_than_a_budget_is_good_for(said, gets_it, why):
    world, seen = launched_with(**said), []

    def look():
        world.deliver()
        seen.append(sent(world))

    to_the_end(world, look)

    assert (max(seen), sent(world), reasons(world)) == (gets_it, gets_it, why)


def test_a_launch_holds_on_to_the_price_it_was_launched_at_and_says_so_of_whom_it_leaves_out(monkeypatch):
    world = launched_with(budget=CENT)
    monkeypatch.setattr(prices, "LETTER", prices.LETTER * 2)
    to_the_end(world)

    left_out = [row for row in world.sends.values() if row.state == ledger.NOT_SENT]
    assert [json.loads(row.evidence) for row in left_out] == [{"amount": "1", "currency": "USD", "mails": "95"}] * 5


def test_who_turns_out_not_to_get_it_makes_room_for_somebody_else():
    world, refused = launched_with(most=13), []

    def look():
        world.deliver()
        for send_id, row in list(world.sends.items()):
            if row.state == ledger.ACCEPTED and len(refused) < 5:
                refused.append(send_id)
                world.mails[row.customer_id] -= 1
                world.sends[send_id] = _given_up(row)

    to_the_end(world, look)

    assert len(refused) == 5
    assert (sent(world), reasons(world)["other:limit"]) == (13, 100 - 13 - 5)


def _given_up(row):
    return replace(row, state=ledger.NOT_SENT, rank=3, reason="do_not_contact:opted_out", not_sent_at=row.planned_at)


@pytest.mark.parametrize("late_index", [0, 2])
def test_a_limit_that_nobody_reaches_changes_nothing(late_index):
    world = launched_with(most=100, late_index=late_index)
    to_the_end(world)

    assert (world.mails, reasons(world)) == (dict.fromkeys(MANY, 1), {})
