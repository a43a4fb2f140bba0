"""Explanations agree with the evaluator: what holds, and the instant at which that really changes."""

from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.customer.comparing import COMPARE
from shopkeeper.customer.instants import to_ms
from shopkeeper.segment import evaluate, rule
from shopkeeper.segment.explaining import Explainer, walking
from shopkeeper.segment.explaining.leaf_words import TELLERS
from shopkeeper.segment.leaves import InSegment, Leaf
from shopkeeper.zones import zone
from tests.domain.test_segment_leaves import groups
from tests.segment_lives import DAY, KINDS, asked, customer, lives
from tests.segment_oracle import holds
from tests.segment_worlds import customer_of, histories, rules

FEW = settings(max_examples=settings().max_examples // 4)
AHEAD = 60 * DAY * 1000


def explained(said_rule, life, now):
    look = {}.get
    return Explainer(rule.read(said_rule, "rule"), look, zone(life.zone)).explain(customer(life), now)


def nodes(node):
    yield node
    for each in node.get("of", ()):
        yield from nodes(each)


def at_path(said_rule, path):
    """The rule that stands at the path of a node, by its steps."""
    for step in path.split(".")[1:]:
        name, _, place = step.partition("[")
        if name in ("of", "rule"):
            said_rule = said_rule[name][int(place[:-1])] if place else said_rule[name]
    return said_rule


def fits(op, said_rule, seen, now):
    """Whether the leaf would hold of what was seen, worked out by this test; None where that says too little."""
    if op in ("count", "engaged"):
        return COMPARE[said_rule["cmp"]](seen["count"], said_rule["n"])
    if op == "total" and said_rule["fn"] == "sum":
        return COMPARE[said_rule["cmp"]](Decimal(seen["sum"]["amount"]), Decimal(said_rule["x"]))
    if op == "total" and said_rule["fn"] == "active_days":
        return COMPARE[said_rule["cmp"]](seen["days"], said_rule["x"])
    if op == "regular":
        return seen["periods"] >= said_rule["at_least"]
    if op == "sequence":
        return bool(seen) and to_ms(seen["a"]) < to_ms(seen["b"])
    if op == "abandoned" and "did" in seen:
        return "without" not in seen and to_ms(seen["did"]) + said_rule["grace"]["seconds"] * 1000 <= now
    if op == "profile_age" and "since" in seen:
        is_old = to_ms(seen["since"]) + said_rule["span"]["seconds"] * 1000 <= now
        return is_old == (said_rule["cmp"] == "ge")
    return None


def check(node, said_rule, life, now):
    """Against a program of this node alone, and against what was told."""
    its, seen = evaluate.compile_rule(rule.read(said_rule), zone(life.zone)), customer(life)
    assert node["holds"] == its.evaluate(seen, now).truth == holds(said_rule, life.told, now, life.zone)
    assert fits(node["op"], said_rule, node["seen"], now) in (None, node["holds"]), node
    change = node["changes"]
    if change is None:
        ahead = min(walking.MOST_STEPS * DAY * 1000, AHEAD)
        assert all(its.evaluate(seen, at).truth == node["holds"] for at in range(now, now + ahead, 7 * DAY * 500))
        return
    at = to_ms(change["at"])
    assert at > now
    assert change["to"] == its.evaluate(seen, at).truth != node["holds"]
    assert its.evaluate(seen, at - 1).truth == node["holds"]
    assert all(its.evaluate(seen, now + (at - now) * n // 9).truth == node["holds"] for n in range(9))
    assert to_ms(change["local"]) == at
    assert change["why"] != ""


@pytest.mark.parametrize("op", KINDS)
@FEW
@given(lives(), st.data())
def test_a_leaf_that_knows_time_says_when_it_changes_and_why(op, life, data):
    said_rule = data.draw(st.sampled_from(asked(op, life.base)))
    found = explained(said_rule, life, life.base)

    check(found["rule"], said_rule, life, life.base)
    assert (found["holds"], found["changes"]) == (found["rule"]["holds"], found["rule"]["changes"])


@FEW
@given(lives(), st.data())
def test_every_node_of_a_rule_says_what_the_evaluator_says(life, data):
    said_rule = data.draw(groups(life.base))
    found = explained(said_rule, life, life.base)

    for node in nodes(found["rule"]):
        check(node, at_path(said_rule, node["path"]), life, life.base)
    assert bool(found["missing"]) == (not found["holds"])
    paths = {node["path"]: node for node in nodes(found["rule"])}
    assert {each["path"] for each in found["missing"]} <= paths.keys()


@given(histories, rules)
def test_so_does_a_rule_about_what_is_known(told, said_rule):
    seen, now = customer_of(told), 1_772_366_400_000
    found = Explainer(rule.read(said_rule), {}.get, zone("UTC"), at="audience").explain(seen, now)

    assert found["holds"] == evaluate.compile_rule(rule.read(said_rule)).evaluate(seen, now).truth
    assert found["changes"] is None
    assert found["summary"].endswith("By itself this does not change.")


def test_there_are_words_for_every_leaf():
    """Whoever adds a leaf to the language adds the words for it."""
    assert set(get_args(Leaf)) - {InSegment} == set(TELLERS)
