"""The Runs table: where each customer stands in each journey, what they wait for, and what has been heard since.

A row is due when its `due_at` says so. Who is inside a journey is found by a scan of the whole table: an index of each
journey would have to be paid for with each run.
"""

import os
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from shopkeeper import clock
from shopkeeper.aws import batches, due, transactions
from shopkeeper.aws import run_items as items
from shopkeeper.aws.clients import client, condition_failed, outages_named
from shopkeeper.aws.due import JOINT
from shopkeeper.aws.run_items import MOVED
from shopkeeper.aws.single import read, written
from shopkeeper.journey import run
from shopkeeper.journey.ports import Overtaken
from shopkeeper.journey.rows import MOST_FAILURES, Held, Row, RunKey, name
from shopkeeper.journey.run import Cause

MOST_MOVES = 5
_NO_RUN = "attribute_not_exists(fence)"
_TELLING = "SET inbox = list_append(inbox, :causes), causes = causes + :one, due_at = :now, due_shard = :shard"
_OF_A_LEG, _OF_WHAT_IS_DUE = ("pending", "lease_until", "next_due"), ("due_at", "due_shard")
_DUE = ", due_at = :due, due_shard = :shard"
_AS_TAKEN = "fence = :fence AND causes = :causes AND attribute_exists(pending) AND size(inbox) = :none"


class Runs:
    """`shards` is how many the due index has."""

    def __init__(self, dynamodb: Any, table: str, shards: int = 1) -> None:
        self._dynamodb, self._table, self._shards = dynamodb, table, shards

    @classmethod
    def from_env(cls) -> "Runs":
        return cls(client("dynamodb"), os.environ["RUNS_TABLE"], due.shards())

    def load(self, key: RunKey) -> Row | None:
        """Read consistently. Raises Unavailable."""
        found = read(self._dynamodb, self._table, items.key(key))
        return items.row(found) if found and MOVED not in found else None

    def open(self, row: Row, before: Row | None) -> None:
        """Raises Overtaken unless the row is as it was, or there is none; Unavailable."""
        if before is not None:
            return self.write(row, before)
        return self._put(row, ConditionExpression=_NO_RUN)

    def write(self, after: Row, before: Row) -> None:
        """Raises Overtaken unless fence and causes are as they were; Unavailable."""
        self._put(after, **items.unchanged(before))

    def settle(self, held: Held) -> bool:
        """Makes of the row what `Row.settled` does, without reading it. False where something came, or had come when
        the leg took over from a dead one. True too for a row that another leg has, or that has been settled. Raises
        Unavailable."""
        due_at = {":due": {"S": held.due_at}, ":shard": {"S": self._due_shard(held.key)}} if held.due_at else {}
        gone = [*_OF_A_LEG, *([] if held.due_at else _OF_WHAT_IS_DUE), *(["is_open"] if held.is_over else [])]
        values = {":fence": {"N": str(held.fence)}, ":causes": {"N": str(held.causes)}, ":none": {"N": "0"}}
        said = {
            "UpdateExpression": f"SET failures = :none{_DUE if due_at else ''} REMOVE {', '.join(gone)}",
            "ConditionExpression": _AS_TAKEN,
            "ExpressionAttributeValues": values | due_at,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        try:
            with outages_named():
                self._dynamodb.update_item(TableName=self._table, Key=items.key(held.key), **said)
        except ClientError as error:
            if not condition_failed(error):
                raise
            stands = error.response.get("Item", {})
            return "pending" not in stands or stands["fence"] != values[":fence"]
        return True

    def tell(self, key: RunKey, cause: Cause, now: datetime) -> bool:
        """The cause is in the inbox, and the row is due. False if nobody may move it any more, or it is there. One that
        was moved is told where it is now. Raises Unavailable."""
        for _ in range(MOST_MOVES):
            moved_to = self._tell(key, cause, now)
            if not moved_to:
                return moved_to is None
            key = RunKey(moved_to, key.name)
        return False

    def _tell(self, key: RunKey, cause: Cause, now: datetime) -> str | None:
        """None if that is done; else to which customer it was moved, "" to none."""
        text = {"S": run.to_json(cause)}
        values = {":cause": text, ":causes": {"L": [text]}, ":one": {"N": "1"}, ":shard": {"S": self._due_shard(key)}}
        try:
            with outages_named():
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key=items.key(key),
                    UpdateExpression=_TELLING,
                    ConditionExpression="attribute_exists(is_open) AND NOT contains(inbox, :cause)",
                    ExpressionAttributeValues=values | {":now": {"S": clock.to_text(now)}},
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            if not condition_failed(error):
                raise
            held: items.Item = error.response.get("Item", {})
            return str(held[MOVED]["S"]) if MOVED in held else ""
        return None

    def tell_all(self, keys: Sequence[RunKey], cause: Cause, now: datetime) -> None:
        """The same of many, side by side. Raises Unavailable; then some have been told."""
        batches.side_by_side(lambda key: self.tell(key, cause, now), keys)

    def move(self, after: Row, before: Row, there: Row | None) -> None:
        """In the place of `there`. Where it stood remains who has it now. Raises Overtaken unless both are as they
        were; Unavailable."""
        trace = items.trace(before.key, after.customer_id)
        put = {"TableName": self._table, "Item": items.item(after, self._shards)}
        put |= items.unchanged(there) if there else {"ConditionExpression": _NO_RUN}
        left = {"TableName": self._table, "Item": trace, **items.unchanged(before)}
        if transactions.refusals(self._dynamodb, [{"Put": put}, {"Put": left}]):
            raise Overtaken(before.key)

    def forget(self, customer_id: str) -> None:
        """All of a customer that nobody may move any more, and where others stood who were moved. Raises
        Unavailable."""
        over = {"ConditionExpression": "attribute_not_exists(is_open)"}
        for item in self._stored(customer_id):
            written(self._dynamodb.delete_item, TableName=self._table, Key=items.key(items.key_of(item)), **over)

    def unstick(self, key: RunKey, now: datetime) -> bool:
        """It is due, as if it had never failed; False for one that is not stuck. Raises Unavailable."""
        values = {":none": {"N": "0"}, ":most": {"N": str(MOST_FAILURES)}, ":now": {"S": clock.to_text(now)}}
        return written(
            self._dynamodb.update_item,
            TableName=self._table,
            Key=items.key(key),
            UpdateExpression="SET failures = :none, due_at = :now, due_shard = :shard",
            ConditionExpression="failures >= :most",
            ExpressionAttributeValues=values | {":shard": {"S": self._due_shard(key)}},
        )

    def of_customer(self, customer_id: str) -> list[Row]:
        """All runs, those that are over too. Read consistently. Raises Unavailable."""
        return [items.row(item) for item in self._stored(customer_id) if MOVED not in item]

    def begun_by(self, customer_id: str) -> list[Row]:
        """The same, and those that were moved to another customer, as they stand there. Raises Unavailable."""
        found = (self._followed(item) for item in self._stored(customer_id))
        return [items.row(item) for item in found if item]

    def _followed(self, item: items.Item | None) -> items.Item | None:
        for _ in range(MOST_MOVES):
            if not item or MOVED not in item:
                return item
            item = read(self._dynamodb, self._table, items.key(RunKey(item[MOVED]["S"], items.key_of(item).name)))
        return None

    def _stored(self, customer_id: str) -> list[items.Item]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="customer_id = :customer",
            ExpressionAttributeValues={":customer": {"S": customer_id}},
            ConsistentRead=True,
        )
        with outages_named():
            return [item for page in pages for item in page["Items"]]

    def keys_of(self, customer_id: str) -> list[RunKey]:
        """Of all runs, those that are over too. Read consistently. Raises Unavailable."""
        return [row.key for row in self.of_customer(customer_id)]

    def page(self, segment: int, segments: int, after: str, limit: int, journey: str) -> tuple[list[Row], str]:
        """Of one of the `segments` slices of the table, from behind the row `after`: the runs of a journey among the
        next `limit` rows, those that are over too; and what to pass next, "" at the end. They may stand as they did a
        moment ago, which is half the price: a look at a million rows takes 125,000 read units, whosever they are.
        Raises Unavailable."""
        start = {"ExclusiveStartKey": items.key(RunKey(*after.split(JOINT, 1)))} if after else {}
        with outages_named():
            found = self._dynamodb.scan(
                TableName=self._table,
                Segment=segment,
                TotalSegments=segments,
                Limit=limit,
                FilterExpression=f"begins_with(journey, :journey) AND attribute_not_exists({MOVED})",
                ExpressionAttributeValues={":journey": {"S": name(journey, "")}},
                **start,
            )
        last = found.get("LastEvaluatedKey")
        return [items.row(item) for item in found["Items"]], JOINT.join(items.key_of(last)) if last else ""

    def _put(self, row: Row, **condition: Any) -> None:
        if not written(self._dynamodb.put_item, TableName=self._table, Item=items.item(row, self._shards), **condition):
            raise Overtaken(row.key)

    def _due_shard(self, key: RunKey) -> str:
        return due.shard("/".join(key), self._shards)
