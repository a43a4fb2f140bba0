"""Rules in one function: referring to each other, asking once what several ask, and never becoming source."""

import msgspec
import pytest

from shopkeeper.segment import evaluate, rule
from tests.domain.test_segment_known import NOBODY, NOW, allowed, at_home, bucket, holds
from tests.interactions import identified, ordered, said
from tests.rules import all_of, at_least, count, in_list, negated, trait
from tests.segment_worlds import customer_of

DAYS = {"days": {"n": 3}}


def test_a_segment_in_a_rule_is_its_rule_and_asked_once():
    buyers, vip = count(1), all_of({"op": "in_segment", "id": "buyers"}, in_list("vip"))
    asked = negated({"op": "in_segment", "id": "vip"})
    entered = said("user:jo", "m2", name="List Entered", properties={"list": "vip"})
    customer = customer_of([ordered("user:jo", "m1", "1", 5), entered])

    assert holds(asked, NOBODY, buyers=buyers, vip=vip)
    assert not holds(asked, customer, buyers=buyers, vip=vip)
    assert holds({"op": "in_segment", "id": "buyers"}, customer, buyers=buyers)


def test_a_version_of_a_segment_is_another_rule():
    told = customer_of([ordered("user:jo", "m1", "1", 5)])
    then, now = {"op": "in_segment", "id": "vip", "version": 2}, {"op": "in_segment", "id": "vip"}

    assert holds(then, told, **{"vip": count(2), "vip@2": count(1)})
    assert not holds(now, told, **{"vip": count(2), "vip@2": count(1)})


def test_rules_refer_to_each_other_in_any_order():
    rules = {
        "vip": rule.read(all_of({"op": "in_segment", "id": "buyers"}, count(2))),
        "buyers": rule.read(count(1)),
        "others": rule.read(negated({"op": "in_segment", "id": "buyers"})),
    }
    found = evaluate.compile_all(rules)

    assert found.ids == ("vip", "buyers", "others")
    assert found.evaluate(customer_of([ordered("user:jo", "m1", "1", 5)]), NOW) == (0b010, None)
    assert found.evaluate(NOBODY, NOW) == (0b100, None)


def test_at_least_two_of_three():
    of = [count(1), in_list("vip"), count(1, event="Looked")]
    entered = said("user:jo", "m2", name="List Entered", properties={"list": "vip"})
    both = customer_of([ordered("user:jo", "m1", "1", 5), entered])

    assert holds(at_least(2, *of), both)
    assert not holds(at_least(2, *of), customer_of([entered]))
    assert not holds(at_least(3, *of), both)
    assert holds(at_least(1, *of), both)


def test_between_ends():
    """What came later is not in it, also where the newest instants tell."""
    asked = {"op": "sequence", "a": {"event": "Looked"}, "b": {"event": "Looked"}, "within": {"seconds": 86_400}}
    told = [said("user:jo", f"m{n}", name="Looked", at=f"2026-02-01T0{n}:00:00.000Z") for n in (1, 2)]

    assert holds(asked | {"window": {"between": {"to": "2026-02-01T02:00:00.001Z"}}}, customer_of(told))
    assert not holds(asked | {"window": {"between": {"to": "2026-02-01T02:00:00Z"}}}, customer_of(told))


def test_who_spent_just_so_much_in_these_days_spent_no_more_and_no_less():
    customer = customer_of([ordered("user:jo", "m1", "1", 5)])
    asked = {"op": "total", "measure": {"event": "Order Completed"}, "currency": "USD", "fn": "sum", "x": 5}
    signs = ("ge", "gt", "le", "lt", "eq")
    rules = {cmp: rule.read(asked | {"window": DAYS, "cmp": cmp}) for cmp in signs}

    assert [cmp for cmp in signs if evaluate.compile_rule(rules[cmp]).evaluate(customer, NOW).truth] == [
        "ge",
        "le",
        "eq",
    ]


def test_no_rules_are_nothing():
    assert evaluate.compile_all({}).evaluate(NOBODY, NOW) == (0, None)


def test_true_is_not_one_also_where_equal_questions_are_asked_once():
    rules = {"one": rule.read(trait("x", "eq", 1)), "true": rule.read(trait("x", "eq", True))}
    bits, _ = evaluate.compile_all(rules).evaluate(at_home({"x": True}), NOW)

    assert bits == 0b10


@pytest.mark.parametrize(
    "text", ["'); raise SystemExit(", '"""', "\\", "{now}", "%s", "k0", "\n        return 1, None\n"]
)
def test_what_a_marketer_wrote_never_becomes_source(text):
    rules = [
        count(1, event=text),
        in_list(text),
        trait(f"{text}.x".replace("..", "."), "eq", text),
        allowed(text, "in"),
    ]
    rules += [bucket(text, 0, 1), {"op": "place", "city": [text]}]

    assert not any(holds(each) for each in rules)


@pytest.mark.parametrize("most", [1, 3, 7])
def test_functions_of_some_rules_each_say_together_what_one_of_all_says(most, monkeypatch):
    rolling = count(1) | {"window": {"rolling": {"seconds": 3600}}}
    named, days = {"op": "in_segment", "id": "1"}, count(1) | {"window": DAYS}
    asked = [count(1), rolling, negated(rolling), named, days, count(9)]
    rules = {str(n): rule.read(each) for n, each in enumerate(asked)}
    customer = customer_of([ordered("user:jo", "m1", "1", 5)])
    whole = evaluate.compile_all(rules)
    monkeypatch.setattr(evaluate, "MOST_NODES", most)
    parts = evaluate.compile_all(rules)

    assert (parts.ids, parts.reads) == (whole.ids, whole.reads)
    first = whole.evaluate(customer, NOW)
    assert parts.evaluate(customer, NOW) == first == (0b11011, first[1])
    assert parts.evaluate(customer, first[1]) == whole.evaluate(customer, first[1]) != first


def test_the_function_of_many_rules_is_of_one_piece(monkeypatch):
    """More names than any of Python's small numbers."""
    monkeypatch.setattr(evaluate, "MOST_NODES", 3_000)
    rules = {str(n): rule.read(all_of(count(n, event=f"E{n}"), trait(f"t{n}", "eq", n))) for n in range(1, 700)}
    known = identified("user:jo", "m0", {"t1": 1, "t2": 2})
    customer = customer_of([known, said("user:jo", "m1", name="E1"), said("user:jo", "m2", name="E2")])

    assert evaluate.compile_all(rules).evaluate(customer, NOW) == (1, None)


def test_a_program_names_all_that_it_reads():
    whole = all_of(
        allowed("news", "in"),
        {"op": "place", "country": ["DE"]},
        {"op": "anniversary", "path": "born.on", "within_days": 1},
        {"op": "rfm", "dim": "r", "cmp": "eq", "value": 5},
        {"op": "profile_age", "cmp": "ge", "span": {"seconds": 5}},
        {"op": "engaged", "kind": "clicked", "scope": "any", "window": "ever", "cmp": "ge", "n": 1},
        count(1, event="Looked") | {"measure": {"event": "Looked", "where": [{"prop": "x", "cmp": "exists"}]}},
    )

    reads = evaluate.compile_rule(rule.read(whole)).reads

    assert reads.topics == {"news", "*"}
    assert reads.traits == {"address", "address_country", "country", "born", "timezone", "timeZone", "time_zone"}
    assert reads.others == {"words", "scores", "measures", "identities", "told", "consents", "lists"}
    assert reads.events == {"Email Link Clicked"}
    assert [msgspec.to_builtins(each)["event"] for each in reads.registered.values()] == ["Looked"]
