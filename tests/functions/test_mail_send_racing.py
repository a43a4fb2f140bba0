"""Fifty deliveries at once on moto, of two campaigns that both want the last place of a cap."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Lock

import pytest

from shopkeeper.aws import clients
from shopkeeper.clock import Clock
from shopkeeper.consent.contact import ASSUMED, Request
from shopkeeper.mail import ledger, sending
from tests.functions.test_mail_send import NOON, Shop, deliver, shop  # noqa: F401 - a fixture.

WORKERS = 50


@pytest.fixture
def one_write_after_the_other(shop, monkeypatch):  # noqa: F811
    """As DynamoDB does to an item, and moto leaves to whoever calls it."""
    dynamodb, lock = clients.client("dynamodb"), Lock()
    update = dynamodb.update_item

    def alone(**request):
        with lock:
            return update(**request)

    monkeypatch.setattr(dynamodb, "update_item", alone)
    monkeypatch.setattr(sending, "LOOK_HOLDS_FOR", timedelta(minutes=5))  # Fifty share one machine.


def test_two_campaigns_race_for_the_last_place_of_a_cap_and_one_mail_goes(shop, one_write_after_the_other):  # noqa: F811
    shop._define("policy", "mail#000001", content=json.dumps({"caps": [{"most": 2, "days": 30}]}))
    shop._define("policy.current", "mail", version=1)
    sends = [shop.plan("jo", activity=f"campaign:{name}", email="jo@example.com") for name in ("spring", "summer")]
    shop.contacts.reserve(shop.contacts.load("jo"), "another", Request("news", ASSUMED), Clock().now())
    together = Barrier(WORKERS)

    def work(number):
        together.wait()
        return deliver(sends[number % 2], request=f"r-{number}")

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))
    assert len(shop.mails) <= 1
    deliver(*sends, request="again")  # Who was overtaken too often has put its message back.

    rows = [shop.sends.load(send_id) for send_id in sends]
    assert len(shop.mails) == 1
    assert sorted(row.state for row in rows) == [ledger.ACCEPTED, ledger.NOT_SENT]
    assert [row.reason for row in rows if row.state == ledger.NOT_SENT] == ["other:capped"]
    assert len(shop.contacts.load("jo").reservations) == 2
