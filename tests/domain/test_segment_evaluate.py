"""The evaluator says what the rule says of the raw interactions, and its flips are never late."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shopkeeper.segment import evaluate, rule
from tests.interactions import identified, ordered, said
from tests.rules import all_of, any_of, count, in_list, negated, total, trait
from tests.segment_oracle import holds
from tests.segment_worlds import COUNTED, PATHS, about, customer_of, histories, rules, traits

REAL = Path(__file__).parents[2] / "../shared/data/cdnow_sample_orders.csv"
NOW = 1_772_366_400_000


def verdict(said_rule, customer):
    found = evaluate.compile_rule(rule.read(said_rule)).evaluate(customer, NOW)
    assert found.flips_at is None
    return found.truth


def truth(said_rule, *told):
    return verdict(said_rule, customer_of(told))


@given(rules, histories)
def test_a_rule_over_the_document_is_the_rule_over_the_raw_interactions(said_rule, told):
    assert truth(said_rule, *told) == holds(said_rule, told)


def wrong(leaves, told):
    """Those of which all rules at once say something else than the oracle."""
    rules = {str(place): rule.read(leaf) for place, leaf in enumerate(leaves)}
    bits, flips_at = evaluate.compile_all(rules).evaluate(customer_of(told), NOW)
    assert flips_at is None
    return [leaf for place, leaf in enumerate(leaves) if bool(bits >> place & 1) != holds(leaf, told)]


@given(histories)
def test_so_is_every_leaf_about_what_is_counted(told):
    assert wrong(COUNTED, told) == []


@example({"city": ["Straße", True, 7]}, "city")
@example({"city": "\u03b1\u0345\u0301"}, "city")
@given(traits, st.sampled_from(PATHS))
def test_so_is_every_leaf_about_traits(known, path):
    assert wrong(list(about(path)), [identified("user:jo", "m1", known)]) == []


@given(rules, histories)
def test_negation_is_the_exact_complement(said_rule, told):
    assert truth(negated(said_rule), *told) != truth(said_rule, *told)


@given(st.lists(rules, min_size=1, max_size=3), histories)
def test_de_morgan_holds(said_rules, told):
    each_negated = [negated(each) for each in said_rules]

    assert truth(negated(all_of(*said_rules)), *told) == truth(any_of(*each_negated), *told)


def test_of_a_newcomer_only_what_asks_for_little_or_nothing_holds():
    assert truth(count(2, "le"))
    assert truth(total("100", "lt"))
    assert truth(trait("city", "ne", "Bonn"))
    assert truth(trait("city", "not_in", "Bonn", "Köln"))
    assert not truth(any_of(count(1), total("0.01"), trait("city", "exists"), trait("age", "lt", 99), in_list("vip")))


def test_currencies_never_mix():
    told = [ordered("user:jo", "m1", "1", 60, "USD"), ordered("user:jo", "m2", "2", 60, "EUR")]

    assert not truth(total("100"), *told)
    assert truth(all_of(total("60", "eq"), total("60", "eq", "EUR"), total("0", "eq", "JPY")), *told)


def test_a_number_in_quotes_is_no_number():
    assert not truth(trait("age", "ge", 18), identified("user:jo", "m1", {"age": "42"}))


def test_one_fitting_element_of_a_list_is_enough_and_its_complement_wants_none():
    likes = identified("user:jo", "m1", {"likes": ["Jazz", "Soul"]})

    assert truth(trait("likes", "eq", "soul"), likes)
    assert not truth(trait("likes", "ne", "soul"), likes)


def test_who_was_put_on_a_list_by_a_stranger_is_not_on_it():
    entered = said("anon:x", "m1", name="List Entered", properties={"list": "vip"}, trusted=False)

    assert not truth(in_list("vip"), entered)


def test_a_program_names_what_it_reads():
    whole = all_of(count(1, event="Cart Viewed"), total(5), negated(trait("home.city", "exists")), in_list("vip"))

    reads = evaluate.compile_rule(rule.read(whole)).reads

    assert (reads.events, reads.traits, reads.lists) == ({"Cart Viewed", "Order Completed"}, {"home"}, {"vip"})


@pytest.mark.skipif(not REAL.exists(), reason="the real orders are not at hand: ../shared/data is absent")
def test_516_customers_of_a_real_shop_have_three_orders_and_100_dollars_in_all():
    told = defaultdict(list)
    with REAL.open() as file:
        for line, row in enumerate(csv.DictReader(file)):
            at = f"{row['ordered_on']}T00:00:00.000Z"
            order = ordered(f"user:{row['customer_id']}", f"m{line}", str(line), row["amount_usd"], at=at)
            told[row["customer_id"]].append(order)
    program = evaluate.compile_rule(rule.read(all_of(count(3), total("100"))))

    assert sum(program.evaluate(customer_of(each), NOW).truth for each in told.values()) == 516
