"""The tests of explanations and previews bite: each of these small wrongs is caught by its test."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.segment import estimates, preview, sampling
from shopkeeper.segment.explaining import counted, happenings, in_order, known, reasons, summed, times, tree, walking
from tests.domain import test_explaining, test_explaining_whole, test_explaining_words, test_segment_preview
from tests.mutants import swapped_into
from tests.segment_catchers import QUICKLY
from tests.segment_lives import asked, lives

whole, previews = test_explaining_whole, test_segment_preview
words = test_explaining_words.test_what_was_seen_and_what_is_asked_stand_in_one_sentence
RULES, PARTS = test_explaining_words.RULES, test_explaining_words.PARTS


def leaf(op):
    @QUICKLY
    @given(lives(), st.data())
    def holds(life, data):
        said_rule = data.draw(st.sampled_from(asked(op, life.base)))
        test_explaining.check(test_explaining.explained(said_rule, life, life.base)["rule"], said_rule, life, life.base)

    return holds


def told():
    for said_rule, part in zip(RULES, PARTS, strict=True):
        words(said_rule, part)


MUTANTS = [
    (walking, "if then != truth:", "if at:", whole.test_the_evaluator_may_say_early_and_the_explanation_says_when),
    (walking, "return Turn(None, at)", "return Turn(None)", whole.test_the_walk_ends_with_the_calendar),
    (walking, "at < end and", "", lambda: previews.test_who_turns_within_a_month_is_woken_and_paid_for()),
    (counted, "if low <= at < high]", "if low <= at]", leaf("count")),
    (counted, "enter <= sight.now < leave:", "enter <= sight.now:", leaf("total")),
    (counted, "if each.enter <= sight.now < each.leave]", "if each.enter <= sight.now]", leaf("regular")),
    (in_order, "if a < b <", "if a <= b <", leaf("sequence")),
    (in_order, "max(b, enter)", "enter", whole.test_what_is_dated_later_today_has_not_followed_yet),
    (in_order, "last <= at <=", "last < at <=", leaf("abandoned")),
    (summed, "return its.totals.get", "return its.priced.get", told),
    (times, "each.leave == at]", "each.leave == at + 1]", leaf("count")),
    (times, "each.enter == at]", "each.enter == at + 1]", leaf("count")),
    (times, 'f"into {into}"', 'f"out of {into}"', told),
    (known, 'said[consents.ALL].is_ == "out"', 'said[consents.ALL].is_ == "in"', told),
    (known, "if told or seen is None:", "if seen is None:", told),
    (happenings, 'if cmp == "exists":', 'if cmp == "eq":', told),
    (reasons, "branch.of[0], shift.reverse", "branch.of[0], shift", whole.test_a_negation_changes_because_of_its_rule),
    (
        reasons,
        "self.holds(branch, shift.at - 1)",
        "shift.to",
        whole.test_a_group_changes_because_of_what_changes_with_it,
    ),
    (
        reasons,
        "self.holds(each) == self.holds(branch):",
        "True:",
        whole.test_a_member_is_told_why_until_when_and_what_would_end_it,
    ),
    (reasons, "needed - (len(branch.of) - short)", "needed", whole.test_who_is_not_in_it_is_told_what_is_missing),
    (tree, "> MOST_TOLD", "> 1", whole.test_a_segment_inside_a_segment_keeps_its_name_and_shows_its_rule),
    (
        sampling,
        "draw.sample(range(slices), min(slices, _MOST_SLICES))",
        "range(slices)",
        previews.test_slices_are_drawn_by_chance,
    ),
    (
        sampling,
        "if not _read(",
        "if _read(",
        previews.test_a_larger_one_is_cut_finer_and_read_as_a_whole_if_there_is_time,
    ),
    (
        estimates,
        "narrowed * (_byar",
        "0.5 * (_byar",
        previews.test_what_is_estimated_is_right_on_average_and_95_of_100_intervals_hold_it,
    ),
    (
        preview,
        "self.draw.randrange(self.found)",
        "self.draw.randrange(MOST_SHOWN)",
        previews.test_everybody_found_is_shown_with_the_same_chance,
    ),
    (
        preview,
        "if holds or is_woken:",
        "if holds:",
        previews.test_who_is_looked_at_earlier_anyway_need_not_be_written_for_it,
    ),
]


@pytest.mark.prove
@pytest.mark.parametrize(("module", "right", "wrong", "caught"), MUTANTS, ids=[each[1] for each in MUTANTS])
def test_each_small_wrong_is_caught(module, right, wrong, caught):
    with swapped_into(module, right, wrong), pytest.raises(AssertionError):
        caught()
