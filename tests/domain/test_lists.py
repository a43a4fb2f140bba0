"""Who is on a list: the last word holds, in whatever order the words arrive."""

from itertools import permutations

import pytest

from shopkeeper.customer.document import Document
from shopkeeper.customer.fold import Candidate, Folding
from tests.interactions import said

NOON, ONE, TWO = (f"2026-03-01T{hour}:00:00.000Z" for hour in (12, 13, 14))


def on_list(*words):
    """Whether the customer is on the list `news` after these words, each a name and an instant."""
    folding = Folding(Document(), {})
    for n, (name, at) in enumerate(words):
        folding.add(Candidate(said("user:jo", f"m{n}", name=name, at=at, properties={"list": "news"})))
    return folding.document(0).lists["news"].is_on


@pytest.mark.parametrize(
    ("words", "is_on"),
    [
        ([("List Entered", NOON), ("List Left", ONE)], False),
        ([("List Entered", NOON), ("List Left", ONE), ("List Entered", TWO)], True),
        ([("List Left", NOON), ("List Entered", ONE)], True),
        ([("List Entered", ONE), ("List Left", ONE)], False),
    ],
)
def test_the_last_word_holds_and_at_one_instant_who_left_has_left(words, is_on):
    assert {on_list(*order) for order in permutations(words)} == {is_on}
