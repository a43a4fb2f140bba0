"""The odds of the next order, against numbers worked out by hand and what must hold of any odds."""

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer import forecast
from shopkeeper.customer.measures import Mark, Measure, Tally

DAY = 24 * 60 * 60 * 1000


def orders(*days):
    tally = Tally(Measure())
    for day in days:
        tally.add(Mark(day * DAY))
    return tally.measure()[0]


@pytest.mark.parametrize("measure", [None, Measure(), orders(3), orders(3, 3)])
def test_of_who_ordered_at_one_moment_nothing_follows(measure):
    assert forecast.next_order(measure, 100 * DAY) is None


def test_who_has_just_ordered_is_as_likely_to_order_as_the_pace_says():
    """Orders on days 0, 30 and 60, asked on day 60: 1 - 1/e."""
    assert forecast.next_order(orders(0, 30, 60), 60 * DAY) == {
        "event": "Order Completed",
        "within_days": 30,
        "odds": 0.632,
        "active": 1.0,
        "interval_days": 30.0,
        "intervals": 2,
    }


def test_silence_makes_it_less_likely_the_more_orders_there_were():
    """On day 120, 60 of 120 days lie before the last order: (1/2)^2 of two intervals, (1/2)^6 of six."""
    slow, quick = (
        forecast.next_order(orders(0, 30, 60), 120 * DAY),
        forecast.next_order(orders(*range(0, 61, 10)), 120 * DAY),
    )
    assert (slow["active"], slow["odds"]) == (0.25, 0.158)
    assert (quick["active"], quick["odds"]) == (round(1 / 64, 3), round((1 - exp(-3)) / 64, 3))


def test_an_order_dated_ahead_of_the_clock_is_one_of_now():
    assert forecast.next_order(orders(0, 30), 29 * DAY)["active"] == 1


@given(st.lists(st.integers(0, 3000), min_size=2, max_size=60), st.integers(0, 2000), st.integers(0, 2000))
def test_odds_are_odds_and_fall_with_silence(days, sooner, later):
    measure, last = orders(*days), max(days)
    if len(set(days)) == 1:
        return
    first, second = (forecast.next_order(measure, (last + wait) * DAY) for wait in sorted((sooner, later)))
    assert 0 <= second["odds"] <= first["odds"] <= 1
    assert first["intervals"] == len(days) - 1
