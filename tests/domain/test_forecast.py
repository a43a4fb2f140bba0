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
        tally.add(Mark(int(day * DAY)))
    return tally.measure()[0]


@pytest.mark.parametrize("measure", [None, Measure(), orders(3), orders(3, 3), orders(3, 3.9)])
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


def test_orders_within_a_day_are_one_occasion():
    """Nine in one instant and one a week later, asked on day 7: one interval of seven days."""
    seen = forecast.next_order(orders(*[0] * 9, 7), 7 * DAY)
    assert (seen["intervals"], seen["interval_days"], seen["odds"]) == (1, 7.0, round(1 - exp(-30 / 7), 3))
    assert forecast.intervals(orders(0, 0.5, 0.9, 1, 1.5, 30)) == 2


def test_of_many_orders_the_older_ones_lie_as_close_together_as_the_newest():
    assert forecast.intervals(orders(*range(0, 600, 10))) == 59
    in_pairs = [day + half for day in range(0, 600, 10) for half in (0, 0.5)]
    assert forecast.intervals(orders(*in_pairs)) == 59
    assert forecast.intervals(orders(0, *[500] * 60)) == 2


@given(st.lists(st.integers(0, 3000), min_size=2, max_size=24), st.integers(0, 2000), st.integers(0, 2000))
def test_odds_are_odds_and_fall_with_silence(days, sooner, later):
    measure, last = orders(*days), max(days)
    if len(set(days)) == 1:
        return
    first, second = (forecast.next_order(measure, (last + wait) * DAY) for wait in sorted((sooner, later)))
    assert 0 <= second["odds"] <= first["odds"] <= 1
    assert first["intervals"] == len(set(days)) - 1
