"""A rule is read whole or refused, and a refusal names the node and says what there is."""

import json

import pytest

from shopkeeper.customer.requests import BadRequest
from shopkeeper.segment import rule
from tests.rules import all_of, any_of, count, in_list, lately, negated, total, trait

OPS = (
    "there are all, any, not, at_least, count, total, first, last, sequence, abandoned, regular, engaged, outcome, "
    "trait, date, anniversary, profile_age, in_list, in_segment, consent, place, reachable, near, rfm, bucket"
)
VALUE = "must be text that is not blank, a number, true or false"
WINDOWS = (
    'there is "ever", {"rolling": {"seconds": 604800}}, {"days": {"n": 30}}, {"weeks": {"n": 4}}, '
    '{"months": {"n": 3}}, {"calendar": "this_month"} and {"between": {"from": "2026-11-20", "to": "2026-12-01"}}'
)
BY_DAYS = "is counted by whole days: there is days, weeks, months, calendar, and between two days"
NO_WINDOWS = [
    None,
    "never",
    {"rolling": {"seconds": 60}, "days": {"n": 1}},
]
COMPARISONS = (
    "there is only 'eq', 'ne', 'lt', 'le', 'gt', 'ge', 'in', 'not_in', 'contains', 'starts', 'ends' or 'exists'"
)


def refusals(said):
    with pytest.raises(BadRequest) as refused:
        rule.read(said)
    return refused.value.findings


def deep(levels):
    said = count(1)
    for _ in range(levels - 1):
        said = negated(said)
    return said


WHOLE = all_of(
    count(3),
    lately(16, 604_800),
    lately(15, 1, "le"),
    any_of(total("100"), total(5000, "lt", "JPY"), negated(in_list("staff"))),
    trait("address.city", "not_in", "Bonn", 7, True, 1.5),
    trait("age", "exists"),
    trait("plan", "starts", "Gold"),
)


def test_a_rule_survives_its_stable_form():
    read = rule.read(WHOLE)

    assert rule.read(json.loads(rule.to_json(read))) == read
    assert rule.to_json(rule.read(json.loads(rule.to_json(read)))) == rule.to_json(read)


def test_the_same_rule_written_differently_has_one_form():
    written = [
        total("100"),
        total(100),
        total("100.00"),
        total(100.0),
        total("100", currency="USD") | {"prop": "total"},
    ]
    backwards = dict(reversed(total("100").items()))

    assert {rule.to_json(rule.read(each)) for each in (*written, backwards)} == {
        '{"op":"total","measure":{"event":"Order Completed"},"prop":"total","currency":"USD","fn":"sum",'
        '"window":"ever","cmp":"ge","x":"100.00"}'
    }
    assert rule.to_json(rule.read(trait("age", "ge", 18.0))) == '{"op":"trait","path":"age","cmp":"ge","value":18}'


@pytest.mark.parametrize(
    ("said", "field", "reason"),
    [
        (all_of(), "audience.all.of", "is empty: a group needs at least one rule"),
        (any_of(), "audience.any.of", "is empty: a group needs at least one rule"),
        (all_of(count(1), count(1) | {"window": {"day": 30}}), "audience.all.of[1].window", WINDOWS),
        *((count(1) | {"window": window}, "audience.window", WINDOWS) for window in NO_WINDOWS),
        (lately(17, 60), "audience.n", "is at most 16 here: within a window the newest 16 are told apart"),
        (lately(16, 60, "eq"), "audience.n", "is at most 15 here: within a window the newest 16 are told apart"),
        (total(1) | {"window": {"rolling": {"seconds": 60}}}, "audience.window", BY_DAYS),
        (any_of(negated(count(1, "lt"))), "audience.any.of[0].not.rule.cmp", "there is only 'ge', 'le' or 'eq'"),
        ({"op": "rule"}, "audience.op", f"there is no `rule`; {OPS}"),
        (
            negated({"op": "journey"}),
            "audience.not.rule.op",
            f"there is no `journey` yet: nothing can ask where somebody stands in one; {OPS}",
        ),
        ({}, "audience.op", f"is missing; {OPS}"),
        ({"op": ["all"]}, "audience.op", f"there is no `['all']`; {OPS}"),
        (None, "audience", "must be an object"),
        (negated(5), "audience.not.rule", "must be an object"),
        ({"op": "not"}, "audience.not.rule", "is missing"),
        (count(1) | {"measure": "Order Completed"}, "audience.measure", "must be an object"),
        (count(1) | {"where": []}, "audience.where", "is not known here; `count` has op, measure, window, cmp, n"),
        (
            all_of(count(1) | {"measure": {"event": "Order Completed", "were": []}}),
            "audience.all.of[0].measure.were",
            "is not known here; `measure` has event, where, amount",
        ),
        (count(-1), "audience.n", "must be 0 or more"),
        (count("3"), "audience.n", "must be a whole number"),
        (count(True), "audience.n", "must be a whole number"),
        (total(1, "eq") | {"fn": "mean"}, "audience.fn", "there is only 'sum', 'avg', 'min', 'max' or 'active_days'"),
        (total(1, currency="usd"), "audience.currency", "is no currency such as USD"),
        (total("1.001"), "audience.x", "is finer than the smallest unit of USD"),
        (total("0.5", currency="JPY"), "audience.x", "is finer than the smallest unit of JPY"),
        *((total(x), "audience.x", 'is no amount such as "100.00"') for x in ("1e3", " 1", True, None, 1e30, "\u0661")),
        (trait("a..b", "exists"), "audience.path", "names no trait: a dot leads inwards, as in `address.city`"),
        (trait("a", "like", "x"), "audience.cmp", COMPARISONS),
        (trait("a", "eq"), "audience.value", VALUE),
        *((trait("a", "eq", value), "audience.value", VALUE) for value in (" ", None, ["x"], {"x": 1})),
        (trait("a", "in", "x", None), "audience.values", VALUE),
        (trait("a", "in"), "audience.values", "must be a list of 1 to 1000 values for `in`"),
        (trait("a", "in", "x") | {"value": "x"}, "audience.value", "is not for `in`"),
        (trait("a", "eq", "x") | {"values": ["x"]}, "audience.values", "is not for `eq`"),
        (trait("a", "exists") | {"value": True}, "audience.value", "is not for `exists`"),
        (trait("a", "lt", True), "audience.value", "must be a number or text for `lt`"),
        (trait("a", "contains", 7), "audience.value", "must be text for `contains`"),
    ],
)
def test_a_refusal_names_the_field_and_says_what_there_is(said, field, reason):
    assert refusals(said) == [(field, reason)]


def test_all_that_is_wrong_is_told_at_once():
    assert {field for field, _ in refusals(all_of(total("1.001") | {"z": 1}, count(-1)))} == {
        "audience.all.of[0].x",
        "audience.all.of[0].z",
        "audience.all.of[1].n",
    }


def test_the_field_a_rule_stands_in_is_the_callers():
    with pytest.raises(BadRequest, match=r"^segment\.rule\.op: is missing"):
        rule.read({}, "segment.rule")


def test_a_rule_is_eight_levels_deep_at_most():
    rule.read(deep(8))

    assert refusals(deep(9)) == [
        ("audience" + ".not.rule" * 8, "is nested too deeply: a rule is at most 8 levels deep"),
    ]


@pytest.mark.parametrize("levels", [90, 150, 600, 100_000])
def test_a_bottomless_rule_is_refused_and_breaks_nothing(levels):
    assert [reason for _, reason in refusals(deep(levels))] == ["is nested too deeply: a rule is at most 8 levels deep"]


def test_a_rule_has_two_hundred_nodes_at_most():
    rule.read(any_of(*[count(1)] * 199))

    assert refusals(any_of(*[count(1)] * 200)) == [
        ("audience.any.of[199]", "is one node too many: a rule has at most 200")
    ]


def test_half_a_character_is_refused():
    assert refusals(trait("a", "eq", "\ud83d")) == [("audience", "holds half of a character: a lone surrogate")]


def test_a_rule_is_64_kilobytes_at_most():
    assert refusals(trait("a", "eq", "x" * 65_536)) == [("audience", "is larger than 65536 bytes")]
