"""The Identities table: whose each identity is and was. A row is replaced only while it is the one that was read."""

import json
import os
from collections.abc import Collection
from typing import Any

from shopkeeper.aws import batches
from shopkeeper.aws.clients import client
from shopkeeper.aws.writes import answers_named
from shopkeeper.customer.identity import Change, Known, Move

SCHEMA = 1
_MARKS = ("user", "into")


class Identities:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    @classmethod
    def from_env(cls) -> "Identities":
        return cls(client("dynamodb"), os.environ["IDENTITIES_TABLE"])

    def load(self, identities: Collection[str]) -> dict[str, Known]:
        """By identity, read consistently; unknown ones are left out."""
        keys = [{"identity": {"S": identity}} for identity in sorted(set(identities))]
        found = batches.read_all(self._dynamodb, self._table, keys)
        return {item["identity"]["S"]: _known(item) for item in found}

    def replace(self, change: Change) -> None:
        """Raises Conflict where what is stored is not what the change was made from; Refused, Unavailable."""
        with answers_named():
            self._dynamodb.put_item(**put_of(self._table, change))


def put_of(table: str, change: Change) -> dict[str, Any]:
    """The put that takes the place of what was read, alone or in a transaction."""
    return {"TableName": table, "Item": _item(change.identity, change.after), **_condition(change.before)}


def _condition(before: Known | None) -> dict[str, Any]:
    if before is None:
        return {"ConditionExpression": "attribute_not_exists(moves)"}
    marks = {name: text for name in _MARKS if (text := getattr(before, name))}
    same = [f"#{name} = :{name}" if name in marks else f"attribute_not_exists(#{name})" for name in _MARKS]
    return {
        "ConditionExpression": " AND ".join(["moves = :moves", *same]),
        "ExpressionAttributeNames": {f"#{name}": name for name in _MARKS},
        "ExpressionAttributeValues": {f":{name}": {"S": text} for name, text in marks.items()}
        | {":moves": {"S": _moves(before)}},
    }


def _item(identity: str, known: Known) -> dict[str, Any]:
    item = {"identity": {"S": identity}, "moves": {"S": _moves(known)}, "schema": {"N": str(SCHEMA)}}
    return item | {name: {"S": text} for name in _MARKS if (text := getattr(known, name))}


def _moves(known: Known) -> str:
    return json.dumps(known.moves, separators=(",", ":"), ensure_ascii=False)


def _known(item: dict[str, Any]) -> Known:
    moves = tuple(Move(*move) for move in json.loads(item["moves"]["S"]))
    return Known(moves, **{name: item[name]["S"] for name in _MARKS if name in item})
