"""Groups know when they may change, from what their parts know: never late, and no earlier than needed."""

from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer.instants import from_ms
from shopkeeper.segment import evaluate, flips, rule
from shopkeeper.segment.calendar import NEVER
from tests.interactions import said
from tests.rules import all_of, any_of, at_least, count, lately, negated
from tests.segment_worlds import customer_of

LAST = 12


def falls(at):
    """Holds until then. Each such rule has an event of its own, which happens at 0."""
    return lately(1, at, event=f"Until {at}")


def rises(at):
    return negated(falls(at))


YES, NO = count(0), count(1)
EVERYBODY = customer_of([said("user:jo", f"m{at}", name=f"Until {at}", at=from_ms(0)) for at in range(1, LAST + 1)])


def flips_at(said_rule, second=0):
    found = evaluate.compile_rule(rule.read(said_rule)).evaluate(EVERYBODY, second * 1000).flips_at
    return None if found is None else found // 1000


def test_what_needs_all_waits_for_the_last_that_is_missing():
    """Waking at the first of them would find nothing changed."""
    assert flips_at(all_of(rises(3), rises(7), YES)) == 7
    assert flips_at(all_of(rises(3), NO, YES)) is None
    assert flips_at(at_least(2, rises(3), rises(7), rises(9), NO)) == 7


def test_what_needs_one_holds_until_the_last_that_has_it():
    assert flips_at(any_of(falls(3), falls(7), rises(1))) == 7
    assert flips_at(any_of(falls(3), YES)) is None
    assert flips_at(at_least(2, falls(3), falls(7), falls(9), NO)) == 7


def test_what_needs_all_falls_with_the_first_and_what_needs_one_comes_with_the_first():
    assert flips_at(all_of(falls(3), falls(7), YES)) == 3
    assert flips_at(any_of(rises(3), rises(7), NO)) == 3


def test_a_complement_flips_when_its_rule_does():
    assert flips_at(negated(falls(5))) == 5


def test_what_is_said_twice_counts_twice_only_where_rules_are_counted():
    assert flips_at(all_of(falls(5), falls(5))) == 5
    assert flips_at(at_least(2, falls(5), falls(5), NO)) == 5
    assert flips_at(at_least(1, rises(5), rises(3))) == 3
    assert flips_at(at_least(2, falls(5), falls(3))) == 3


def _child(truth, at):
    if at == NEVER:
        return YES if truth else NO
    return falls(at) if truth else rises(at)


verdicts = st.lists(st.tuples(st.booleans(), st.sampled_from([*range(1, 9), NEVER])), min_size=1, max_size=5)


@given(verdicts, st.data())
def test_of_several_no_way_in_which_each_flips_once_changes_the_truth_before(children, data):
    k = data.draw(st.integers(1, len(children)))
    group = at_least(k, *(_child(*each) for each in children))
    truth, changes = evaluate.compile_rule(rule.read(group)).evaluate(EVERYBODY, 0)

    assert truth == (sum(its for its, _ in children) >= k)
    for second in range(10 if changes is None else changes // 1000):
        worst = [its ^ (its == truth and at <= second) for its, at in children]
        assert (sum(worst) >= k) == truth


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(-2, 3)), max_size=8), st.integers(0, 9), st.integers(-1, 5))
def test_a_sum_flips_when_what_comes_and_goes_makes_it_another(steps, now, bound):
    def holds(at):
        return sum(by for instant, by in steps if instant <= at) >= bound

    truth, changes = flips.stepped(steps, now, lambda value: value >= bound)

    assert truth == holds(now)
    assert changes == next((at for at in range(now + 1, 11) if holds(at) != truth), NEVER)
