"""Accounts over the marketer API."""

import pytest
from moto import mock_aws

from shopkeeper.customer.accounts import Account, Member
from shopkeeper.customer.words import Word
from tests.api_world import World, cursor

AT, SAID_AT = 1772366400000, "2026-03-01T12:00:00.000Z"


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        kept = world.adapters["accounts"]
        kept.save(Account("acme", 1, {"name": Word(AT, "m", "Acme")}))
        for customer_id in ("c1", "c2"):
            kept.enrol(
                Member("acme", customer_id, 1, {"role": Word(AT, "m", "buyer"), "persona": Word(AT, "m", "")}, AT)
            )
        yield world


def test_an_account_is_shown_with_what_was_told_of_it(world):
    status, account, _ = world.get("/v1/accounts/acme")
    assert status == 200
    assert account == {"account_id": "acme", "traits": {"name": "Acme"}, "told_at": {"name": SAID_AT}}


def test_its_members_come_in_pages(world):
    _, page, _ = world.get("/v1/accounts/acme/members", query="limit=1")
    _, rest, _ = world.get("/v1/accounts/acme/members", query=f"limit=1&{cursor(page)}")
    assert page["items"] == [{"customer_id": "c1", "part": {"role": "buyer"}, "told_at": SAID_AT}]
    assert [each["customer_id"] for each in rest["items"]] == ["c2"]


def test_an_account_of_which_nothing_was_told_is_not_there(world):
    assert world.get("/v1/accounts/nobody")[0] == 404
