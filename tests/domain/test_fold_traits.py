"""Of very many traits the newest are kept, in whatever order they are told and whoever they are told of."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer import fold
from shopkeeper.customer.document import Document
from shopkeeper.customer.fold import Candidate, Folding
from tests.domain.test_fold import INSTANTS, folded
from tests.interactions import identified

values = st.integers(0, 3) | st.none()
calls = st.lists(
    st.tuples(st.sampled_from(INSTANTS), st.dictionaries(st.sampled_from("abcdefghij"), values, min_size=1)),
    max_size=12,
)


@pytest.fixture(autouse=True, scope="module")
def _of_few_traits():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fold, "MOST_TRAITS", 4)
        yield


def told(calls):
    return [Candidate(identified("user:jo", f"m{n}", traits, at=at)) for n, (at, traits) in enumerate(calls)]


@given(calls, st.randoms(use_true_random=False), st.integers(0, 12))
def test_the_newest_are_kept(calls, random, cut):
    candidates = told(calls)
    latest = {}
    for n, (at, traits) in enumerate(calls):
        for name, value in traits.items():
            latest[name] = max(latest.get(name, ("",)), (at, f"m{n}", value))
    newest = sorted(latest, key=lambda name: (*latest[name][:2], name))[-4:]
    random.shuffle(candidates)

    held = Document()
    for each in candidates:  # Each in a write of its own, so that what is left out is gone.
        one = Folding(held, {})
        one.add(each)
        held = one.document(0)
    merged = Folding(*folded(candidates[:cut]))
    merged.absorb(*folded(candidates[cut:]))

    kept = {name: latest[name][2] for name in newest if latest[name][2] is not None}
    assert held.traits == merged.document(0).traits == kept
    assert held.told.keys() == set(newest)


def test_null_takes_a_trait_away_until_it_is_told_again_in_whatever_order_the_three_come():
    city, none, other = told([(at, {"city": value}) for at, value in zip(INSTANTS, ["Ulm", None, 1], strict=True)])

    for two in permutations([city, none]):
        assert folded(two)[0].traits == {}
    for three in permutations([city, none, other]):
        assert folded(three)[0].traits == {"city": 1}
    assert folded([city, none])[0].told == folded([none])[0].told
