"""Every leaf that knows time: what it says is what the letter says, and it stays so until it may flip."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.segment import evaluate, rule
from shopkeeper.zones import zone
from tests.rules import all_of, any_of, at_least, negated
from tests.segment_lives import KINDS, asked, customer, lasts, lives, own
from tests.segment_oracle import holds

FEWER = settings(max_examples=settings().max_examples // 2)


def any_asked(base):
    return st.sampled_from(KINDS).flatmap(lambda op: st.sampled_from(asked(op, base)))


def groups(base):
    return st.recursive(
        any_asked(base),
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=3).map(lambda of: all_of(*of)),
            st.lists(inner, min_size=2, max_size=3).map(lambda of: any_of(*of)),
            st.lists(inner, min_size=3, max_size=4).map(lambda of: at_least(2, *of)),
            st.builds(negated, inner),
        ),
        max_leaves=6,
    )


@pytest.mark.parametrize("op", KINDS)
@FEWER
@given(lives(), st.data())
def test_a_leaf_is_what_it_says_and_lasts_until_it_may_flip(op, life, data):
    lasts(data.draw(st.sampled_from(asked(op, life.base))), life)


@given(lives(), st.data())
def test_so_does_a_rule_of_several(life, data):
    lasts(data.draw(groups(life.base)), life)


@given(lives(), st.data())
def test_all_at_once_are_each_by_itself_and_flip_with_the_first(life, data):
    rules = data.draw(st.lists(groups(life.base), max_size=6))
    read = {str(place): rule.read(each) for place, each in enumerate(rules)}
    seen = customer(life)

    bits, flips_at = evaluate.compile_all(read, zone(life.zone)).evaluate(seen, life.base)

    alone = [evaluate.compile_rule(each, zone(life.zone)).evaluate(seen, life.base) for each in read.values()]
    assert [bool(bits >> place & 1) for place in range(len(rules))] == [each.truth for each in alone]
    assert [each.truth for each in alone] == [holds(each, life.told, life.base, life.zone) for each in rules]
    assert flips_at == min([each.flips_at for each in alone if each.flips_at is not None], default=None)


def test_what_a_shop_counts_by_itself_is_named():
    """Else nobody could define the measures that a rule cannot be told without."""
    whole = {op: all_of(*asked(op, 0)) for op in KINDS}
    needed = [evaluate.compile_rule(rule.read(each)).reads.registered for each in whole.values()]

    assert {id_: each for its in needed for id_, each in its.items()} == {each.id: each for each in own()}
