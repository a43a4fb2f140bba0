"""Customers who lack measures that are asked for: rows of the Records table, `measures#<customer id>`, that are due."""

import os
from typing import Any

from shopkeeper.aws import due
from shopkeeper.aws.clients import client
from shopkeeper.aws.single import read, written

SCHEMA = 1
PREFIX = "measures#"


class OwedMeasures:
    """`shards` is how many the due index has."""

    def __init__(self, dynamodb: Any, table: str, shards: int) -> None:
        self._dynamodb, self._table, self._shards = dynamodb, table, shards

    @classmethod
    def from_env(cls) -> "OwedMeasures":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"], due.shards())

    def put_of(self, customer_id: str, by: str, at: str) -> dict[str, Any]:
        """Part of the transaction that makes the customer lack them; `by` names it as no other one."""
        record = PREFIX + customer_id
        item = {
            "record": {"S": record},
            "by": {"S": by},
            "schema": {"N": str(SCHEMA)},
            **due.waits(record, at, self._shards),
        }
        return {"TableName": self._table, "Item": item}

    def load(self, customer_id: str) -> str:
        """By what it is owed, "" where it is not. Read consistently. Raises Unavailable."""
        found = read(self._dynamodb, self._table, _key(customer_id))
        return str(found["by"]["S"]) if found else ""

    def settle(self, customer_id: str, by: str) -> None:
        """Unless it is owed again by something else. Raises Unavailable."""
        written(
            self._dynamodb.delete_item,
            TableName=self._table,
            Key=_key(customer_id),
            ConditionExpression="#by = :by",
            ExpressionAttributeNames={"#by": "by"},
            ExpressionAttributeValues={":by": {"S": by}},
        )


def _key(customer_id: str) -> dict[str, Any]:
    return {"record": {"S": PREFIX + customer_id}}
