"""What a customer costs on the way through a journey of five steps and two waits, counted exactly."""

import pytest

from bench import journey_units


@pytest.mark.parametrize(("batch", "legs"), [(1, 3.0), (10, 0.3), (40, 0.075)])
def test_a_run_is_entered_and_goes_on_in_as_many_units_however_many_go_together(batch, legs):
    counted = journey_units.count(batch)

    assert (counted.writes, counted.index, counted.reads, counted.legs) == (7.0, 6.0, 7.0, legs)
