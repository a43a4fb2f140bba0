"""Claims and facts of orders, in the table of interactions."""

import pytest
from moto import mock_aws

from shopkeeper.aws.interactions import Interactions
from shopkeeper.aws.orders import Orders
from shopkeeper.customer import orders as spoken
from shopkeeper.customer.rows import row_of
from shopkeeper.customer.store.ports import Claim
from tests import tables
from tests.interactions import about_order, ordered, retracted


@pytest.fixture
def dynamodb():
    with mock_aws():
        yield tables.create("InteractionsTable")


@pytest.fixture
def orders(dynamodb):
    return Orders(dynamodb, "InteractionsTable")


def put(dynamodb, *told, owner="c1", order=None):
    Interactions(dynamodb, "InteractionsTable", 90).put(
        [
            row_of(each, customer_id="c1", version=1, order=order or spoken.name_of(each), order_owner=owner)
            for each in told
        ]
    )


def test_the_first_claim_of_an_order_stays(orders, dynamodb):
    assert orders.claim("17", "c1") == Claim("c1", is_new=True)
    assert orders.claim("17", "c2") == Claim("c1", is_new=False)
    assert orders.claim("17", "c1") == Claim("c1", is_new=False)
    assert orders.claim("18", "c2") == Claim("c2", is_new=True)
    key = {"subject": {"S": "order:17"}, "message_id": {"S": "claim"}}
    assert dynamodb.get_item(TableName="InteractionsTable", Key=key)["Item"].keys() == {*key, "customer_id", "schema"}


def test_the_facts_of_an_order_are_found_whoever_said_them(orders, dynamodb):
    told = [ordered("user:jo", "m1", "A", 5), about_order("Refunded", "anon:shop", "m1", "A", "2.50")]
    put(dynamodb, *told, ordered("user:jo", "m2", "A/B", 7), ordered("user:jo", "m3", "AB", 7))
    put(dynamodb, ordered("user:al", "m1", "A", 9), owner="c2")

    assert set(orders.facts("c1", "A")) == {spoken.fact_of(each) for each in told}
    assert [name for name, _ in orders.all_facts("c1")] == ["A/B", "A", "A", "AB"]
    assert orders.facts("c3", "A") == []


def test_what_takes_a_fact_back_is_one_too(orders, dynamodb):
    put(dynamodb, retracted("user:jo", "back", "m1"), order="A")

    (fact,) = orders.facts("c1", "A")
    assert (fact.key, fact.withdraws, fact.name) == (("user:jo", "back"), "m1", "")


def test_names_of_any_length_are_told_apart(orders, dynamodb):
    long = "é" * 250
    told = [ordered(f"user:{'x' * 500}", f"{n}" * 255, long, n) for n in range(3)]
    put(dynamodb, *told, ordered("user:jo", "m1", None, 5), ordered("user:jo", "m1/more", None, 6))

    assert set(orders.facts("c1", long)) == {spoken.fact_of(each) for each in told}
    assert [fact.amount for fact in orders.facts("c1", "/user:jo/m1")] == ["5"]
