"""Visits are stretches of looking at pages without a pause of more than half an hour."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer import sessions
from shopkeeper.customer.access import Arrival
from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.measures import Mark, Measure, Tally
from tests.interactions import said

MINUTE = 60 * 1000


def visits(*minutes):
    found = sessions.sessions([minute * MINUTE for minute in minutes])
    return [(each.start // MINUTE, each.end // MINUTE, each.pages) for each in found]


def test_a_pause_of_half_an_hour_belongs_to_a_visit_and_a_longer_one_ends_it():
    assert visits(0, 30, 61) == [(61, 61, 1), (0, 30, 2)]


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
    assert visits() == []
    assert sessions.visits({}, []) is None


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


def measured(*minutes):
    tally = Tally(Measure())
    for minute in minutes:
        tally.add(Mark(minute * MINUTE))
    return tally.measure()[0]


def test_pages_and_screens_make_visits_together_each_with_its_way_in():
    looked = {"Page Viewed": measured(0, 20, 100), "Screen Viewed": measured(45)}
    ways = [Arrival(0, "m1", "organic"), Arrival(100 * MINUTE, "m9", "paid")]
    assert sessions.visits(looked, ways) == {
        "known": 2,
        "is_all": True,
        "newest": [
            {"start": from_ms(100 * MINUTE), "seconds": 0, "pages": 1, "is_whole": True, "source": "paid"},
            {"start": from_ms(0), "seconds": 45 * 60, "pages": 3, "is_whole": True, "source": "organic"},
        ],
    }


@given(st.lists(st.integers(0, 900), min_size=25, max_size=40), st.lists(st.integers(0, 900), max_size=40))
def test_where_pages_are_forgotten_whole_visits_are_those_there_were(pages, screens):
    seen = sessions.visits({"Page Viewed": measured(*pages), "Screen Viewed": measured(*screens)}, [])
    there_were = {(from_ms(each[0] * MINUTE), each[2]) for each in visits(*pages, *screens)}
    whole = {(each["start"], each["pages"]) for each in seen["newest"] if each["is_whole"]}
    assert whole <= there_were
    assert len(whole) >= seen["known"] - 1
    assert not seen["is_all"]
