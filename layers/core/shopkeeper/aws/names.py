"""Names that were told, in the Definitions table: one item for each, under the kind `event.name` or `trait.name`.

How many names an origin has added stands under the kind `names.added`: whoever reads a publishable key can tell any.
"""

import os
from dataclasses import dataclass
from typing import Any

from shopkeeper.aws import transactions
from shopkeeper.aws.clients import client, outages_named
from shopkeeper.aws.definition_items import Item, key
from shopkeeper.aws.single import written
from shopkeeper.customer.names import Name

MOST_ORIGINS = 20
MOST_ADDED = 1_000  # names of a kind by one origin
MOST_REMEMBERED = 5_000
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Told:
    """Days in UTC, such as 2026-03-01."""

    name: str
    origins: frozenset[str]
    first_on: str
    last_on: str


class Names:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table
        self._noted: set[Name] = set()

    @classmethod
    def from_env(cls) -> "Names":
        return cls(client("dynamodb"), os.environ["DEFINITIONS_TABLE"])

    def note(self, name: Name) -> None:
        """A process writes each name once a day for each origin, and adds MOST_ADDED at most. Raises Unavailable."""
        if name in self._noted:
            return
        if len(self._noted) >= MOST_REMEMBERED:
            self._noted.clear()
        if self._told_again(name) or self._told_first(name):
            self._noted.add(name)

    def _told_again(self, name: Name) -> bool:
        """False if this origin has not told it before."""
        return written(
            self._dynamodb.update_item,
            TableName=self._table,
            Key=_key(name),
            UpdateExpression="SET last_on = :on",
            ConditionExpression="contains(origins, :one)",
            ExpressionAttributeValues={":on": {"S": name.on}, ":one": {"S": name.origin}},
        )

    def _told_first(self, name: Name) -> bool:
        """False if somebody else was adding meanwhile, and it is to be tried again when it is told again."""
        writes = [{"Update": {"TableName": self._table, **each}} for each in (_addition(name), _one_more(name))]
        return transactions.CONFLICT not in transactions.refusals(self._dynamodb, writes)

    def page(self, kind: str, limit: int, after: str = "") -> tuple[list[Told], str]:
        """In the order of names, and what to pass as `after` for the next page, "" on the last. Raises Unavailable."""
        values = {":kind": {"S": _kind(kind)}} | ({":after": {"S": after}} if after else {})
        with outages_named():
            found = self._dynamodb.query(
                TableName=self._table,
                KeyConditionExpression="kind = :kind" + (" AND id > :after" if after else ""),
                ExpressionAttributeValues=values,
                Limit=limit,
            )
        last = found.get("LastEvaluatedKey", {}).get("id", {}).get("S", "")
        return [_told(item) for item in found["Items"]], last


def _kind(kind: str) -> str:
    return f"{kind}.name"


def _key(name: Name) -> Item:
    return key(_kind(name.kind), name.name)


def _addition(name: Name) -> dict[str, Any]:
    return {
        "Key": _key(name),
        "UpdateExpression": "SET first_on = if_not_exists(first_on, :on), last_on = :on, #schema = :schema "
        "ADD origins :origin",
        "ConditionExpression": "attribute_not_exists(origins) OR "
        "(size(origins) < :most AND NOT contains(origins, :one))",
        "ExpressionAttributeNames": {"#schema": "schema"},
        "ExpressionAttributeValues": {
            ":on": {"S": name.on},
            ":origin": {"SS": [name.origin]},
            ":one": {"S": name.origin},
            ":most": {"N": str(MOST_ORIGINS)},
            ":schema": {"N": str(SCHEMA)},
        },
    }


def _one_more(name: Name) -> dict[str, Any]:
    return {
        "Key": key("names.added", f"{_kind(name.kind)} {name.origin}"),
        "UpdateExpression": "ADD added :one",
        "ConditionExpression": "attribute_not_exists(added) OR added < :most",
        "ExpressionAttributeValues": {":one": {"N": "1"}, ":most": {"N": str(MOST_ADDED)}},
    }


def _told(item: dict[str, Any]) -> Told:
    origins = frozenset(item["origins"]["SS"])
    return Told(item["id"]["S"], origins, item["first_on"]["S"], item["last_on"]["S"])
