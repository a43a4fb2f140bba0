"""Columns bite: each of these small wrongs, put into one of their files, is found by asking the evaluator beside them.

In the list of all, each file has one at least, and so has each kind of leaf.
"""

from functools import partial
from pathlib import Path

import pytest

from shopkeeper.segment import columnar
from shopkeeper.segment.columnar import (
    asked,
    coding,
    dates,
    days,
    evaluate,
    happened,
    known,
    page,
    parts,
    rows,
    screening,
    summed,
    verdicts,
    windows,
)
from tests.domain import test_segment_columnar as odd
from tests.domain import test_segment_columnar_screening as screens
from tests.mutants import swapped_into
from tests.segment_pages import OPS, faults, world

MANY = 300
LATE = odd.test_sums_that_are_damaged_are_noticed_where_they_are_asked_for
APART = odd.test_what_stands_beside_each_other_is_told_apart
BITS = partial(odd.test_there_may_be_no_rules_and_more_than_a_number_has_bits, 63)
BEGIN = partial(odd.test_what_never_happened_did_not_happen_before_all_calendars, "0001-01-01")
EDGES = odd.test_a_window_has_its_first_moment_and_not_its_end
SIXTEEN = partial(odd.test_the_newest_sixteen_of_each_are_seen, 14)
END = partial(odd.test_dates_may_be_at_the_end_of_all_calendars, "9999-12-31", "before")


def searched(op):
    """The first fault that is found in pages for which rules with such a leaf are drawn."""
    return next((fault for seed in range(MANY) for fault in faults(world(seed, op))), None)


MUTANTS = {
    # What a page is made of
    "of an older schema is usual": (page, "each.schema != document.SCHEMA", "False", "trait"),
    "damage that shows late is forgotten": (page, "self._unusual | self._measures.unusual", "self._unusual", LATE),
    "who is seen somewhere has not told": (page, "return told or seen", "return told", "place"),
    "seen goes before told": (page, "return told or seen", "return seen or told", "place"),
    "the zone is the workspace's": (page, "if own else workspace", "if False else workspace", "date"),
    "who left a list is on it": (page, "stay is not None and stay.is_on", "stay is not None", "in_list"),
    "all salts draw the same": (page, "facts.shares(salt)", 'facts.shares("")', "bucket"),
    "all scores are one": (page, "getattr(each, dim)", "each.r", "rfm"),
    "names are mixed up": (parts, "zip(self._fields, columns", "zip(reversed(self._fields), columns", "trait"),
    # Values
    "true is one": (coding, "(type(value), value)", "(0, value)", APART),
    "true is one in lists": (coding, "(kinds, *value)", "(list, *value)", APART),
    "the way ends in the first list": (coding, "inward(value, name) if isinstance", "None if isinstance", "trait"),
    "what is blank is something": (coding, "bool(each and not each.isspace())", "bool(each)", "trait exists"),
    "the end of all calendars is as far as ever": (dates, "min(NEVER - by, NEVER)", "NEVER", END),
    # Verdicts
    "all is any": (verdicts, "reduce(np.minimum, children)", "reduce(np.maximum, children)", "in_segment"),
    "any is all": (verdicts, "reduce(np.maximum, children)", "reduce(np.minimum, children)", "in_segment"),
    "`not` is forgotten": (verdicts, "return np.negative(its)", "return its", "trait"),
    "`at least` wants one more": (verdicts, "axis=0)[-k]", "axis=0)[-k - 1]", "in_segment"),
    "`at least` is counted from the wrong end": (verdicts, "axis=0)[-k]", "axis=0)[k - 1]", "in_segment"),
    "what does not hold is what does": (verdicts, "truth, leaves, -NEVER", "truth, leaves, NEVER", "count"),
    "what will come has come": (verdicts, "flips_at, -flips_at)", "flips_at, flips_at)", "abandoned"),
    "all flip with the last": (evaluate, ".min(axis=0, initial=NEVER)", ".max(axis=0, initial=0)", "count"),
    "never is some time": (evaluate, "None if each == NEVER else each", "each", "trait"),
    "so many rules and no more": (evaluate, "<< _AT_ONCE * place", "<< place", BITS),
    "who is unusual is not": (evaluate, "(asked.unusual | page.unusual)", "page.unusual", "count"),
    "all versions of a segment are one": (
        evaluate,
        "if rule.version else rule.id]",
        "if False else rule.id]",
        "in_segment",
    ),
    "one part of it is enough": (evaluate, "if rule.is_all else AnyOf", "if False else AnyOf", "outcome"),
    "of the rows it is not said when": (verdicts, "NEVER if flips_at is None", "NEVER if True", "profile_age"),
    "the one before is asked": (rows, "found[place] = one(said", "found[place - 1] = one(said", "near"),
    "who cannot be asked is usual": (rows, "asked.unusual[place] = True", "pass", "reachable"),
    "all have the first's instant": (asked, "[self._places]", "[0 * self._places]", "count"),
    "what is ahead is past": (asked, "column.nth(1) > self.now", "column.nth(1) > self.now + 10**12", "count"),
    # Known
    "complements are none": (
        known,
        "return wanted.isdisjoint if cmp in",
        "return wanted.isdisjoint if False and cmp in",
        "trait",
    ),
    "one of many is enough for none": (known, "any(map(one, found))", "all(map(one, found))", "trait"),
    "silence is a yes": (known, "all_of([contrary(is_out), wanted])", "contrary(is_out)", "consent"),
    "a topic goes before all": (known, "any_of([is_out, wanted])", "wanted", "consent"),
    "a share has its last": (known, "share < leaf.to_bp", "share <= leaf.to_bp - 1 + 10", "bucket"),
    # Happened
    "one more is asked for": (happened, "its(asked).nth(n)", "its(asked).nth(n + 1)", "count"),
    "at most is less": (happened, "often(asked, leaf.n + 1)", "often(asked, max(1, leaf.n))", "count"),
    "exactly is at most": (happened, 'if leaf.cmp == "le" else all_of', 'if leaf.cmp != "ge" else all_of', "count"),
    "none at all is some": (happened, "if n else always(asked)", "if n else contrary(always(asked))", "count"),
    "the newest says nothing": (happened, "said.values)) if said else ()", "said.values)) if False else ()", "last"),
    "first is last": (happened, "at, has_been = column.first", "at, has_been = column.nth(1)", "first"),
    "who never did it did it in 1970": (happened, "has_been & (at >= low)", "(at >= low)", "first"),
    "between lacks its first moment": (happened, "(at >= low) & (at < high)", "(at > low) & (at < high)", EDGES),
    "between has its end": (happened, "(at >= low) & (at < high)", "(at >= low) & (at <= high)", EDGES),
    "what was first stays": (
        happened,
        "while_in(truth & (asked.now < at + width), at + width)",
        "lasting(truth)",
        "first",
    ),
    "b at once follows a": (happened, "(each < later) &", "(each <= later) &", "sequence"),
    "b may come too late": (happened, "(later < each + within)", "(later <= each + within)", "sequence"),
    "the oldest that follows": (
        happened,
        "follows.argmax(axis=0)",
        "len(follows) - 1 - follows[::-1].argmax(axis=0)",
        "sequence",
    ),
    "fifteen are seen": (happened, "range(1, PROMISED + 1)", "range(1, PROMISED)", SIXTEEN),
    "what happened at once did not": (happened, ".nth(1) < newest", ".nth(1) <= newest", "abandoned"),
    "left a moment later": (happened, "(due <= asked.now)", "(due < asked.now)", "abandoned"),
    "no grace": (happened, "due = newest + grace", "due = newest", "abandoned"),
    # Windows
    "a window ends a moment late": (windows, "at + self._width", "at + self._width + 1", "count"),
    "before all calendars it was": (
        windows,
        "max(self._span.bounds(now)[0], NONE + 1)",
        "self._span.bounds(now)[0]",
        BEGIN,
    ),
    "all leaves with the oldest": (windows, '"right") - 1]', '"right") * 0]', "count"),
    "days stay for ever": (windows, "not isinstance(self._span, Periods)", "True", "total"),
    # Days
    "the first day is not in it": (days, 'wanted, "right")', 'wanted, "left")', "total"),
    "neighbours have what is missing": (days, "needed <= self.since(first)", "needed <= len(self._day)", "total"),
    "one day less has it": (days, "len(self._day)) - 1]", "len(self._day)) - 2]", "total"),
    "it is the first customer's": (
        days,
        "self._running[self._starts] + min",
        "self._running[0 * self._starts] + min",
        "total",
    ),
    "a day to come is past": (days, "(newest > this)", "(newest > this + 1000)", "total"),
    # Sums
    "less is more": (
        summed,
        'if cmp in ("ge", "gt") else lambda asked: contrary',
        "if True else lambda asked: contrary",
        "total",
    ),
    "more than is at least": (summed, 'bound + (cmp in ("gt", "le"))', "bound", "total"),
    "an average is a sum": (summed, "bound * many", "bound", "total avg"),
    "who has none has an average": (summed, "many > 0 and ", "", "total avg"),
    "sums never fall": (summed, "falls | ahead(", "ahead(", "total"),
    "all that happened is regular": (summed, "is_new[1:] = period[1:] != period[:-1]", "pass", "regular"),
    "neighbours are regular together": (
        summed,
        "is_new[found.day_starts[found.day_length > 0]] = True",
        "pass",
        "regular",
    ),
    "regular is one period more": (summed, "leaf.of_last - 1, c.zone", "leaf.of_last, c.zone", "regular"),
    "yesterday is today": (summed, "- back + later)", "- back + later + 1)", "total"),
    "yesterday never ends": (summed, "range(back + 1, 0, -1)", "range(0)", "total"),
    "what follows yesterday is looked at late": (summed, "range(back + 1, 0, -1)", "range(1, back + 2)", "count"),
    # Dates
    "after is from": (dates, "else at > other", "else at >= other", "date"),
    "before is after": (dates, 'return at < other if cmp == "before"', 'return at > other if cmp == "before"', "date"),
    "now comes a moment early": (dates, "ahead - 1 if", "ahead if", "date"),
    "on ends a day late": (dates, "begins <= its.day, ends <= its.day", "begins <= its.day, ends < its.day", "date"),
    "several dates are none": (dates, "np.flatnonzero(many > 1)", "np.flatnonzero(many > 9)", "date"),
    "nobody waits for a day": (dates, "(has_ended if cmp ==", "(has_begun & False if True or cmp ==", "date"),
    "an anniversary is never over": (
        dates,
        "coming + 1, coming - within",
        "coming + 400, coming - within",
        "anniversary",
    ),
    "the day itself is not kept": (dates, "np.where(this >= today, this", "np.where(this > today, this", "anniversary"),
    "a day too few before": (dates, "coming - today <= within", "coming - today < within", "anniversary"),
    "the 29th of February is the 1st of March": (
        dates,
        "_first(then) + into, _first(then + 1) - 1",
        "_first(then) + into, _first(then + 1)",
        "anniversary",
    ),
    "what is to come is kept": (dates, "np.maximum(0, _year", "np.minimum(99, _year", "anniversary"),
}

SCREENS = {
    "who stands elsewhere is plain": (screening, "stands == slots[bits] and not is_unusual", "not is_unusual"),
    "who is unusual is plain": (screening, "and not is_unusual and", "and"),
    "who was merged is plain": (screening, " and not seen.merged_into", ""),
    "slots that are gone count": (screening, "if number in current.known)", "if True)"),
    "nobody is late": (screening, "flips_at is not None and not", "False and not"),
    "who is never due is awaited": (screening, "elif 0 < due_at <= latest", "elif due_at <= latest"),
    "nobody waits for a turn": (screening, "elif 0 < due_at <= latest", "elif False"),
    "all wait as long as they like": (screening, "due_at <= latest", "due_at"),
    "nothing follows": (screening, "following is not None and", "False and"),
    "what follows is soon": (screening, "is_soon = following is not None and", "is_soon = following is None or"),
    "what lasts for ever is late": (screening, "if not latest or", "if"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_columns_that_are_wrong_are_found(name):
    module, right, wrong, by = MUTANTS[name]
    with swapped_into(module, right, wrong):
        if isinstance(by, str):
            assert searched(by) is not None
        else:
            with pytest.raises(AssertionError):
                by()


@pytest.mark.parametrize("name", SCREENS)
def test_screens_that_are_wrong_are_found(name):
    with swapped_into(*SCREENS[name]), pytest.raises(AssertionError):
        screens_well()


def screens_well():
    screens.test_nobody_is_awaited_later_than_something_else_changes()
    for seed in range(MANY):
        screens.check(seed)


def test_each_file_and_each_leaf_has_a_mutant():
    files = {Path(each.__file__) for each, *_ in [*MUTANTS.values(), *SCREENS.values()]}
    made_of_others = {"engaged"}

    assert files == {*Path(columnar.__file__).parent.glob("*.py")} - {Path(columnar.__file__)}
    assert {by.partition(" ")[0] for *_, by in MUTANTS.values() if isinstance(by, str)} | made_of_others == {*OPS}
