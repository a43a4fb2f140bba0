"""Grants on moto: none twice, none too many, and each redeemed once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from types import SimpleNamespace

import pytest
from moto import mock_aws

from shopkeeper.aws import offers as adapter
from shopkeeper.aws.offer_items import SHARDS, part
from shopkeeper.aws.offers import Offers
from shopkeeper.mail.offers import Grant
from tests import tables

NOON, LATER = "2026-03-01T12:00:00.000Z", "2026-03-02T12:00:00.000Z"


class OneByOne:
    """moto carries out a transaction in many steps, DynamoDB in one."""

    def __init__(self, dynamodb):
        self._dynamodb, self._lock = dynamodb, Lock()

    def __getattr__(self, name):
        work = getattr(self._dynamodb, name)
        if name == "get_paginator":
            return lambda call: SimpleNamespace(paginate=lambda **said: [getattr(self, call)(**said)])

        def locked(**said):
            with self._lock:
                return work(**said)

        return locked


@pytest.fixture
def shop(monkeypatch):
    monkeypatch.setattr(adapter, "_pause", lambda tried: None)
    with mock_aws():
        yield Shop()


class Shop(Offers):
    def __init__(self):
        self.said = {"value": "10 %", "code": "SPRING"}
        dynamodb = OneByOne(tables.create("InteractionsTable"))
        definitions = SimpleNamespace(current=lambda kind, id_: (1, self.said), version=lambda *_: self.said)
        super().__init__(dynamodb, "InteractionsTable", definitions)

    def give(self, customer_id, occurrence="o-1", at=NOON):
        code = self.said.get("code", "")
        return self.grant(
            customer_id, Grant(name="ten#1", activity="a", occurrence=occurrence, code=code, granted_at=at)
        )


def test_parts_of_a_stock_add_up_to_it():
    assert [sum(part(stock, each) for each in range(SHARDS)) for stock in (1, 7, 8, 20, 1000)] == [1, 7, 8, 20, 1000]


def test_fifty_at_once_are_granted_as_many_as_there_are_and_none_twice(shop):
    shop.said = {"value": "10 %", "code": "SPRING", "stock": 21}
    with ThreadPoolExecutor(50) as pool:
        given = list(pool.map(lambda n: shop.give(f"c-{n // 2}"), range(100)))

    told = Counter(each is not None for each in given)
    assert sum(bool(shop.of([f"c-{n}"])) for n in range(50)) == 21 == shop.counts("ten")["granted"]
    assert told[True] >= 21
    assert shop.give("c-99") is None


def test_each_code_of_a_pool_is_given_once_however_many_ask(shop):
    shop.said = {"value": "10 %", "pool": True}
    assert (shop.load("ten", ["a", "B", "c", "d"]), shop.load("ten", ["A", "b", "e"])) == (4, 1)
    with ThreadPoolExecutor(20) as pool:
        given = list(pool.map(lambda n: shop.give(f"c-{n}"), range(20)))

    assert sorted(each.code for each in given if each) == ["B", "a", "c", "d", "e"]
    assert shop.counts("ten") == {"granted": 5, "redeemed": 0, "codes": 5}


def test_asked_again_it_is_the_same_grant_and_another_occurrence_is_another_one(shop):
    shop.said = {"value": "10 %", "pool": True}
    shop.load("ten", ["a", "b", "c"])
    first, again, other = shop.give("jo"), shop.give("jo", at=LATER), shop.give("jo", "o-2")

    assert (again, other.code != first.code) == (first, True)
    assert shop.counts("ten")["granted"] == 2


def test_an_order_with_a_code_of_the_pool_redeems_that_grant_once_whoever_uses_it(shop):
    shop.said = {"value": "10 %", "pool": True}
    shop.load("ten", ["abc"])
    shop.give("jo")
    for order in ("o-7", "o-7", "o-8"):
        shop.redeem("ABC", ["al"], order, LATER)

    assert [(each.redeemed_at, each.order) for each in shop.of(["jo"])] == [(LATER, "o-7")]
    assert (shop.counts("ten")["redeemed"], shop.of(["al"])) == (1, [])


def test_a_code_for_all_redeems_the_newest_grant_of_whoever_used_it_and_told_again_no_other(shop):
    shop._dynamodb.transact_write_items(TransactItems=[shop.claim("ten", "SPRING")])
    shop.give("jo", "o-1", NOON)
    shop.give("merged", "o-2", LATER)
    for _ in range(2):
        shop.redeem("SPRING", ["jo", "merged"], "o-7", LATER)
        shop.redeem("SPRING", ["al"], "o-9", LATER)
        shop.redeem("WINTER", ["jo"], "o-9", LATER)

    assert [each.occurrence for each in shop.of(["jo", "merged"]) if each.redeemed_at] == ["o-2"]
    assert [(each.granted_at, each.order, each.id) for each in shop.of(["al"])] == [("", "o-9", "ten")]
    assert shop.counts("ten")["redeemed"] == 2
