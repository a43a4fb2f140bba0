"""Of very many traits the newest are kept, in whatever order they are told and whoever they are told of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer import fold
from shopkeeper.customer.document import Document
from shopkeeper.customer.fold import Candidate, Folding
from tests.domain.test_fold import INSTANTS, folded
from tests.interactions import identified

calls = st.lists(
    st.tuples(st.sampled_from(INSTANTS), st.dictionaries(st.sampled_from("abcdefghij"), st.integers(0, 3), min_size=1)),
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

    assert held.traits == merged.document(0).traits == {name: latest[name][2] for name in newest}
    assert held.told.keys() == held.traits.keys()
