"""In the Records table: when a date lets a customer into a journey next, `coming#<journey>/<customer>`."""

import os
from collections.abc import Sequence
from typing import Any

from shopkeeper.aws import batches, due
from shopkeeper.aws.clients import client, outages_named
from shopkeeper.aws.single import written
from shopkeeper.journey.doors.coming import KIND, Coming

SCHEMA = 1


class ComingRows:
    """`shards` is how many the due index has."""

    def __init__(self, dynamodb: Any, table: str, shards: int) -> None:
        self._dynamodb, self._table, self._shards = dynamodb, table, shards

    @classmethod
    def from_env(cls) -> "ComingRows":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"], due.shards())

    def load(self, names: Sequence[str]) -> dict[str, Coming]:
        """Read consistently; those that are not there are left out. Raises Unavailable."""
        keys = [_key(name) for name in names]
        with outages_named():
            found = [_row(item) for item in batches.read_all(self._dynamodb, self._table, keys)]
        return {row.name: row for row in found}

    def put(self, rows: Sequence[Coming]) -> None:
        """Each, but in the place of one that was found in a newer version. Raises Unavailable."""
        if len(rows) == 1:
            return self._put(rows[0])
        return batches.side_by_side(self._put, rows)

    def move(self, row: Coming, due_at: str) -> None:
        """To be due then, or to go if that is ""; unless it is not as it was read any more. Raises Unavailable."""
        values = {":was": {"S": row.due_at}, ":version": {"N": str(row.version)}}
        same: dict[str, Any] = {
            "TableName": self._table,
            "Key": _key(row.name),
            "ConditionExpression": "due_at = :was AND version = :version",
            "ExpressionAttributeValues": values,
        }
        if not due_at:
            written(self._dynamodb.delete_item, **same)
            return
        values[":due"] = {"S": due_at}
        written(self._dynamodb.update_item, **same, UpdateExpression="SET due_at = :due")

    def _put(self, row: Coming) -> None:
        item = {
            **_key(row.name),
            "journey": {"S": row.journey},
            "customer_id": {"S": row.customer_id},
            "version": {"N": str(row.version)},
            "schema": {"N": str(SCHEMA)},
            **due.waits(f"{KIND}#{row.name}", row.due_at, self._shards),
        }
        written(
            self._dynamodb.put_item,
            TableName=self._table,
            Item=item,
            ConditionExpression="attribute_not_exists(version) OR version <= :version",
            ExpressionAttributeValues={":version": item["version"]},
        )


def _key(name: str) -> dict[str, Any]:
    return {"record": {"S": f"{KIND}#{name}"}}


def _row(item: dict[str, Any]) -> Coming:
    return Coming(
        journey=item["journey"]["S"],
        customer_id=item["customer_id"]["S"],
        due_at=item["due_at"]["S"],
        version=int(item["version"]["N"]),
    )
