"""The edges bite: small wrongs by one day, one instant, one cent or one basis point are found."""

import pytest

from shopkeeper.segment import asking, calendar, counts, dates, facts, happened, writing
from shopkeeper.segment.leaves import amounts
from tests.domain import test_segment_edges as edges
from tests.segment_catchers import catch


def each(test):
    """The test with all that it is asked with."""
    (asked,) = (mark for mark in test.pytestmark if mark.name == "parametrize")
    names = [asked.args[0]] if isinstance(asked.args[0], str) else list(asked.args[0])

    def run():
        for values in asked.args[1]:
            test(**dict(zip(names, values if len(names) > 1 else [values], strict=True)))

    return run


before = each(edges.test_before_ends_where_on_begins_and_after_begins_where_on_ends)
instant = each(edges.test_the_same_instant_is_neither_before_nor_after)
shorter = each(edges.test_from_the_end_of_a_month_it_is_the_last_day_of_a_shorter_one)
kept = each(edges.test_a_day_of_the_year_is_kept_on_its_day_and_so_many_before)
average, share = edges.test_an_average_is_of_those_with_an_amount, edges.test_a_share_has_its_first_and_not_its_last
near, finer = each(edges.test_near_is_as_the_crow_flies), each(edges.test_what_is_finer_than_money_is_no_amount)
exactly = each(edges.test_exactly_so_often_is_neither_more_nor_less)

MUTANTS = {
    "before is until": (dates, "begin <= day, end <= day", "begin < day, end <= day", before),
    "after is from": (dates, "begin <= day, end <= day", "begin <= day, end - 1 <= day", before),
    "on is from": (dates, '"on": has_begun and not has_ended', '"on": has_begun', before),
    "before an instant is until it": (dates, "(at < instant if", "(at <= instant if", instant),
    "after an instant is from it": (dates, "else at > instant)", "else at >= instant)", instant),
    "before now is until now": (dates, "return at < then,", "return at <= then,", instant),
    "after now is from now": (dates, "return at > then,", "return at >= then,", instant),
    "the 29th is the 1st": (
        calendar,
        "min(first + to_date(day_).day, next_first) - 1",
        "first + to_date(day_).day - 1",
        shorter,
    ),
    "the last day is the one before": (calendar, "next_first) - 1", "next_first - 1) - 1", shorter),
    "a year has eleven months": (calendar, "12 * years + months", "11 * years + months", shorter),
    "the day itself is not kept": (dates, "this if this >= today", "this if this > today", kept),
    "a day too few before": (dates, "coming - today <= within", "coming - today < within", kept),
    "a day too many before": (dates, "coming - today <= within", "coming - today <= within + 1", kept),
    "what is to come is kept": (dates, "years = max(0, ", "years = min(0, ", kept),
    "the 29th of February is the 1st of March": (
        calendar,
        "min(first + to_date(day_).day, next_first) - 1",
        "first + to_date(day_).day - 1",
        kept,
    ),
    "an average is of all": (counts, "bound * priced", "bound * measure.count", average),
    "an average of nothing is one of one": (
        counts,
        "measure.priced.get(currency, 0)):",
        "measure.priced.get(currency, 1)):",
        average,
    ),
    "a share has its last": (asking, "< {leaf.to_bp}", "<= {leaf.to_bp}", share),
    "a share lacks its first": (asking, "{leaf.from_bp} <= {share}", "{leaf.from_bp} < {share}", share),
    "a segment is its opposite": (
        writing,
        "return self.term(self._named(leaf))",
        'return self.lasting("not " + self.term(self._named(leaf)).truth)',
        edges.test_who_is_in_a_segment_is_whom_its_rule_holds_for,
    ),
    "near is far": (facts, "far <= km", "far >= km", near),
    "the earth is a cylinder": (facts, "cos(radians(lat)) * cos(radians(other_lat))", "1", near),
    "the earth is larger": (facts, "_EARTH_KM = 6371.0088", "_EARTH_KM = 6471.0088", near),
    "the other half of the globe is none": (facts, "abs(value) > most", "abs(value) > most - 10", near),
    "exactly is at least": (counts, '"eq": lambda n: (n + 1, n)', '"eq": lambda n: (n,)', exactly),
    "exactly never gets fewer": (counts, '"eq": lambda n: (n + 1, n)', '"eq": lambda n: (n + 1,)', exactly),
    "exactly is at least, with nothing ahead": (
        happened,
        '"eq": f"{once(n + 1, truth=False)} {',
        '"eq": f"{',
        exactly,
    ),
    "exactly never gets fewer, with nothing ahead": (
        happened,
        "{f'{once(n, truth=True)} NO' if n else 'YES'}",
        "(len({tail}) >= {n}, NEVER)",
        exactly,
    ),
    "amounts are rounded": (amounts, "if amount != Decimal(text)", "if False", finer),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_the_edges_catch(name):
    catch(*MUTANTS[name])
