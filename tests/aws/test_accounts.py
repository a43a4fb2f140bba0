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


def member(customer_id="c1", version=1, role="buyer"):
    return Member("acme", customer_id, version, {"role": Word(5, "m", role)}, 5)


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


def test_a_member_is_kept_as_it_was_and_who_comes_too_late_is_told(accounts):
    assert accounts.member("acme", "c1") == Member("acme", "c1")
    accounts.enrol(member())
    accounts.enrol(member(version=2, role="user"))
    for late in (1, 2):
        with pytest.raises(Overtaken):
            accounts.enrol(member(version=late))
    assert accounts.member("acme", "c1") == member(version=2, role="user")


def test_a_member_of_whom_one_word_said_all_is_read_and_written_on():
    with mock_aws():
        table = tables.create("AccountsTable")
        old = {"part": {"S": '[5,"m",{"role":"buyer"}]'}, "said_at": {"N": "5"}, "schema": {"N": "1"}}
        key = {"account_id": {"S": "acme"}, "member": {"S": "member#c1"}}
        table.put_item(TableName="AccountsTable", Item=key | old)
        accounts = Accounts(table, "AccountsTable")

        assert accounts.member("acme", "c1") == accounts.members("acme", 1)[0][0] == member(version=0)
        accounts.enrol(member(role="user"))
        assert accounts.member("acme", "c1") == member(role="user")


def test_members_come_in_pages_without_the_account_itself(accounts):
    accounts.save(FIRST)
    for customer_id in ("c3", "c1", "c2"):
        accounts.enrol(member(customer_id))
    page, last = accounts.members("acme", 2)
    rest, end = accounts.members("acme", 2, last)
    assert [each.customer_id for each in page + rest] == ["c1", "c2", "c3"]
    assert (page[0], end) == (member("c1"), "")
