"""The Accounts table: an item for each account, under no member, and one for each member."""

import os
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from shopkeeper.aws.clients import client, condition_failed, outages_named
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
        with outages_named():
            found = self._dynamodb.get_item(TableName=self._table, Key=_key(account_id, ITSELF), ConsistentRead=True)
        item = found.get("Item")
        if item is None:
            return Account(account_id)
        return Account(account_id, int(item["version"]["N"]), _words.decode(item["traits"]["S"]))

    def save(self, account: Account) -> None:
        """In the place of the version before. Raises Overtaken, Unavailable."""
        before = {":before": {"N": str(account.version - 1)}}
        self._put(
            _key(account.account_id, ITSELF)
            | {"traits": {"S": _json.encode(account.traits).decode()}, "version": {"N": str(account.version)}},
            **(
                {"ConditionExpression": "version = :before", "ExpressionAttributeValues": before}
                if account.version > 1
                else {"ConditionExpression": "attribute_not_exists(account_id)"}
            ),
        )

    def enrol(self, member: Member) -> None:
        """Unless a later word on this member is there. Raises Unavailable."""
        # At one instant the words are compared by what they say, so that all tellers agree on one of them.
        told = _json.encode(member.part).decode()
        try:
            self._put(
                _key(member.account_id, _MEMBER + member.customer_id)
                | {"said_at": {"N": str(member.part.at)}, "part": {"S": told}},
                ConditionExpression="attribute_not_exists(said_at) OR said_at < :at "
                "OR (said_at = :at AND #part < :part)",
                ExpressionAttributeNames={"#part": "part"},
                ExpressionAttributeValues={":at": {"N": str(member.part.at)}, ":part": {"S": told}},
            )
        except Overtaken:
            return

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

    def _put(self, item: _Item, **condition: Any) -> None:
        try:
            with outages_named():
                self._dynamodb.put_item(TableName=self._table, Item=item | {"schema": {"N": str(SCHEMA)}}, **condition)
        except ClientError as error:
            if not condition_failed(error):
                raise
            raise Overtaken from error


def _key(account_id: str, member: str) -> _Item:
    return {"account_id": {"S": account_id}, "member": {"S": member}}


def _member(item: _Item) -> Member:
    part = msgspec.json.decode(item["part"]["S"], type=Word)
    return Member(item["account_id"]["S"], item["member"]["S"].removeprefix(_MEMBER), part)
