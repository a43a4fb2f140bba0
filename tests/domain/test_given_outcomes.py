"""What came of an interaction: of several outcomes the one that ranks highest, whatever the order they come in."""

from itertools import permutations

import pytest

from shopkeeper.customer import given_outcomes
from shopkeeper.customer.document import Document
from shopkeeper.customer.fold import Candidate, Folding
from shopkeeper.customer.given_outcomes import mark
from tests.interactions import said

NOON, ONE = "2026-03-01T12:00:00.000Z", "2026-03-01T13:00:00.000Z"
RANKS = {"no_answer": 1, "reached": 5, "agreed": 9}


def logged(outcome, at=NOON, **more):
    return said("customer:c", "call-1", name="Call Logged", at=at, properties={"outcome": outcome}, **more)


def recorded(message_id, outcome, at=ONE, of="call-1"):
    properties = {"of": of, "outcome": outcome}
    return said("customer:c", message_id, name="Outcome Recorded", at=at, properties=properties)


def prevailing(*history):
    folding = Folding(Document(), {})
    for each in history:
        folding.add(Candidate(each))
    return given_outcomes.prevailing(folding.document(0), RANKS)


@pytest.mark.parametrize(
    ("outcomes", "shown"),
    [
        ([logged("no_answer")], "no_answer"),
        ([logged("no_answer"), recorded("m2", "agreed"), recorded("m3", "reached")], "agreed"),
        ([logged("reached"), recorded("m2", "no_answer")], "reached"),
        ([recorded("m2", "wandered off", NOON), recorded("m3", "fell asleep")], "fell asleep"),
        ([logged("wandered off"), recorded("m2", "no_answer", NOON)], "no_answer"),
    ],
)
def test_the_highest_rank_prevails_and_among_equals_the_latest(outcomes, shown):
    assert {tuple(prevailing(*order).items()) for order in permutations(outcomes)} == {((mark("call-1"), shown),)}


def test_each_interaction_has_its_own():
    found = prevailing(logged("reached"), recorded("m2", "agreed", of="call-2"))
    assert found == {mark("call-1"): "reached", mark("call-2"): "agreed"}


@pytest.mark.parametrize("outcome", [None, "", 5, "x" * 101])
def test_what_is_no_outcome_says_nothing(outcome):
    assert prevailing(logged(outcome)) == {}


def test_nor_does_a_word_that_proves_nothing_or_is_about_nothing():
    assert prevailing(logged("reached", trusted=False), recorded("m2", "agreed", of=None)) == {}
