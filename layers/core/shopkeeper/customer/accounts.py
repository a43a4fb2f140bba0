"""Companies, households and other groups: what is said of an account itself, and who belongs to it in which role.

Both are told by `group` calls: their traits are the account's, their properties what the person is in it. The latest
word on each trait, and on each part of a member, holds, in whatever order they arrive.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from shopkeeper.customer import known, words
from shopkeeper.customer.instants import to_ms
from shopkeeper.customer.news import Route
from shopkeeper.customer.rows import Row
from shopkeeper.customer.words import Word, Words

_TRIES = 5
MOST_TRAITS = 100
LONGEST_VALUE = 2_000  # bytes of JSON text: with the traits above it fits into an item.


@dataclass(frozen=True, slots=True)
class Account:
    """Version 0 is one of which nothing is stored yet. A trait whose last word is None was taken away."""

    account_id: str
    version: int = 0
    traits: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Member:
    """`part` is the role, persona and motivation, each where it was said, empty where it was taken away; `at` is when
    the customer was last said to belong here, in milliseconds since 1970. `customer_id` may have been merged since.

    Version 0 is one of whom nothing is stored yet.
    """

    account_id: str
    customer_id: str
    version: int = 0
    part: Words = field(default_factory=dict)
    at: int = -(10**18)


class Overtaken(Exception):
    """Somebody else has written the account, or the member, since it was read."""


class Accounts(Protocol):
    def load(self, account_id: str) -> Account: ...

    def save(self, account: Account) -> None:
        """In the place of the version before. Raises Overtaken."""

    def member(self, account_id: str, customer_id: str) -> Member: ...

    def enrol(self, member: Member) -> None:
        """In the place of the version before. Raises Overtaken."""


def to_accounts(accounts: Accounts) -> Route:
    """On a trusted word alone: a web page cannot say who works where. Raises Overtaken, after a few tries."""

    def route(row: Row) -> None:
        if row.type != "group" or not row.trusted:
            return
        said = row.said()
        account_id = words.id_text(said.get("properties", {}).get("groupId"))
        if not account_id:
            return
        at, by = to_ms(row.at), words.teller(row.message_id)
        part = {name: Word(at, by, text) for name, text in known.part(said["properties"]).items()}
        _again(lambda: _enrol(accounts, account_id, row.customer_id, at, part))
        if told := {name: Word(at, by, value) for name, value in said.get("traits", {}).items()}:
            _again(lambda: _learn(accounts, account_id, told))

    return route


def learn(account: Account, told: Words) -> Account:
    """The next version, or the same account where nothing is new. At most MOST_TRAITS: of more, the first in order."""
    traits = account.traits
    for name, word in told.items():
        if len(words.canonical(word.value)) <= LONGEST_VALUE:
            traits = words.latest(traits, name, word)
    kept = dict(sorted(traits.items())[:MOST_TRAITS])
    return account if kept == account.traits else replace(account, version=account.version + 1, traits=kept)


def joined(member: Member, at: int, told: Words) -> Member:
    """The next version, or the same member where nothing is new."""
    part = member.part
    for name, word in told.items():
        part = words.latest(part, name, word)
    latest = max(at, member.at)
    is_known = part == member.part and latest == member.at
    return member if is_known else replace(member, version=member.version + 1, part=part, at=latest)


def _enrol(accounts: Accounts, account_id: str, customer_id: str, at: int, told: Words) -> None:
    before = accounts.member(account_id, customer_id)
    after = joined(before, at, told)
    if after is not before:
        accounts.enrol(after)


def _learn(accounts: Accounts, account_id: str, told: Words) -> None:
    before = accounts.load(account_id)
    after = learn(before, told)
    if after is not before:
        accounts.save(after)


def _again(work: Callable[[], None]) -> None:
    for _ in range(_TRIES - 1):
        try:
            work()
        except Overtaken:
            continue
        return
    work()
