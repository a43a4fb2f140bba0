"""What was bought, and what a cancelled order takes back."""

from itertools import permutations

import pytest

from shopkeeper.customer import known, purchases
from shopkeeper.customer.document import Document
from shopkeeper.customer.fold import Candidate, Folding
from tests.interactions import said

NOON, ONE, TWO = (f"2026-03-01T{hour}:00:00.000Z" for hour in (12, 13, 14))


def ordered(message_id, order_id, *products, at=NOON, **more):
    properties = {"order_id": order_id, "products": [{"product_id": each, "category": "shoes"} for each in products]}
    return said("user:jo", message_id, name="Order Completed", at=at, properties=properties | more)


def cancelled(message_id, order_id, at):
    return said("user:jo", message_id, name="Order Cancelled", at=at, properties={"order_id": order_id})


def words_of(history):
    folding = Folding(Document(), {})
    for each in history:
        folding.add(Candidate(each))
    return folding.document(0).words


def bought(history):
    return [(each.product, each.order) for each in purchases.standing(words_of(history))]


def test_what_was_bought_last_stands_first():
    history = [ordered("m1", 17, "p1", "p2", at=NOON), ordered("m2", "18", "p1", at=ONE)]
    assert bought(history) == [("p1", "18"), ("p2", "17"), ("p1", "17")]
    assert purchases.standing(words_of(history))[0].category == "shoes"


@pytest.mark.parametrize(("cancelled_at", "standing"), [(TWO, [("p1", "17")]), (NOON, [("p1", "18"), ("p1", "17")])])
def test_a_cancelled_order_takes_back_its_own_products_unless_it_was_completed_again(cancelled_at, standing):
    history = [ordered("m1", "17", "p1"), ordered("m2", "18", "p1", at=ONE), cancelled("m3", "18", cancelled_at)]
    assert all(bought(order) == standing for order in permutations(history))


def test_a_product_is_known_by_its_sku_where_it_has_no_id():
    order = said(
        "user:jo", "m", name="Order Completed", properties={"order_id": "1", "products": [{"sku": "S"}, 7, {}]}
    )
    assert bought([order]) == [("S", "1")]


def test_orders_without_an_id_are_apart():
    orders = [ordered("m1", None, "p1"), ordered("m2", None, "p1")]
    assert len({order for _, order in bought(orders)}) == 2


def test_channels_and_gifts_are_those_of_the_orders_that_stand():
    history = [
        ordered("m1", "17", channel="shop", gift=True),
        ordered("m2", "18", affiliation="web", gift="yes", at=ONE),
        ordered("m3", "19", channel="shop", at=TWO),
    ]
    words = words_of(history)
    assert [channel for _, channel in purchases.channels(words)] == ["shop", "web", "shop"]
    assert purchases.gifts(words)
    for order in permutations([*history, cancelled("m4", "17", TWO), cancelled("m5", "19", TWO)]):
        words = words_of(order)
        assert [channel for _, channel in purchases.channels(words)] == ["web"]
        assert not purchases.gifts(words)


def test_nothing_is_taken_from_a_word_that_proves_nothing():
    properties = {"order_id": "17", "channel": "web", "products": [{"product_id": "p1"}]}
    for name in ("Order Completed", "Order Cancelled"):
        assert not list(known.stated(said("anon:a", "m", name=name, properties=properties, trusted=False)))
