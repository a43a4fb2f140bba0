"""The suites bite: each of these small wrongs, put into a leaf, a window or a group, is caught by its test."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.segment import asking, calendar, counts, dates, facts, happened, spans, writing
from tests.domain import (
    test_segment_calendar,
    test_segment_flips,
    test_segment_known,
    test_segment_leaves,
    test_segment_together,
)
from tests.segment_catchers import QUICKLY, catch, named
from tests.segment_lives import lives


@QUICKLY
@given(lives(), st.data())
def together(its, data):
    test_segment_leaves.test_all_at_once_are_each_by_itself_and_flip_with_the_first.hypothesis.inner_test(its, data)


known, groups, whole = test_segment_known, test_segment_flips, test_segment_together
just_so_much = whole.test_who_spent_just_so_much_in_these_days_spent_no_more_and_no_less
waits = groups.test_what_needs_all_waits_for_the_last_that_is_missing
allowed = partial(
    known.test_an_opt_out_of_all_goes_before_a_topic_and_silence_is_neither,
    [("*", "out"), ("news", "in")],
    news="out",
    everything="out",
)
placed = known.test_a_place_is_where_they_say_they_are_else_where_they_were_seen
told_place = partial(placed, {"address": {"country": "de"}}, seen="FR", where={"country": ["FR"]}, truth=False)
seen_place = partial(placed, {}, seen="FR", where={"country": ["fr "]}, truth=True)
scored = partial(known.test_who_never_ordered_is_in_no_fifth, "m", "ne", 1, truth=False, unscored=True)
toronto = partial(test_segment_calendar.test_a_day_begins_with_its_first_minute, *test_segment_calendar.NIGHTS[2])

MUTANTS = {
    # Windows
    "a window ends a moment late": (spans, "return at, at + self._width", "return at, at + self._width + 1", "count"),
    "a window begins a moment late": (spans, "now - self._width + 1, now + 1", "now - self._width + 1, now", "count"),
    "a window holds a moment too much": (spans, "now - self._width + 1", "now - self._width", "count"),
    "days are one too many": (spans, "window.days.n - 1", "window.days.n", "count"),
    "weeks are one too many": (spans, "window.weeks.n - 1", "window.weeks.n", "count weeks"),
    "months are one too few": (spans, "window.months.n - 1", "window.months.n - 2", "count"),
    "days stay a day too long": (spans, "period + self._oldest + 1", "period + self._oldest + 2", "total"),
    "days enter a day late": (
        spans,
        "self._begin(period + self._newest)",
        "self._begin(period + 1)",
        "first this_week",
    ),
    "between has no end": (spans, "if self._low <= at < self._high", "if self._low <= at", whole.test_between_ends),
    "between holds what is before": (spans, "if self._low <= at < self._high", "if at < self._high", "first"),
    "weeks begin on Sunday": (
        calendar,
        "(day_ + 3) // 7",
        "(day_ + 4) // 7",
        test_segment_calendar.test_units_are_those_of_the_calendar,
    ),
    "yesterday is today": (calendar, '"yesterday": ("days", 1)', '"yesterday": ("days", 0)', "first yesterday"),
    "days are those of UTC": (calendar, "return zones.day(ms, zone)", "return ms // _DAY_MS", 'first "days"'),
    "a midnight left out is guessed": (calendar, "while ms - before > 1:", "while False:", toronto),
    # Groups
    "`all` is `any`": (writing, "is_all = isinstance(rule, All) or", "is_all =", together),
    "`not` is forgotten": (writing, "self.term(rule.rule).contrary", "self.term(rule.rule)", together),
    "`at least` wants one more": (writing, ' >= {k}"', ' > {k}"', whole.test_at_least_two_of_three),
    "bits stand in one place": (writing, "|= {1 << place}", "|= 1", together),
    "all rules flip with the last": (writing, "if {instant} < flips_at", "if flips_at == NEVER", together),
    "true is asked as one": (
        writing,
        "key = to_json(rule)",
        "key = rule",
        whole.test_true_is_not_one_also_where_equal_questions_are_asked_once,
    ),
    "a group wakes with its last part": (
        writing,
        '_of("min", [child.flips_at',
        '_of("max", [child.flips_at',
        groups.test_what_needs_all_falls_with_the_first_and_what_needs_one_comes_with_the_first,
    ),
    "a group wakes at the first that is missing": (writing, '_of("max", [f"(PAST', '_of("min", [f"(PAST', waits),
    "what is missing for good is passed over": (
        writing,
        "if child.flips_at else open_",
        'if child.flips_at else "1"',
        waits,
    ),
    "`at least` wakes one part late": (
        writing,
        "[{many} - {k} if",
        "[{many} - {k} + 1 if",
        groups.test_of_several_no_way_in_which_each_flips_once_changes_the_truth_before,
    ),
    "`at least` waits for all that is missing": (writing, "else {k - 1} - {many}]", "else -1]", waits),
    # Short ways
    "at the last moment it is still in": (spans, "{{0}} > now - {self", "{{0}} >= now - {self", "count rolling"),
    "at the last moment it is gone": (spans, '"{{0}} + {self._width}"', '"{{0}} + {self._width} + 1"', "count rolling"),
    "periods begin late": (spans, '>= {began}[0]"', '> {began}[0]"', "count days"),
    "periods end with the last": (spans, "right({began}, {{0}})]", "-1]", "count days"),
    "one more is asked for": (happened, "len({tail}) >= {n}", "len({tail}) > {n}", "count"),
    "what is ahead is taken for past": (happened, "{tail} and {tail}[0] > now", "False", "count"),
    "a day to come is taken for past": (counts, "-days.back[0] > today or", "False or", "total"),
    "one day less has it": (happened, "[reached - 1]", "[reached - 2]", "total"),
    "the oldest day is out": (happened, '<= {held} else NO"', '< {held} else NO"', "total"),
    "less is at most": (happened, 'if cmp in ("gt", "le") else bound', "if False else bound", just_so_much),
    "less is more": (happened, 'term if cmp in ("ge", "gt") else term.contrary', "term", "total"),
    # Leaves
    "`at most` flips as `at least` does": (counts, '"le": lambda n: (n + 1,)', '"le": lambda n: (n,)', 'count "le"'),
    "what is coming is not waited for": (counts, "min(coming, leaving)", "leaving", "count"),
    "a window is never left": (counts, "min(coming, leaving)", "coming", "count"),
    "a sum has all currencies": (counts, "days.units.get(currency)", "next(iter(days.units.values()), None)", "total"),
    "an average is over all": (counts, "bound * priced", "bound * measure.count", "total avg"),
    "first is last": (counts, "span.stay(measure.first)", "span.stay(measure.last)", "first"),
    "what follows stays for ever": (counts, "(True, leave) if now < leave", "(True, NEVER) if now < leave", "sequence"),
    "only the newest follows": (counts, "                continue", "                break", "sequence"),
    "b at once follows a": (counts, "bisect_left(earlier, at)", "bisect_left(earlier, at + 1)", "sequence"),
    "b may come too late": (counts, " or at >= earlier[place - 1] + within", "", "sequence"),
    "what happened at once did not": (counts, "last <= at <= now", "last < at <= now", "abandoned"),
    "what was left is left at once": (counts, "due = last + grace", "due = last", "abandoned"),
    "who comes back is not waited for": (counts, "min(coming, due if", "min(NEVER, due if", "abandoned"),
    "regular is one more": (counts, "of_last - 1, zone", "of_last, zone", "regular"),
    "regular counts days": (counts, "map(of, days)", "days", "regular"),
    "after is from": (dates, '"after": has_ended', '"after": has_begun', "date"),
    "a date never comes": (dates, "if waits_for is None or not has_begun", "if True", "date"),
    "a date comes a day late": (dates, "if days(middle)[bound] > day", "if days(middle)[bound] > day + 1", "date"),
    "now has come already": (dates, "NEVER if at < then else at - ahead + 1", "NEVER", "date"),
    "dates are those of the workspace": (
        dates,
        "return zones.zone(own) if own else workspace",
        "return workspace",
        "date",
    ),
    "an anniversary is never over": (dates, "calendar.start(coming + 1, zone)", "NEVER", "anniversary"),
    "an anniversary takes one by surprise": (dates, "calendar.start(coming - within, zone)", "NEVER", "anniversary"),
    "age is since the last": (dates, "(each.first for each in", "(each.last for each in", "profile_age"),
    "nobody ages": (dates, "due if due > now else NEVER", "NEVER", "profile_age"),
    "a topic goes before all": (facts, 'if whole is not None and whole.is_ == "out"', "if False", allowed),
    "seen goes before told": (facts, "    if told:", "    if told == 1:", told_place),
    "where they were seen is forgotten": (facts, "if seen else ()", "if False else ()", seen_place),
    "who has no score has the worst": (
        asking,
        "({kind!r}, {scores}.{leaf.dim}),) if {scores} else ()",
        "({kind!r}, 0),)",
        scored,
    ),
    "all salts draw the same": (
        facts,
        'f"{salt}:{customer_id}"',
        "customer_id",
        known.test_a_tenth_is_about_a_tenth_and_another_salt_draws_others,
    ),
}


@pytest.mark.parametrize("name", named(MUTANTS))
def test_the_suites_catch(name):
    catch(*MUTANTS[name])
