"""Journeys drawn by lot against an oracle that shares no code with them, through lives full of accidents.

Each effect happens at most once by its key, whatever is switched on is off at the end, no signal is lost, no run is
stuck, and each decision is the one that the oracle comes to.
"""

import pytest

from tests.journey_machine import lived


def test_whatever_happens_to_a_customer_the_journey_does_what_its_words_say():
    for seed in range(60):
        lived(seed)


@pytest.mark.prove
@pytest.mark.parametrize("first", range(0, 8_000, 1_000))
def test_the_same_of_many_more_lives(first):
    for seed in range(first, first + 1_000):
        lived(seed)
