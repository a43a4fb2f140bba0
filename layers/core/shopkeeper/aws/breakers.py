"""Circuit breakers of the nodes of journeys: what is counted, and which of them are broken.

What was tried stands in Records under `attempts#<journey>/<node>#<day>`: a small item, to which each batch adds. What
is broken stands in Definitions under the kind `journey.broken`, which is empty as a rule and read every two seconds.
"""

import os
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import msgspec

from shopkeeper import clock
from shopkeeper.aws import definition_items as items
from shopkeeper.aws.clients import client, outages_named
from shopkeeper.aws.single import written
from shopkeeper.clock import Clock
from shopkeeper.journey.breaking import Broken, Node, Tried
from shopkeeper.mail.ports import STATUS_HOLDS_FOR

SCHEMA = 1
KIND = "journey.broken"
KEPT = timedelta(days=3)
_HOURLY, _DAILY = ("attempted", "failed"), ("delivered", "complained")

_decode = msgspec.json.Decoder(Broken).decode


class Breakers:
    def __init__(self, dynamodb: Any, definitions: str, records: str, now: Clock) -> None:
        self._dynamodb, self._definitions, self._records, self._clock = dynamodb, definitions, records, now
        self._told: tuple[datetime, list[Broken]] | None = None

    @classmethod
    def from_env(cls) -> "Breakers":
        return cls(client("dynamodb"), os.environ["DEFINITIONS_TABLE"], os.environ["RECORDS_TABLE"], Clock())

    def add(self, node: Node, tried: Tried, now: datetime) -> Tried:
        """Counted; gives what was attempted and failed in this hour, delivered and complained of on this day. Raises
        Unavailable."""
        names = _names(now)
        added = {name: count for name, count in zip(names, tried, strict=True) if count}
        counts = {f":{name}": {"N": str(count)} for name, count in added.items()}
        with outages_named():
            held = self._dynamodb.update_item(
                TableName=self._records,
                Key=_record(node, now),
                UpdateExpression=f"ADD {', '.join(f'{name} :{name}' for name in added)} SET expires_at = :expires_at",
                ExpressionAttributeValues={**counts, ":expires_at": _expiry(now)},
                ReturnValues="ALL_NEW",
            )["Attributes"]
        return Tried(*(int(held[name]["N"]) if name in held else 0 for name in names))

    def put(self, broken: Broken) -> bool:
        """False for a node that is broken already. Raises Unavailable."""
        item = {
            **_key(Node(broken.journey, broken.node)),
            "broken": {"S": msgspec.json.encode(broken).decode()},
            "schema": {"N": str(SCHEMA)},
        }
        put, condition = self._dynamodb.put_item, "attribute_not_exists(id)"
        return written(put, TableName=self._definitions, Item=item, ConditionExpression=condition)

    def mend(self, node: Node, now: datetime) -> bool:
        """What was counted today is forgotten. False for a node that is not broken. Raises Unavailable."""
        with outages_named():
            self._dynamodb.put_item(TableName=self._records, Item={**_record(node, now), "expires_at": _expiry(now)})
        delete, condition = self._dynamodb.delete_item, "attribute_exists(id)"
        return written(delete, TableName=self._definitions, Key=_key(node), ConditionExpression=condition)

    def of(self, journey: str) -> list[Broken]:
        """By their nodes, read consistently. Raises Unavailable."""
        return self._query("kind = :kind AND begins_with(id, :journey)", {":journey": {"S": f"{journey}/"}})

    def nodes(self, journey: str) -> Collection[str]:
        """The keys of those that are broken, as it was at most two seconds ago. Raises Unavailable."""
        now = self._clock.now()
        if self._told is None or not self._told[0] <= now < self._told[0] + STATUS_HOLDS_FOR:
            self._told = now, self._query("kind = :kind", {})
        return frozenset(each.node for each in self._told[1] if each.journey == journey)

    def _query(self, condition: str, values: dict[str, Any]) -> list[Broken]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._definitions,
            KeyConditionExpression=condition,
            ExpressionAttributeValues={":kind": {"S": KIND}, **values},
            ConsistentRead=True,
        )
        with outages_named():
            return [_decode(item["broken"]["S"]) for page in pages for item in page["Items"]]


def _names(now: datetime) -> tuple[str, ...]:
    return *(f"{name}_{now:%H}" for name in _HOURLY), *_DAILY


def _record(node: Node, now: datetime) -> dict[str, Any]:
    return {"record": {"S": f"attempts#{'/'.join(node)}#{clock.to_text(now)[:10]}"}}


def _expiry(now: datetime) -> dict[str, str]:
    return {"N": str(int((now + KEPT).timestamp()))}


def _key(node: Node) -> dict[str, Any]:
    return items.key(KIND, "/".join(node))
