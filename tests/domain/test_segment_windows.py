"""Counts within a window, against the raw interactions at every instant, and the instants they change at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer.instants import from_ms, to_ms
from shopkeeper.segment import evaluate, rule
from tests.interactions import ordered, said
from tests.rules import all_of, any_of, lately, negated, total
from tests.segment_worlds import customer_of

START = to_ms("2026-02-01T10:00:00.000Z")
LAST = 14  # seconds

seconds = st.integers(0, 9)
leaves = st.builds(lately, st.integers(0, 4), st.integers(1, 6), st.sampled_from(["ge", "le", "eq"]), st.just("Looked"))
rules = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(all_of, inner, inner), st.builds(any_of, inner, inner), st.builds(negated, inner)
    ),
    max_leaves=4,
)


def customer(looks):
    return customer_of([said("user:jo", f"m{n}", name="Looked", at=from_ms(at)) for n, at in enumerate(looks)])


def at(second):
    return START + second * 1000


def holds(asked, looks, now):
    """By the letter: each look at t counts while t <= now < t + W."""
    match asked["op"]:
        case "all":
            return all(holds(each, looks, now) for each in asked["of"])
        case "any":
            return any(holds(each, looks, now) for each in asked["of"])
        case "not":
            return not holds(asked["rule"], looks, now)
    width = asked["window"]["rolling"]["seconds"] * 1000
    found = sum(look <= now < look + width for look in looks)
    return {"ge": found >= asked["n"], "le": found <= asked["n"], "eq": found == asked["n"]}[asked["cmp"]]


@given(rules, st.lists(seconds.map(at), max_size=8))
def test_a_window_holds_what_it_says_at_every_instant_and_the_truth_stays_until_it_may_flip(asked, looks):
    program, seen = evaluate.compile_rule(rule.read(asked)), customer(looks)
    for second in range(LAST + 1):
        truth, flips_at = program.evaluate(seen, at(second))
        assert truth == holds(asked, looks, at(second))
        assert flips_at is None or flips_at > at(second)
        later = range(second, LAST + 3)
        assert {holds(asked, looks, at(each)) for each in later if flips_at is None or at(each) < flips_at} == {truth}


@given(leaves, st.lists(seconds.map(at), max_size=8, unique=True))
def test_a_window_wakes_when_it_flips_and_not_before(asked, looks):
    """Of what is not dated ahead, and of one look at a time."""
    truth, flips_at = evaluate.compile_rule(rule.read(asked)).evaluate(customer(looks), at(9))
    assert flips_at is None or holds(asked, looks, flips_at - 1) == truth != holds(asked, looks, flips_at)


@pytest.mark.parametrize(
    ("n", "cmp", "truth", "flips"),
    [
        (2, "ge", True, 11),
        (4, "ge", False, None),
        (0, "ge", True, None),
        (1, "le", False, 11),
        (3, "le", True, None),
        (1, "eq", False, 11),
        (3, "eq", True, 10),
        (4, "eq", False, None),
    ],
)
def test_three_looks_leave_a_window_of_ten_seconds_one_after_the_other(n, cmp, truth, flips):
    seen = customer([at(0), at(1), at(2)])
    flips_at = None if flips is None else at(flips)
    assert evaluate.compile_rule(rule.read(lately(n, 10, cmp, "Looked"))).evaluate(seen, at(3)) == (truth, flips_at)


@pytest.mark.parametrize(("cmp", "n"), [("ge", 16), ("le", 15), ("eq", 15)])
@pytest.mark.parametrize("looks", [15, 16, 17, 24, 25, 60])
def test_the_most_that_can_be_asked_for_is_counted_right_however_often_it_was(cmp, n, looks):
    when, asked = [at(second) for second in range(looks)], lately(n, 40, cmp, "Looked")
    program, seen = evaluate.compile_rule(rule.read(asked)), customer(when)
    for second in range(looks - 1, looks + 45):
        assert program.evaluate(seen, at(second)).truth == holds(asked, when, at(second))


def test_a_window_reads_its_event():
    assert evaluate.compile_rule(rule.read(lately(1, 60, event="Looked"))).reads.events == {"Looked"}


@pytest.mark.parametrize("now", ["9999-12-30T12:00:00.000Z", "9999-12-31T23:59:59.999Z", "0001-01-02T00:00:00.000Z"])
def test_on_the_first_and_last_days_of_all_calendars_an_answer_comes_too(now):
    spent = total("1") | {"window": {"months": {"n": 2}}}
    looked = lately(1, 60, "ge", "Looked") | {"window": {"calendar": "this_month"}}
    its = evaluate.compile_all({"spent": rule.read(spent), "looked": rule.read(looked)})
    known = customer_of([ordered("user:jo", "m1", None, 5, at=from_ms(START))])
    bits, flips_at = its.evaluate(known, to_ms(now))
    assert bits == 0
    assert flips_at is None or flips_at > to_ms(now)
