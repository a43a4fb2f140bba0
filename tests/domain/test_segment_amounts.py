"""Amounts in rules: of which money, whatever it is written as, and of an order what is left of it."""

import pytest

from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.fold import Candidate, Folding
from shopkeeper.customer.measures import Measure, Rules
from shopkeeper.customer.measures.registered import definition, registered
from shopkeeper.customer.orders import Past, fact_of
from shopkeeper.segment import evaluate, rule
from shopkeeper.segment.leaves.counted import needed
from tests.interactions import about_order, ordered, said
from tests.rules import count, total
from tests.segment_worlds import customer_of

COMPARISONS = ("ge", "gt", "le", "lt", "eq")
NOW = 1_772_366_400_000


def holds(asked, *told):
    read = rule.read(asked)
    return evaluate.compile_rule(read).evaluate(customer_of(told, registered=needed(read)), NOW).truth


def much(cmp, x, currency="USD", prop="total", event="Order Completed"):
    amount = {"prop": prop, "currency": currency, "cmp": cmp, "x": x}
    return count(1) | {"measure": {"event": event, "amount": amount}}


@pytest.mark.parametrize(
    ("price", "currency", "truth"),
    [
        (20.5, "USD", True),
        ("20.50", " usd ", True),
        (20.49, "USD", False),
        (20.5, "EUR", False),
        (20.5, None, False),
        ("dear", "USD", False),
        (True, "USD", False),
        (None, "USD", False),
    ],
)
def test_an_amount_is_of_one_currency_however_it_is_written(price, currency, truth):
    looked = said("user:jo", "m1", name="Looked", properties={"price": price, "currency": currency})

    assert holds(much("ge", "20.50", prop="price", event="Looked"), looked) == truth


def test_what_has_no_currency_is_compared_by_its_number():
    looked = said("user:jo", "m1", name="Looked", properties={"length": 12})

    assert holds(much("gt", 11, "XXX", "length", "Looked"), looked)
    assert not holds(much("gt", 12, "XXX", "length", "Looked"), looked)


def test_an_order_is_as_much_as_is_left_of_it():
    order, refund = ordered("user:jo", "m1", "1", 100), about_order("Refunded", "user:jo", "m2", "1", 60)
    asked = rule.read(much("ge", 50))
    own = {each.id: each for each in needed(asked)}
    folding = Folding(Document(), {}, dict.fromkeys(own, Measure()), Rules(registered=own))
    past = Past("c", (fact_of(order),), {order.key: order.properties})
    folding.add(Candidate(order, past=Past("c")))
    assert folding.counted().registered[next(iter(own))].count == 1

    folding.add(Candidate(refund, past=past))

    counted = folding.counted()
    customer = Customer("c", 1, folding.document(0), counted.events, registered=counted.registered)
    assert not evaluate.compile_rule(asked).evaluate(customer, NOW).truth


@pytest.mark.parametrize(("fn", "x"), [("min", 5), ("max", 40)])
def test_who_has_no_amount_in_a_currency_has_no_smallest_and_no_largest(fn, x):
    told = [ordered("user:jo", f"m{n}", str(n), each) for n, each in enumerate((5, 40, 20))]

    assert [cmp for cmp in COMPARISONS if holds(total(x, cmp) | {"fn": fn}, *told)] == ["ge", "le", "eq"]
    assert not any(holds(total(x, cmp, "EUR") | {"fn": fn}, *told) for cmp in COMPARISONS)


def test_a_measure_says_as_a_definition_what_it_is():
    asked = much("lt", "10.5")
    asked["measure"]["where"] = [{"prop": "gift", "cmp": "eq", "value": True}]
    (its,) = needed(rule.read(asked))

    told = definition(its)

    assert told["amount"] == {"prop": "total", "currency": "USD", "cmp": "lt", "x": "10.50"}
    assert registered({"tiles": False} | told) == its
