"""A page of customers asked by columns: of each they say what the one evaluator says, or that they cannot tell."""

from typing import get_args

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from shopkeeper.customer import document
from shopkeeper.customer.instants import from_ms, to_ms
from shopkeeper.customer.measures import Measure, Tile
from shopkeeper.segment import rule
from shopkeeper.segment.leaves import Leaf
from shopkeeper.segment.leaves.windows import Calendar
from tests.interactions import identified, ordered, said
from tests.rules import count, in_list, total, trait
from tests.segment_pages import OPS, WORLDS, World, faults, leaves, said_of, world
from tests.segment_worlds import customer_of

# What is drawn is where chance begins: nothing is to be gained by smaller numbers.
SOME = settings(max_examples=settings().max_examples // 4, phases=[Phase.explicit, Phase.generate])
SEEDS = st.integers(0, 2**40)
NOW, DAY = 1_772_366_400_000, 86_400_000
NOBODY = document.store(customer_of([]))


@pytest.mark.parametrize("op", OPS)
@SOME
@given(SEEDS)
def test_columns_say_what_the_evaluator_says_of_each(op, seed):
    assert next(faults(world(seed, op)), None) is None


@pytest.mark.prove
@pytest.mark.parametrize("op", OPS)
def test_so_they_do_of_a_page_of_many(op):
    assert next(faults(world("many", op, [600])), None) is None


def test_every_leaf_and_every_kind_of_window_is_drawn():
    drawn = [each for op in OPS for each in leaves(op, WORLDS[0][1])]
    windows = [each["window"] for each in drawn if "window" in each]
    kinds = {kind for window in windows if window != "ever" for kind in window}

    assert {each["op"] for each in drawn} == {get_args(its.model_fields["op"].annotation)[0] for its in get_args(Leaf)}
    assert kinds == {"rolling", "days", "weeks", "months", "calendar", "between"}
    assert "ever" in windows
    named = {window["calendar"] for window in windows if "calendar" in window}
    assert named == set(get_args(Calendar.model_fields["calendar"].annotation))


def asked(rules, *customers, now=NOW, zone="UTC", kind="ordinary"):
    read = {str(place): rule.read(each) for place, each in enumerate(rules)}
    kept = [each if isinstance(each, document.Stored) else document.store(each) for each in customers]
    return World(zone, now, read, [kind] * len(kept), kept, [now])


def fault(rules, *customers, **more):
    return next(faults(asked(rules, *customers, **more)), None)


def known(**traits):
    return customer_of([identified("user:jo", "m1", traits)])


def test_a_page_of_nobody_has_nothing_to_say():
    (its,) = said_of(asked([count(1), total(5) | {"window": {"days": {"n": 3}}}]))

    assert [len(each) for each in (its.bits, its.flips_at, its.unusual)] == [0, 0, 0]


@pytest.mark.parametrize("many", [0, 1, 61, 62, 63, 130])
def test_there_may_be_no_rules_and_more_than_a_number_has_bits(many):
    rules = [trait("x", "eq" if place % 3 else "ne", place) for place in range(many)]

    assert fault(rules, NOBODY, known(x=many - 1), known(x=[62, 61, 7])) is None


def test_a_topic_and_a_channel_are_asked_beside_each_other():
    rules = [{"op": "consent", "topic": "news", "is": "in"}, {"op": "consent", "channel": "email", "is": "in"}]

    assert fault(rules, NOBODY) is None


@pytest.mark.parametrize("text", ['"""', "\\", "\n", "{now}", "x0", "ö\u2028"])
def test_names_may_be_any_text(text):
    rules = [in_list(text), trait(text, "exists"), {"op": "consent", "topic": text, "is": "in"}, count(1, event=text)]

    assert fault(rules, NOBODY, known(**{text: 1}), known(x0=1)) is None


@pytest.mark.parametrize("begin", ["0001-01-01", "0001-01-02", "0001-01-03"])
def test_what_never_happened_did_not_happen_before_all_calendars(begin):
    its = count(1) | {"window": {"between": {"from": begin}}}

    assert fault([its, its | {"cmp": "le", "n": 0}, its | {"n": 17}], NOBODY) is None


@pytest.mark.parametrize("cmp", ["ge", "gt", "le", "lt", "eq"])
@pytest.mark.parametrize("x", [0, "0.01", -5])
def test_who_has_a_day_that_came_to_less_than_nothing_has_no_less_than_the_evaluator_says(cmp, x):
    refunded = customer_of([ordered("user:jo", "m1", "1", -5, at="2026-03-01T10:00:00.000Z")])
    for window in ({"days": {"n": 3}}, {"calendar": "last_month"}, {"between": {"from": "2026-02-27"}}):
        assert fault([total(x, cmp) | {"window": window}], refunded, NOBODY, kind="refunded") is None


@pytest.mark.parametrize("day", ["9999-12-31", "9999-12-31T23:59:59Z", "0001-01-01"])
@pytest.mark.parametrize("cmp", ["before", "after"])
def test_dates_may_be_at_the_end_of_all_calendars(day, cmp):
    for now in (-(10**9), -1, 0, 1, 10**9):
        rules = [{"op": "date", "path": "day", "cmp": cmp, "ref": {"now": now}}]
        assert fault(rules, known(day=day), known(day=[day, "2026-03-01"]), known(day="2026-03-01"), NOBODY) is None


def test_what_stands_beside_each_other_is_told_apart():
    """True, 1 and 1.0 are equal to Python, and so are lists of them."""
    values = [True, 1, 1.0, "1", [True], [1], ["1"], [[1]], [[True]], {"y": 1}, {"y": True}, [], None, "", [None, 1]]
    page = [known(x=value) for value in values]
    for one in (True, 1, "1"):
        rules = [trait("x", "eq", one), trait("x.y", "eq", one), trait("x", "ne", one), trait("x", "in", one, 7)]
        assert fault(rules, *page) is None
        assert fault(rules, *reversed(page)) is None


@pytest.mark.parametrize("kinds", [(True, False, None), (1, 2.5, 1.0, None), ("a", " A", None, "")])
def test_so_is_what_is_all_of_one_kind(kinds):
    rules = [trait("x", "eq", kinds[0]), trait("x", "exists"), trait("x", "ne", kinds[1])]

    assert fault(rules, *(known(x=value) for value in kinds)) is None


def test_a_day_that_a_zone_left_out_is_nobodys_yesterday():
    told = customer_of([ordered("user:jo", "m1", "1", 5, at="2011-12-29T20:00:00.000Z")])
    for name in ("yesterday", "last_week", "last_month", "today"):
        its = [count(1) | {"window": {"calendar": name}}]
        for hour in range(20, 24 * 5, 5):
            now = to_ms("2011-12-29T00:00:00.000Z") + hour * 3_600_000
            assert fault(its, told, NOBODY, now=now, zone="Pacific/Apia") is None


def test_sums_that_are_damaged_are_noticed_where_they_are_asked_for():
    kept = document.store(customer_of([ordered("user:jo", "m1", "1", 5, at="2026-03-01T10:00:00.000Z")]))
    rules = [total(5), total(5) | {"window": {"days": {"n": 3}}}]
    damaged = [replace(kept, measures=kept.measures[:-by]) for by in range(1, 6)]
    (its,) = said_of(asked(rules, kept, *damaged))

    assert its.unusual == [False] + [True] * 5
    assert its.bits[0] == 0b11


@pytest.mark.parametrize("many", [2, 50, 399])
def test_days_that_no_calendar_has_are_nobody_elses(many):
    """Damaged bytes may say any number."""
    told = Measure(1, NOW, (NOW,), tiles={-(2**33) * place: Tile(1) for place in range(1, many)})
    damaged = document.store(document.Customer("c1", 1, measures={"Order Completed": told}))
    usual = customer_of([ordered("user:jo", "m1", "1", 5, at="2026-02-27T10:00:00.000Z")])
    days = {"op": "total", "measure": {"event": "Order Completed"}, "fn": "active_days", "cmp": "ge", "x": 1}
    rules = [days | {"window": {"days": {"n": 9}}}]
    for place in range(4):
        page = [usual] * 3
        page.insert(place, damaged)
        assert fault(rules, *page) is None


def test_a_customer_is_read_once_for_all_that_has_no_columns(monkeypatch):
    read, load = [], document.load
    monkeypatch.setattr(document, "load", lambda stored: read.append(stored) or load(stored))
    days = [{"op": "profile_age", "cmp": "ge", "span": {"seconds": at}} for at in (9, 99)]
    (said_,) = said_of(asked([*days, {"op": "reachable", "channel": "email"}], NOBODY, known(x=1)))

    assert (len(read), said_.unusual) == (2, [False, False])


def looked(*ats):
    return customer_of([said("user:jo", f"m{n:02}", name="Looked", at=from_ms(at)) for n, at in enumerate(ats)])


def test_a_window_has_its_first_moment_and_not_its_end():
    """Of between, and of hours that are past."""
    low, high = NOW - 5 * DAY, NOW - 2 * DAY
    between = [{"from": from_ms(low), "to": from_ms(high)}, {"from": from_ms(low)}, {"to": from_ms(high)}]
    windows = [{"between": each} for each in between] + [{"rolling": {"seconds": 5 * DAY // 1000}}]
    its = {"event": "Looked"}
    rules = [{"op": "first", "measure": its}, {"op": "sequence", "a": its, "b": its, "within": {"seconds": 60}}]
    page = [looked(at + by - 1000, at + by) for at in (low, high) for by in (-1, 0, 1, 1000, 1001)]
    for window in windows:
        for each in (*rules, count(1, event="Looked")) if "to" not in window.get("between", {}) else rules:
            assert fault([each | {"window": window}], *page, NOBODY) is None


@pytest.mark.parametrize("newer", range(13, 18))
def test_the_newest_sixteen_of_each_are_seen(newer):
    """So many times it happened alone, and before that twice within a minute."""
    its = {"event": "Looked"}
    told = looked(NOW - 30 * DAY, NOW - 30 * DAY + 1000, *(NOW - place * DAY for place in range(newer)))
    asked_ = {"op": "sequence", "a": its, "b": its, "within": {"seconds": 60}, "window": "ever"}

    assert fault([asked_], told, NOBODY) is None
    (said_,) = said_of(asked([asked_], told, NOBODY))
    assert said_.bits == [int(newer <= 14), 0]
