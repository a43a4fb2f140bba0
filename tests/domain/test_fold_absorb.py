"""One customer's memory taken into another's: as if both had been one from the beginning."""

from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer.document import Document
from shopkeeper.customer.fold import MOST_IDENTITIES, Folding
from tests.domain.test_fold import folded, histories


@given(histories(), st.integers(0, 12))
def test_who_absorbs_another_says_what_both_were_told(history, cut):
    both = Folding(*folded(history[:cut]))
    both.absorb(*folded(history[cut:]))

    assert (both.document(0), both.measures) == folded(history)


def test_those_it_was_made_from_stay_as_they_are():
    here, other = Document(identities={"user:jo": 1}), Document(identities={"user:jo": 2, "anon:phone": 1})
    Folding(here, {}).absorb(other, {})

    assert (here.identities, other.identities) == ({"user:jo": 1}, {"user:jo": 2, "anon:phone": 1})


def test_of_the_identities_of_both_the_newest_are_kept():
    here = Document(identities={f"anon:{n}": 2 * n for n in range(MOST_IDENTITIES)})
    both = Folding(here, {})
    both.absorb(Document(identities={f"anon:other {n}": 2 * n + 1 for n in range(MOST_IDENTITIES)}), {})

    assert sorted(both.document(0).identities.values()) == list(range(MOST_IDENTITIES, 2 * MOST_IDENTITIES))
