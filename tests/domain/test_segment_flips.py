"""Groups know when they may change, from what their parts know: never late, and no earlier than needed."""

from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer.document import Customer
from shopkeeper.segment import evaluate
from shopkeeper.segment.evaluate import NEVER, Program, Reads

NOBODY = Customer("c" * 32)
LAST = 12
READS = Reads(frozenset(), frozenset(), frozenset())


def timed(*flips, at_first=False):
    """True or false at first, and changing at each of these instants."""

    def test(_customer, now):
        past = sum(flip <= now for flip in flips)
        return at_first ^ bool(past % 2), min((flip for flip in flips if flip > now), default=NEVER)

    return test


def steady(truth):
    return timed(at_first=truth)


def at_least_of(k, children):
    return evaluate.at_least(k, children)


def complement_of(child):
    return evaluate.complement(child)


moments = st.builds(
    lambda flips, at_first: timed(*flips, at_first=at_first),
    st.sets(st.integers(1, LAST), max_size=3),
    st.booleans(),
)
groups = st.recursive(
    moments,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).flatmap(
            lambda children: st.builds(at_least_of, st.integers(1, len(children)), st.just(children))
        ),
        st.builds(complement_of, inner),
    ),
    max_leaves=8,
)


@given(groups)
def test_the_truth_stays_until_it_may_flip(test):
    program = Program(test, READS)
    for now in range(LAST + 1):
        truth, flips_at = program.evaluate(NOBODY, now)
        assert flips_at is None or flips_at > now
        until = LAST + 1 if flips_at is None else flips_at
        assert {program.evaluate(NOBODY, later).truth for later in range(now, until)} == {truth}


@given(st.integers(1, 4), st.lists(moments, min_size=4, max_size=4))
def test_at_least_counts(k, children):
    for now in range(LAST + 1):
        assert evaluate.at_least(k, children)(NOBODY, now)[0] == (sum(child(NOBODY, now)[0] for child in children) >= k)


def flips_at(k, *children):
    return Program(evaluate.at_least(k, children), READS).evaluate(NOBODY, 0).flips_at


def test_what_needs_all_waits_for_the_last_that_is_missing():
    """Waking at the first of them would find nothing changed."""
    assert flips_at(3, timed(3), timed(7), steady(True)) == 7
    assert flips_at(3, timed(3), steady(False), steady(True)) is None


def test_what_needs_one_holds_until_the_last_that_has_it():
    assert flips_at(1, timed(3, at_first=True), timed(7, at_first=True), timed(1)) == 7
    assert flips_at(1, timed(3, at_first=True), steady(True)) is None


def test_what_needs_all_falls_with_the_first_and_what_needs_one_comes_with_the_first():
    assert flips_at(2, timed(3, at_first=True), timed(7, at_first=True)) == 3
    assert flips_at(1, timed(3), timed(7)) == 3


def test_a_complement_flips_when_its_rule_does():
    assert Program(evaluate.complement(timed(5)), READS).evaluate(NOBODY, 0) == (True, 5)
