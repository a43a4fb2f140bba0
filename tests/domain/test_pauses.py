"""Who has to wait waits longer each time, but never for long, and never by the same clock as another."""

import time

import pytest

from shopkeeper.pauses import pausing


@pytest.fixture
def slept(monkeypatch):
    waits = []
    monkeypatch.setattr(time, "sleep", waits.append)
    return waits


def test_a_pause_may_be_twice_as_long_each_time_up_to_the_longest(slept, monkeypatch):
    monkeypatch.setattr("random.uniform", lambda least, most: (least, most))
    pause = pausing(longest_s=0.03, first_s=0.01)
    for tried in range(3):
        pause(tried)

    assert slept == [(0, 0.01), (0, 0.02), (0, 0.03)]


def test_two_who_met_do_not_wait_equally_long(slept):
    pause = pausing(longest_s=1, first_s=1)
    for _ in range(20):
        pause(0)

    assert len(set(slept)) > 1
    assert all(0 <= each <= 1 for each in slept)
