"""Where customers stand is right at every moment: by what is told of them, in whatever order, and by the clock."""

import pytest
from hypothesis import HealthCheck, given, settings

from tests.segment_shop_lives import Lived, shop_lives

_FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
_MANY = settings(max_examples=3_000, deadline=None, suppress_health_check=list(HealthCheck))


@_FEW
@given(shop_lives(merges=False))
def test_segments_are_right_whatever_comes_in_whatever_order(life):
    Lived(life).live()


@_FEW
@given(shop_lives(merges=True))
def test_segments_are_right_of_people_who_turn_out_to_be_one_and_two_after_all(life):
    Lived(life).live()


@pytest.mark.prove
@_MANY
@given(shop_lives(merges=False))
def test_segments_are_right_in_thousands_of_lives(life):
    Lived(life).live()


@pytest.mark.prove
@_MANY
@given(shop_lives(merges=True))
def test_segments_are_right_in_thousands_of_lives_together(life):
    Lived(life).live()
