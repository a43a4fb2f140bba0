"""The oracles bite: each of these small wrongs, put into the code, is caught by the test that stands beside it."""

from functools import partial

import pytest

from shopkeeper.customer import comparing, lists
from shopkeeper.segment import asking, happened, writing
from tests.domain import test_fold, test_fold_told, test_lists, test_segment_evaluate
from tests.mutants import put_into

counted = test_segment_evaluate.test_so_is_every_leaf_about_what_is_counted
leaves = test_segment_evaluate.test_so_is_every_leaf_about_traits
newcomer = test_segment_evaluate.test_of_a_newcomer_only_what_asks_for_little_or_nothing_holds
last_word = partial(
    test_lists.test_the_last_word_holds_and_at_one_instant_who_left_has_left,
    [("List Left", test_lists.NOON), ("List Entered", test_lists.ONE)],
    is_on=True,
)

MUTANTS = {
    "who never did it counts once": (writing, "Measure(),", "Measure(1),", counted),
    "at least is more than": (comparing, '"ge": operator.ge', '"ge": operator.gt', leaves),
    "less than is at most": (comparing, '"lt": operator.lt', '"lt": operator.le', leaves),
    "a count at least is more than": (happened, '"ge": ">="', '"ge": ">"', counted),
    "a total less than is at most": (happened, '"lt": "<"', '"lt": "<="', counted),
    "all currencies are one": (happened, ".totals.get({w.bind(currency)}, 0)", ".totals.get('USD', 0)", counted),
    "who left a list is on it": (asking, " is not None and {stay}.is_on", " is not None", counted),
    "a missing value is a value": (
        comparing,
        "if (said := comparable(each)) not in _BLANK:",
        "if (said := comparable(each)):",
        leaves,
    ),
    "`ne` asks for one that differs": (
        asking,
        "f\"{w.bind(comparing.comparable(value))} {'in' if cmp == 'eq' else 'not in'} {found}\"",
        "f\"any(each {'==' if cmp == 'eq' else '!='} {w.bind(comparing.comparable(value))} for each in {found})\"",
        leaves,
    ),
    "only the first element of a list counts": (
        comparing,
        "for element in value:",
        "for element in value[:1]:",
        leaves,
    ),
    "the way stops after one step": (comparing, "value = value.get(name)", "value = value.get(names[0])", leaves),
    "case matters": (comparing, ".casefold()", "", leaves),
    "lower case is enough": (comparing, ".casefold()", ".lower()", leaves),
    "spaces matter": (comparing, ".strip()", "", leaves),
    "accents are composed too late": (comparing, 'unicodedata.normalize("NFC", text)', "text", leaves),
    "true is one": (comparing, 'return "truth", value', 'return "number", value', leaves),
    "text and numbers are compared": (comparing, "found[0] == kind and ", "", leaves),
    "text and numbers are compared where one stands": (asking, "{found}[0][0] == {kind!r} and ", "", leaves),
    "starts is contains": (asking, '"{0}.startswith({1})"', '"{1} in {0}"', leaves),
    "ends is contains": (asking, '"{0}.endswith({1})"', '"{1} in {0}"', leaves),
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


SOUGHT_LONG = ("a missing value is a value", "only the first element of a list counts", "the way stops after one step")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.prove] * (name in SOUGHT_LONG)) for name in MUTANTS]
)
def test_the_oracles_catch(name):
    module, right, wrong, catcher = MUTANTS[name]
    with put_into(module, right, wrong), pytest.raises((Exception, pytest.fail.Exception)):
        catcher()
