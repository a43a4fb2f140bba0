"""A measure is a function of what was counted: of neither its order, nor its batches, nor of what was taken back."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer.measures import Measure, Tally, Tile, measure, tally
from tests.marks import drawn, mark

TAIL, TILES = 4, 3


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    """So that a short history is one of which not everything is kept."""
    for module in (measure, tally):
        monkeypatch.setattr(module, "TAIL", TAIL)
        monkeypatch.setattr(module, "TILES", TILES)


def expected(marks, tail=TAIL, tiles=TILES):
    """Worked out from the bare list."""
    if not marks:
        return Measure()
    instants = sorted((at for at, *_ in marks), reverse=True)
    priced = Counter(currency for _, _, currency, _, _ in marks if currency)
    days = sorted({day for _, day, *_ in marks if day is not None}, reverse=True)[:tiles]
    return Measure(
        len(marks),
        instants[-1],
        tuple(instants[:tail]),
        sums(marks),
        dict(priced),
        sum(unpriced for *_, unpriced in marks),
        {day: of_day([each for each in marks if each[1] == day]) for day in days},
    )


def sums(marks):
    totals = Counter()
    for _, _, currency, units, _ in marks:
        if currency:
            totals[currency] += units
    return dict(totals)


def of_day(marks):
    return Tile(len(marks), {currency: units for currency, units in sums(marks).items() if units})


def changed(before, added=(), removed=()):
    tallied = Tally(before)
    for each in added:
        tallied.add(mark(*each))
    for each in removed:
        tallied.remove(mark(*each))
    return tallied.measure()


few_days = st.builds(
    lambda day, hour, rest: (day * 100 + hour, day, *rest), *(2 * [st.integers(0, 5)]), st.just(("USD", 5, False))
)
tiled, untiled = drawn(tiled=True) | few_days, drawn(tiled=False)
histories = st.lists(tiled, max_size=14) | st.lists(untiled, max_size=14)


def of_one_measure(count):
    """Several histories, with days or all without."""
    return st.one_of(
        *(st.lists(st.lists(kind, max_size=14), min_size=count, max_size=count) for kind in (tiled, untiled))
    )


randoms = st.randoms(use_true_random=False)


@given(histories, randoms, st.integers(0, 14))
def test_order_and_batches_make_no_difference(marks, random, cut):
    shuffled = random.sample(marks, len(marks))

    half, _ = changed(Measure(), shuffled[:cut])
    assert changed(half, shuffled[cut:]) == (expected(marks), False)


@given(of_one_measure(2))
def test_two_together_are_as_if_counted_by_one(both):
    one, two = both
    together = expected(one) + expected(two)

    assert together == expected(two) + expected(one) == expected(one + two)


@given(of_one_measure(3))
def test_it_makes_no_difference_which_two_came_together_first(all_three):
    one, two, three = map(expected, all_three)

    assert (one + two) + three == one + (two + three)


@given(of_one_measure(2), randoms, st.integers(0, 9))
def test_what_is_taken_back_was_never_there(both, random, count):
    """Where it says so itself, it takes the rows to make that true: here they are all there is."""
    marks, added = both
    removed = random.sample(marks + added, min(count, len(marks + added)))
    left = list((Counter(marks + added) - Counter(removed)).elements())

    after, is_lossy = changed(expected(marks), added, removed)
    if is_lossy:
        after, _ = changed(expected(marks, tail=99, tiles=99), added, removed)

    assert after == expected(left)


@given(histories, randoms, st.integers(1, 9))
def test_what_only_rows_could_tell_is_not_made_up(marks, random, count):
    """Without rows, sums are right, the tail is the newest of what there is, and the first is not too late."""
    known, left = expected(marks), list(marks)
    for each in random.sample(marks, min(count, len(marks))):
        known, _ = changed(known, removed=[each])
        left.remove(each)
        true = expected(left, tail=99)
        assert (known.count, known.totals, known.unpriced) == (true.count, true.totals, true.unpriced)
        if left:
            assert known.first <= true.first
            assert known.tail == true.tail[: len(known.tail)] or (len(known.tail) == 1 and known.last >= true.last)


def test_what_came_late_is_not_taken_for_one_of_the_newest():
    """Four are kept of six; two are taken back; what comes then may be older than one that is not kept."""
    six = [(at, None, "", 0, False) for at in (60, 50, 40, 30, 20, 10)]
    known, is_lossy = changed(expected(six), removed=six[:2])
    assert (known.tail, is_lossy) == ((40, 30), True)

    known, _ = changed(known, added=[(15, None, "", 0, False), (35, None, "", 0, False)])

    assert (known.count, known.tail, known.first) == (6, (40, 35, 30), 10)


def test_when_none_of_the_newest_is_left_the_measure_still_says_something():
    six = [(at, None, "", 0, False) for at in (60, 50, 40, 30, 20, 10)]

    known, is_lossy = changed(expected(six), removed=six[:4])

    assert (known.count, known.first, known.tail, is_lossy) == (2, 10, (30,), True)


def test_days_begin_where_a_measure_kept_none_before():
    before = Measure(2, 10, (20, 10), {"USD": 7}, {"USD": 2})
    late, new = (5, 0, "USD", 1, False), (250, 2, "USD", 100, False)

    after, _ = changed(before, added=[late, new])

    assert after.tiles == {2: Tile(1, {"USD": 100})}
    assert after.totals == {"USD": 108}
