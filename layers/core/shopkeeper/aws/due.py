"""What is due: rows of some tables that wait for an instant, by shard of their due indexes; and who drains a shard."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from shopkeeper import clock, ids
from shopkeeper.aws.clients import client, condition_failed


def shards() -> int:
    return int(os.environ["DUE_SHARDS"])


def shard(key: str, count: int) -> str:
    """The part of a due index that a record belongs to: `0` to `count - 1`."""
    return str(ids.place(key, count))


def waits(key: str, due_at: str, count: int) -> dict[str, dict[str, str]]:
    """The attributes of a record that is due then; none where it waits for nothing, as an index takes no empty key."""
    return {"due_at": {"S": due_at}, "due_shard": {"S": shard(key, count)}} if due_at else {}


@dataclass(frozen=True, slots=True)
class Due:
    key: str
    due_at: str


JOINT = "/"
"""Between the two parts of a key; the first has none of these."""


class DueRows:
    """Of one table, whose hash key is the first of `names`, and its range key the second, if it has one."""

    def __init__(self, dynamodb: Any, table: str, *names: str) -> None:
        self._dynamodb, self._table, self._names = dynamodb, table, names

    @classmethod
    def from_env(cls, variable: str, *names: str) -> "DueRows":
        return cls(client("dynamodb"), os.environ[variable], *names)

    def until(self, due_shard: str, now: datetime) -> Iterator[Due]:
        """Earliest first, as the index has them."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="by_due",
            KeyConditionExpression="due_shard = :shard AND due_at <= :now",
            ExpressionAttributeValues={":shard": {"S": due_shard}, ":now": {"S": clock.to_text(now)}},
            PaginationConfig={"PageSize": 500},
        )
        for page in pages:
            yield from (Due(self._key(item), item["due_at"]["S"]) for item in page["Items"])

    def put_off(self, row: Due, until: datetime) -> None:
        """Only if it still waits for the same instant: otherwise it has been seen to."""
        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key=self._item(row.key),
                UpdateExpression="SET due_at = :until",
                ConditionExpression="due_at = :was",
                ExpressionAttributeValues={":until": {"S": clock.to_text(until)}, ":was": {"S": row.due_at}},
            )
        except ClientError as error:
            if not condition_failed(error):
                raise

    def _key(self, item: Mapping[str, Any]) -> str:
        return JOINT.join(item[name]["S"] for name in self._names)

    def _item(self, key: str) -> dict[str, Any]:
        parts = key.split(JOINT, len(self._names) - 1)
        return {name: {"S": part} for name, part in zip(self._names, parts, strict=True)}


class Leases:
    """Of the shards, in the Records table: one drain works at a shard at a time. A second one would do no harm, since
    every visit is conditional; it would only do the same work again."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    @classmethod
    def from_env(cls) -> "Leases":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"])

    def take(self, due_shard: str, holder: str, now: datetime, until: datetime) -> bool:
        """False while another holds it. `until` must outlast the function that takes it."""
        said = {":holder": {"S": holder}, ":now": {"S": clock.to_text(now)}, ":until": {"S": clock.to_text(until)}}
        return self._update(
            due_shard,
            "SET holder = :holder, lease_until = :until",
            "attribute_not_exists(lease_until) OR lease_until <= :now OR holder = :holder",
            said,
        )

    def give_back(self, due_shard: str, holder: str) -> None:
        self._update(due_shard, "REMOVE holder, lease_until", "holder = :holder", {":holder": {"S": holder}})

    def _update(self, due_shard: str, change: str, condition: str, values: Mapping[str, Any]) -> bool:
        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key={"record": {"S": f"drain#{due_shard}"}},
                UpdateExpression=change,
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
            )
        except ClientError as error:
            if not condition_failed(error):
                raise
            return False
        return True
