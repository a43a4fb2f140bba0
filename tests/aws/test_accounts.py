"""Accounts on moto: no word is lost between two writers, and members come in pages."""

import pytest
from moto import mock_aws

from shopkeeper.aws.accounts import Accounts
from shopkeeper.customer.accounts import Account, Member, Overtaken
from shopkeeper.customer.words import Word
from tests import tables

FIRST = Account("acme", 1, {"plan": Word(5, "m1", {"name": "s", "seats": [1, 2]})})
SECOND = Account("acme", 2, {"plan": Word(6, "m2", "m")})


@pytest.fixture
def accounts():
    with mock_aws():
        yield Accounts(tables.create("AccountsTable"), "AccountsTable")


def member(customer_id="c1", at=5, role="buyer"):
    return Member("acme", customer_id, Word(at, "m", {"role": role}))


def parts(accounts):
    return {each.customer_id: each.part.value["role"] for each in accounts.members("acme", 10)[0]}


def test_an_account_is_kept_as_it_was(accounts):
    assert accounts.load("acme") == Account("acme")
    accounts.save(FIRST)
    assert accounts.load("acme") == FIRST
    accounts.save(SECOND)
    assert accounts.load("acme") == SECOND


@pytest.mark.parametrize("late", [FIRST, SECOND])
def test_who_comes_too_late_is_told(accounts, late):
    accounts.save(FIRST)
    accounts.save(SECOND)
    with pytest.raises(Overtaken):
        accounts.save(late)
    assert accounts.load("acme") == SECOND


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ([(5, "buyer"), (6, "user")], "user"),
        ([(6, "user"), (5, "buyer")], "user"),
        ([(5, "a"), (5, "b")], "b"),
        ([(5, "b"), (5, "a")], "b"),
    ],
)
def test_the_latest_word_on_a_member_holds(accounts, words, role):
    for at, said in words:
        accounts.enrol(member(at=at, role=said))
    assert parts(accounts) == {"c1": role}


def test_members_come_in_pages_without_the_account_itself(accounts):
    accounts.save(FIRST)
    for customer_id in ("c3", "c1", "c2"):
        accounts.enrol(member(customer_id))
    page, last = accounts.members("acme", 2)
    rest, end = accounts.members("acme", 2, last)
    assert [each.customer_id for each in page + rest] == ["c1", "c2", "c3"]
    assert (page[0], end) == (member("c1"), "")
