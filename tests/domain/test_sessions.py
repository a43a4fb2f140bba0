"""Visits are stretches of looking at pages without a pause of more than half an hour."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer import sessions
from tests.interactions import said

MINUTE = 60 * 1000


def visits(*minutes, all_known=True):
    found = sessions.sessions([minute * MINUTE for minute in minutes], all_known=all_known)
    return [(each.start // MINUTE, each.end // MINUTE, each.pages) for each in found]


def test_a_pause_of_half_an_hour_belongs_to_a_visit_and_a_longer_one_ends_it():
    assert visits(0, 30, 61) == [(61, 61, 1), (0, 30, 2)]


def test_the_oldest_visit_is_left_out_where_pages_before_it_are_forgotten():
    assert visits(0, 30, 61, all_known=False) == [(61, 61, 1)]


@given(st.lists(st.integers(0, 500), max_size=12), st.randoms())
def test_the_order_in_which_pages_are_told_does_not_matter(minutes, random):
    shuffled = list(minutes)
    random.shuffle(shuffled)
    assert visits(*shuffled) == visits(*minutes)


@given(st.lists(st.integers(0, 500), min_size=1, max_size=12))
def test_every_page_is_in_one_visit_and_visits_are_apart(minutes):
    found = visits(*minutes)
    assert sum(pages for _, _, pages in found) == len(minutes)
    assert all(later[0] - earlier[1] > 30 for later, earlier in pairwise(found))
    assert all(any(start <= minute <= end for start, end, _ in found) for minute in minutes)


def test_no_pages_are_no_visits():
    assert visits() == [] == visits(all_known=False)


@pytest.mark.parametrize(
    ("kind", "context", "name"),
    [
        ("page", {}, "Page Viewed"),
        ("screen", {"device_class": "phone"}, "Screen Viewed"),
        ("page", {"device_class": "machine"}, ""),
        ("track", {}, ""),
    ],
)
def test_people_look_at_pages_and_screens(kind, context, name):
    assert sessions.viewed(said("anon:a", "m", type=kind, context=context)) == name
