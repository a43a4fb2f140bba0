"""The oracles bite: each of these small wrongs, put into the code, is caught by the test that stands beside it."""

from functools import partial

import pytest

from shopkeeper.customer import comparing, lists
from shopkeeper.segment import conditions, evaluate, windows
from tests.domain import (
    test_fold,
    test_fold_told,
    test_lists,
    test_segment_evaluate,
    test_segment_flips,
    test_segment_windows,
)
from tests.mutants import put_into

counted = test_segment_evaluate.test_so_is_every_leaf_about_what_is_counted
leaves = test_segment_evaluate.test_so_is_every_leaf_about_traits
whole = test_segment_evaluate.test_a_rule_over_the_document_is_the_rule_over_the_raw_interactions
newcomer = test_segment_evaluate.test_of_a_newcomer_only_what_asks_for_little_or_nothing_holds
last_word = partial(
    test_lists.test_the_last_word_holds_and_at_one_instant_who_left_has_left,
    [("List Left", test_lists.NOON), ("List Entered", test_lists.ONE)],
    is_on=True,
)
steady = test_segment_flips.test_the_truth_stays_until_it_may_flip
windowed = test_segment_windows.test_a_window_holds_what_it_says_at_every_instant_and_the_truth_stays_until_it_may_flip
by_hand = partial(
    test_segment_windows.test_three_looks_leave_a_window_of_ten_seconds_one_after_the_other, 1, truth=False, flips=11
)
punctual = test_segment_windows.test_a_window_wakes_when_it_flips_and_not_before

MUTANTS = {
    "who never did it counts once": (
        conditions,
        "measure.count if measure else 0",
        "measure.count if measure else 1",
        counted,
    ),
    "at least is more than": (comparing, '"ge": operator.ge', '"ge": operator.gt', counted),
    "less than is at most": (comparing, '"lt": operator.lt', '"lt": operator.le', counted),
    "all currencies are one": (conditions, "measure.totals.get(currency, 0)", "sum(measure.totals.values())", counted),
    "who left a list is on it": (conditions, "stay is not None and stay.is_on", "stay is not None", counted),
    "a missing value is a value": (
        comparing,
        "        yield found",
        "        yield found\n    else:\n        yield found",
        leaves,
    ),
    "`ne` asks for one that differs": (
        comparing,
        "any(fits(found) for found in _values(known, names)) != is_complement",
        "any(fits(found) != is_complement for found in _values(known, names))",
        leaves,
    ),
    "only the first element of a list counts": (
        comparing,
        "for element in value:",
        "for element in value[:1]:",
        leaves,
    ),
    "the way stops after one step": (comparing, "names[1:]", "[]", leaves),
    "case matters": (comparing, ".casefold()", "", leaves),
    "lower case is enough": (comparing, ".casefold()", ".lower()", leaves),
    "spaces matter": (comparing, ".strip()", "", leaves),
    "accents are composed too late": (comparing, 'unicodedata.normalize("NFC", text)', "text", leaves),
    "true is one": (comparing, 'return "truth", value', 'return "number", value', leaves),
    "text and numbers are compared": (comparing, "found[0] == kind and ", "", leaves),
    "starts is contains": (comparing, '"starts": str.startswith', '"starts": operator.contains', leaves),
    "ends is contains": (comparing, '"ends": str.endswith', '"ends": operator.contains', leaves),
    "`all` is `any`": (evaluate, "len(children) if isinstance(rule, All) else 1", "1", whole),
    "`not` is forgotten": (evaluate, "return not truth, flips_at", "return truth, flips_at", whole),
    "a group wakes with its last part": (evaluate, "sorted(flips_at for", "sorted(-flips_at for", steady),
    "a group wakes one part late": (evaluate, "holding - k if", "min(holding - k + 1, len(flips) - 1) if", steady),
    "a group waits for all that is missing": (evaluate, "else k - holding - 1]", "else -1]", steady),
    "a group wakes with its first part": (
        evaluate,
        "flips[holding - k if truth else k - holding - 1]",
        "flips[0]",
        test_segment_flips.test_what_needs_all_waits_for_the_last_that_is_missing,
    ),
    "a window ends a moment late": (windows, "at <= now < at + width", "at <= now <= at + width", windowed),
    "a window begins a moment late": (windows, "at <= now < at + width", "at < now < at + width", windowed),
    "a window is never left": (windows, "min(coming, leaving)", "coming", windowed),
    "what is coming is not waited for": (windows, "min(coming, leaving)", "leaving", windowed),
    "`at most` flips as `at least` does": (
        windows,
        '"le": lambda n: (n + 1,)',
        '"le": lambda n: (n,)',
        partial(by_hand, cmp="le"),
    ),
    "`exactly` flips one too late": (windows, "(n + 1, n)", "(n,)", partial(by_hand, cmp="eq")),
    "a window wakes too early": (windows, "within[edge - 1] + width", "within[-1] + width", punctual),
    "the first word on a list holds": (
        lists,
        "return self.at, not self.is_on",
        "return -self.at, not self.is_on",
        last_word,
    ),
    "a tie keeps one on a list": (
        lists,
        "return self.at, not self.is_on",
        "return self.at, self.is_on",
        partial(
            test_fold_told.test_who_entered_a_list_and_left_it_at_one_instant_has_left, ("List Entered", "List Left")
        ),
    ),
    "anybody puts one on a list": (
        lists,
        " or not interaction.trusted",
        "",
        test_fold.test_the_document_says_what_the_list_of_interactions_says,
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_the_oracles_catch(name):
    module, right, wrong, catcher = MUTANTS[name]
    with put_into(module, right, wrong), pytest.raises((Exception, pytest.fail.Exception)):
        catcher()
