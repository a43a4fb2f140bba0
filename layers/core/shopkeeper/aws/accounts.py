"""The Accounts table: an item for each account, under no member, and one for each member."""

import os
from typing import Any

import msgspec

from shopkeeper.aws.clients import client, outages_named
from shopkeeper.aws.single import read, written
from shopkeeper.customer.accounts import Account, Member, Overtaken
from shopkeeper.customer.words import Word, Words

ITSELF = "account"
_MEMBER = "member#"
SCHEMA = 1

_words = msgspec.json.Decoder(Words)
_json = msgspec.json.Encoder(order="deterministic")
_Item = dict[str, Any]


class Accounts:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    @classmethod
    def from_env(cls) -> "Accounts":
        return cls(client("dynamodb"), os.environ["ACCOUNTS_TABLE"])

    def load(self, account_id: str) -> Account:
        """Read consistently. Raises Unavailable."""
        item = read(self._dynamodb, self._table, _key(account_id, ITSELF))
        if item is None:
            return Account(account_id)
        return Account(account_id, int(item["version"]["N"]), _words.decode(item["traits"]["S"]))

    def save(self, account: Account) -> None:
        """In the place of the version before. Raises Overtaken, Unavailable."""
        told = {"traits": {"S": _json.encode(account.traits).decode()}}
        self._put(_key(account.account_id, ITSELF) | told, account.version)

    def member(self, account_id: str, customer_id: str) -> Member:
        """Read consistently. Raises Unavailable."""
        found = read(self._dynamodb, self._table, _key(account_id, _MEMBER + customer_id))
        return _member(found) if found else Member(account_id, customer_id)

    def enrol(self, member: Member) -> None:
        """In the place of the version before. Raises Overtaken, Unavailable."""
        told = {"part": {"S": _json.encode(member.part).decode()}, "said_at": {"N": str(member.at)}}
        self._put(_key(member.account_id, _MEMBER + member.customer_id) | told, member.version)

    def members(self, account_id: str, limit: int, after: str = "") -> tuple[list[Member], str]:
        """By customer, and what to pass as `after` for the next page, "" on the last. Raises Unavailable."""
        values = {":account": {"S": account_id}, ":after": {"S": _MEMBER + after}}
        with outages_named():
            found = self._dynamodb.query(
                TableName=self._table,
                KeyConditionExpression="account_id = :account AND #member > :after",
                ExpressionAttributeNames={"#member": "member"},
                ExpressionAttributeValues=values,
                Limit=limit,
            )
        last = found.get("LastEvaluatedKey", {}).get("member", {}).get("S", "")
        return [_member(item) for item in found["Items"]], last.removeprefix(_MEMBER)

    def _put(self, item: _Item, version: int) -> None:
        """Items of members had no version once."""
        values = {":before": {"N": str(version - 1)}}
        condition: dict[str, Any] = (
            {"ConditionExpression": "version = :before", "ExpressionAttributeValues": values}
            if version > 1
            else {"ConditionExpression": "attribute_not_exists(version)"}
        )
        item = item | {"version": {"N": str(version)}, "schema": {"N": str(SCHEMA)}}
        if not written(self._dynamodb.put_item, TableName=self._table, Item=item, **condition):
            raise Overtaken


def _key(account_id: str, member: str) -> _Item:
    return {"account_id": {"S": account_id}, "member": {"S": member}}


def _member(item: _Item) -> Member:
    """Of one without a version, one word says all that somebody is."""
    account_id, customer_id = item["account_id"]["S"], item["member"]["S"].removeprefix(_MEMBER)
    text, at = item["part"]["S"], int(item["said_at"]["N"])
    if "version" in item:
        return Member(account_id, customer_id, int(item["version"]["N"]), _words.decode(text), at)
    whole = msgspec.json.decode(text, type=Word)
    part = {name: Word(whole.at, whole.by, said) for name, said in whole.value.items()}
    return Member(account_id, customer_id, 0, part, at)
