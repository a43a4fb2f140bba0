"""Random histories with merges and their undoing, crashes and overtaking: everybody's picture is that of their rows.

Whose a row is, is worked out by `store_world`: whose its subject was when it was received, and then where that customer
went. What is merged and undone by hand here is merged and undone any number of times, in any order.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.test_store_property import INSTANTS, interactions, places
from tests.interactions import said
from tests.store_world import World

NAMES = ["user:jo", "user:al", "anon:phone", "anon:tablet", "email:jo@example.com", "email:x@example.com"]
topics = st.sampled_from(["news", "offers"])


@st.composite
def agreements(draw):
    speaker = draw(st.sampled_from(NAMES))
    properties = {"topic": draw(topics), "is": draw(st.sampled_from(["in", "out"]))}
    at = draw(st.sampled_from(INSTANTS))
    return said(speaker, f"c{draw(st.integers(0, 9))}", name="Consent Changed", at=at, properties=properties)


told = st.one_of(interactions(), interactions(), agreements())
histories = st.lists(told, min_size=4, max_size=16, unique_by=lambda each: each.key)
names = st.sampled_from(NAMES)
steps = st.one_of(
    st.tuples(st.just("tell"), st.integers(1, 5), places, places),
    st.tuples(st.just("merge"), names, names, places, places),
    st.tuples(st.just("unmerge"), st.integers(0, 5), places, places),
)


def lived(history, steps):
    """All is told in the end, twice; whatever died is done again, or not."""
    world, waiting, received = World(), list(history), []
    for what, *how, crash_at, overtaken_at in steps:
        late = [world.received(waiting.pop(0)) for _ in range(min(2, len(waiting)))]
        received += late
        if what == "tell":
            world.deliver(received[-how[0] :], crash_at=crash_at, overtaken_at=overtaken_at, by=[late])
        elif what == "merge" and all(name in world.tables.identities for name in how):
            world.merge(*how, crash_at=crash_at, overtaken_at=overtaken_at, by=[late, received[:3]])
        elif what == "unmerge" and (standing := world.standing()):
            log = standing[how[0] % len(standing)]
            world.unmerge(log, crash_at=crash_at, overtaken_at=overtaken_at, by=[late, received[:3]])
    received += [world.received(each) for each in waiting]
    world.deliver(received)
    world.deliver([*reversed(received)])
    return world


@given(histories, st.lists(steps, max_size=10))
def test_everybodys_picture_is_that_of_their_rows(history, steps):
    world = lived(history, steps)

    assert set(world.acknowledged) == {each.key for each in history}
    assert world.faults() == []


@pytest.mark.prove
@settings(max_examples=1500)
@given(st.lists(told, min_size=10, max_size=40, unique_by=lambda each: each.key), st.lists(steps, max_size=25))
def test_so_it_is_in_long_histories(history, steps):
    assert lived(history, steps).faults() == []


@given(histories, st.lists(steps, max_size=8))
def test_undoing_all_merges_leaves_everybody_as_if_nobody_had_ever_been_merged(history, steps):
    world = lived(history, [(what, *how, None, None) for what, *how, _, _ in steps if what != "unmerge"])
    while standing := world.standing():
        assert world.unmerge(standing[-1]), world.refused

    assert world.into() == {}
    assert world.faults() == []
