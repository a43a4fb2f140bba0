"""Whenever customers turn out to be one person, whoever is faster and whatever breaks: one letter, and no send lost."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import send_family_ways
from tests.send_fakes import ANSWERS
from tests.send_family import AL_FIRST, TO_OTHERS, TO_THREE, TO_TWO, Family
from tests.send_happenings import SECONDS, happen

GROUPS = [TO_TWO, AL_FIRST, TO_OTHERS, TO_THREE]
OF_FAMILIES = {"merge": ("jo", "bo"), "part": ("jo", "bo"), "leave": ("jo", "bo", "al")}
steps = st.tuples(st.just("step"), st.integers(0, 60))
happenings = st.one_of(
    steps,
    steps,
    steps,
    st.tuples(st.sampled_from(["merge", "merge", "part", "leave"]), st.integers(0, 2)),
    st.tuples(st.just("deliver"), st.integers(0, 2)),
    st.tuples(st.sampled_from(["kill", "lose", "outage"]), st.integers(0, 3)),
    st.tuples(st.just("time"), st.integers(0, len(SECONDS) - 1)),
    st.tuples(st.sampled_from(["tick", "watch", "cancel", "pause", "resume", "hear_ses"]), st.just(0)),
)
scripts = st.lists(happenings, max_size=45)
begun = st.tuples(*3 * [st.integers(0, send_family_ways.HALF_CALLS)])
answers = st.lists(st.sampled_from(ANSWERS), max_size=4)


@given(st.sampled_from(GROUPS), begun, st.sampled_from([0, 10]), scripts, answers, st.sampled_from(["", "jo", "al"]))
def test_a_family_gets_one_letter_whatever_happens(recipients, so_far, since, script, said, expiring):
    """All are merged when each has come so far, and everything else follows."""
    world = Family(*recipients, expires={expiring: timedelta(seconds=100)})
    world.answers = list(said)
    for name, times in zip(recipients, so_far, strict=False):
        world.begin(name).step(1 + times)
    world.merge("jo", "bo")
    world.time += timedelta(seconds=since)
    for what, number in script:
        if names := OF_FAMILIES.get(what):
            getattr(world, what)(names[number % len(names)])
        else:
            happen(world, what, number)

    assert world.settle().faults() == []


@pytest.mark.parametrize("recipients", GROUPS, ids=" and ".join)
def test_wherever_they_are_merged_while_one_is_under_way_exactly_one_letter_goes(recipients):
    for world, told in send_family_ways.played(send_family_ways.undisturbed, recipients, every=7):
        assert (len(world.went_to()), world.faults()) == (1, []), told


@pytest.mark.parametrize("way", send_family_ways.WAYS, ids=lambda way: way.__name__)
def test_whatever_breaks_when_they_are_merged_one_letter_goes_if_any_may(way):
    assert list(send_family_ways.faults(way, [AL_FIRST, TO_OTHERS], every=17)) == []


@pytest.mark.prove
@pytest.mark.parametrize("way", send_family_ways.WAYS, ids=lambda way: way.__name__)
def test_the_same_holds_of_all_families(way):
    assert list(send_family_ways.faults(way, GROUPS, every=2)) == []
