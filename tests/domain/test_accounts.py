"""Accounts: the latest word on each trait and each member holds, and only a trusted one."""

from itertools import permutations

import pytest

from shopkeeper.customer import accounts, rows
from shopkeeper.customer.accounts import Account, Member, Overtaken, learn
from shopkeeper.customer.instants import to_ms
from shopkeeper.customer.words import Word
from tests.interactions import said

NOON, ONE, TWO = (f"2026-03-01T{hour}:00:00.000Z" for hour in (12, 13, 14))


class Kept:
    """The Accounts table in memory. `rivals` write, one each, between a load and a save."""

    def __init__(self, rivals=0):
        self.accounts, self.enrolled, self.rivals = {}, {}, rivals

    def load(self, account_id):
        return self.accounts.get(account_id, Account(account_id))

    def save(self, account):
        if self.rivals:
            self.rivals -= 1
            raise Overtaken
        assert account.version == self.load(account.account_id).version + 1
        self.accounts[account.account_id] = account

    def member(self, account_id, customer_id):
        return self.enrolled.get((account_id, customer_id), Member(account_id, customer_id))

    def enrol(self, member):
        key = member.account_id, member.customer_id
        assert member.version == self.member(*key).version + 1
        self.enrolled[key] = member

    @property
    def members(self):
        return {key: {name: word.value for name, word in each.part.items()} for key, each in self.enrolled.items()}

    def traits(self, account_id):
        return {name: word.value for name, word in self.load(account_id).traits.items() if word.value is not None}


def group(message_id, traits, at=NOON, trusted=True, **properties):
    said_of_person = {"groupId": "acme"} | properties
    more = {"type": "group", "name": "", "traits": traits, "trusted": trusted}
    return rows.row_of(said("user:jo", message_id, at=at, properties=said_of_person, **more), customer_id="c1")


def told(*groups, rivals=0):
    kept = Kept(rivals)
    for each in groups:
        accounts.to_accounts(kept)(each)
    return kept


def test_a_group_call_tells_of_the_account_and_of_the_person_in_it():
    kept = told(group("m", {"name": "Acme", "employees": 7, "plan": None}, role="buyer", persona="cfo"))
    assert kept.traits("acme") == {"name": "Acme", "employees": 7}
    assert kept.members == {("acme", "c1"): {"role": "buyer", "persona": "cfo"}}


def test_the_latest_word_on_each_trait_holds_in_whatever_order_they_come():
    calls = [group("a", {"plan": "s", "city": "Ulm"}), group("b", {"plan": "m"}, ONE), group("c", {"plan": "l"}, ONE)]
    for order in permutations(calls):
        assert told(*order).traits("acme") == {"plan": "l", "city": "Ulm"}


def test_null_takes_a_trait_of_an_account_away_until_it_is_told_again():
    calls = [group("a", {"plan": "s", "city": "Ulm"}), group("b", {"plan": None, "city": None}, ONE)]
    later = group("c", {"city": "Bonn"}, "2026-03-03T10:00:00.000Z")
    for order in permutations([*calls, later]):
        assert told(*order).traits("acme") == {"city": "Bonn"}


def test_what_a_call_does_not_say_of_a_person_stays_and_null_takes_it_away():
    calls = [group("a", {}, role="buyer", persona="cfo"), group("b", {}, ONE), group("c", {}, TWO, persona=None)]
    for order in permutations(calls):
        kept = told(*order)
        assert kept.members == {("acme", "c1"): {"role": "buyer", "persona": ""}}
        assert kept.member("acme", "c1").at == to_ms(TWO)


def test_telling_again_writes_nothing():
    call = group("m", {"name": "Acme"})
    kept = told(call, call)
    assert (kept.accounts["acme"].version, kept.member("acme", "c1").version) == (1, 1)


def test_a_web_page_cannot_say_who_works_where():
    kept = told(group("m", {"name": "Acme"}, trusted=False))
    assert (kept.accounts, kept.members) == ({}, {})


@pytest.mark.parametrize("account_id", [None, "", 1.5, ["acme"]])
def test_what_names_no_account_says_nothing(account_id):
    assert told(group("m", {"name": "Acme"}, groupId=account_id)).accounts == {}


def test_other_calls_are_none_of_its_business():
    kept = told(rows.row_of(said("user:jo", "m", properties={"groupId": "acme"}, traits={"a": 1}), customer_id="c1"))
    assert (kept.accounts, kept.members) == ({}, {})


def test_who_is_overtaken_reads_again_and_gives_up_in_the_end():
    assert told(group("m", {"name": "Acme"}), rivals=4).traits("acme") == {"name": "Acme"}
    with pytest.raises(Overtaken):
        told(group("m", {"name": "Acme"}), rivals=5)


def test_an_account_stays_small():
    many = {f"trait {n:03}": Word(1, "m", n) for n in range(accounts.MOST_TRAITS + 5)}
    assert len(learn(Account("acme"), many).traits) == accounts.MOST_TRAITS
    assert learn(Account("acme"), {"long": Word(1, "m", "x" * accounts.LONGEST_VALUE)}) == Account("acme")
