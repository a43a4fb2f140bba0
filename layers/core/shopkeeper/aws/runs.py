"""The Runs table: where each customer stands in each journey, what they wait for, and what has been heard since.

A row is due when its `due_at` says so. Who is inside a journey is found by a scan of the whole table: an index of each
journey would have to be paid for with each run.
"""

import os
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from shopkeeper import clock
from shopkeeper.aws import batches, due, transactions
from shopkeeper.aws.clients import client, condition_failed, outages_named
from shopkeeper.aws.due import JOINT
from shopkeeper.aws.single import read, written
from shopkeeper.journey import effects, run
from shopkeeper.journey.leaving import ERASED
from shopkeeper.journey.ports import Overtaken
from shopkeeper.journey.rows import MOST_FAILURES, Held, Row, RunKey, name
from shopkeeper.journey.run import Cause

SCHEMA = 2
"""Before 2 `run` and `pending` were plain text."""
MOVED = "moved_to"
"""The customer to whom the run that stood here was moved: whoever was merged into another one has taken it along."""
MOST_MOVES = 5
KEPT_S = 24 * 3600
"""So long after it has left the run of a customer who was erased is still there, for what is on to be switched off."""
_NO_RUN = "attribute_not_exists(fence)"
_TELLING = "SET inbox = list_append(inbox, :causes), causes = causes + :one, due_at = :now, due_shard = :shard"
_TEXTS = ("lease_until", "next_due")
_NUMBERS = ("causes", "fence", "failures")
_OF_A_LEG, _OF_WHAT_IS_DUE = ("pending", "lease_until", "next_due"), ("due_at", "due_shard")
_DUE = ", due_at = :due, due_shard = :shard"
_AS_TAKEN = "fence = :fence AND causes = :causes AND attribute_exists(pending) AND size(inbox) = :none"

Item = dict[str, Any]


class Runs:
    """`shards` is how many the due index has."""

    def __init__(self, dynamodb: Any, table: str, shards: int = 1) -> None:
        self._dynamodb, self._table, self._shards = dynamodb, table, shards

    @classmethod
    def from_env(cls) -> "Runs":
        return cls(client("dynamodb"), os.environ["RUNS_TABLE"], due.shards())

    def load(self, key: RunKey) -> Row | None:
        """Read consistently. Raises Unavailable."""
        found = read(self._dynamodb, self._table, _key(key))
        return _row(found) if found and MOVED not in found else None

    def open(self, row: Row, before: Row | None) -> None:
        """Raises Overtaken unless the row is as it was, or there is none; Unavailable."""
        if before is not None:
            return self.write(row, before)
        return self._put(row, ConditionExpression=_NO_RUN)

    def write(self, after: Row, before: Row) -> None:
        """Raises Overtaken unless fence and causes are as they were; Unavailable."""
        self._put(after, **_unchanged(before))

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
                self._dynamodb.update_item(TableName=self._table, Key=_key(held.key), **said)
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
                    Key=_key(key),
                    UpdateExpression=_TELLING,
                    ConditionExpression="attribute_exists(is_open) AND NOT contains(inbox, :cause)",
                    ExpressionAttributeValues=values | {":now": {"S": clock.to_text(now)}},
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            if not condition_failed(error):
                raise
            held: Item = error.response.get("Item", {})
            return str(held[MOVED]["S"]) if MOVED in held else ""
        return None

    def tell_all(self, keys: Sequence[RunKey], cause: Cause, now: datetime) -> None:
        """The same of many, side by side. Raises Unavailable; then some have been told."""
        batches.side_by_side(lambda key: self.tell(key, cause, now), keys)

    def move(self, after: Row, before: Row, there: Row | None) -> None:
        """In the place of `there`. Where it stood remains who has it now. Raises Overtaken unless both are as they
        were; Unavailable."""
        trace = {**_key(before.key), MOVED: {"S": after.customer_id}, "schema": {"N": str(SCHEMA)}}
        put = {"TableName": self._table, "Item": self._item(after)}
        put |= _unchanged(there) if there else {"ConditionExpression": _NO_RUN}
        left = {"TableName": self._table, "Item": trace, **_unchanged(before)}
        if transactions.refusals(self._dynamodb, [{"Put": put}, {"Put": left}]):
            raise Overtaken(before.key)

    def forget(self, key: RunKey) -> None:
        """Unless somebody may still move it. Raises Unavailable."""
        over = {"ConditionExpression": "attribute_not_exists(is_open)"}
        written(self._dynamodb.delete_item, TableName=self._table, Key=_key(key), **over)

    def unstick(self, key: RunKey, now: datetime) -> bool:
        """It is due, as if it had never failed; False for one that is not stuck. Raises Unavailable."""
        values = {":none": {"N": "0"}, ":most": {"N": str(MOST_FAILURES)}, ":now": {"S": clock.to_text(now)}}
        return written(
            self._dynamodb.update_item,
            TableName=self._table,
            Key=_key(key),
            UpdateExpression="SET failures = :none, due_at = :now, due_shard = :shard",
            ConditionExpression="failures >= :most",
            ExpressionAttributeValues=values | {":shard": {"S": self._due_shard(key)}},
        )

    def of_customer(self, customer_id: str) -> list[Row]:
        """All runs, those that are over too. Read consistently. Raises Unavailable."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="customer_id = :customer",
            ExpressionAttributeValues={":customer": {"S": customer_id}},
            ConsistentRead=True,
        )
        with outages_named():
            return [_row(item) for page in pages for item in page["Items"] if MOVED not in item]

    def keys_of(self, customer_id: str) -> list[RunKey]:
        """Of all runs, those that are over too. Read consistently. Raises Unavailable."""
        return [row.key for row in self.of_customer(customer_id)]

    def page(self, segment: int, segments: int, after: str, limit: int, journey: str) -> tuple[list[Row], str]:
        """Of one of the `segments` slices of the table, from behind the row `after`: the runs of a journey among the
        next `limit` rows, those that are over too; and what to pass next, "" at the end. They may stand as they did a
        moment ago, which is half the price: a look at a million rows takes 125,000 read units, whosever they are.
        Raises Unavailable."""
        start = {"ExclusiveStartKey": _key(RunKey(*after.split(JOINT, 1)))} if after else {}
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
        return [_row(item) for item in found["Items"]], JOINT.join(_of(last)) if last else ""

    def _put(self, row: Row, **condition: Any) -> None:
        if not written(self._dynamodb.put_item, TableName=self._table, Item=self._item(row), **condition):
            raise Overtaken(row.key)

    def _item(self, row: Row) -> Item:
        item: Item = {
            **_key(row.key),
            "run": _packed(run.to_json(row.run)),
            "inbox": {"L": [{"S": run.to_json(cause)} for cause in row.inbox]},
            "schema": {"N": str(SCHEMA)},
        }
        item |= {name: {"N": str(getattr(row, name))} for name in _NUMBERS}
        item |= {name: {"S": getattr(row, name)} for name in _TEXTS if getattr(row, name)}
        item |= {"pending": _packed(effects.to_json(row.pending))} if row.pending else {}
        item |= {"is_open": {"BOOL": True}} if row.is_open else {}
        item |= {"expires_at": {"N": str(row.run.left_at // 1000 + KEPT_S)}} if row.run.reason == ERASED else {}
        return item | (
            {"due_at": {"S": row.due_at}, "due_shard": {"S": self._due_shard(row.key)}} if row.due_at else {}
        )

    def _due_shard(self, key: RunKey) -> str:
        return due.shard("/".join(key), self._shards)


def _unchanged(row: Row) -> dict[str, Any]:
    values = {":fence": {"N": str(row.fence)}, ":causes": {"N": str(row.causes)}}
    return {"ConditionExpression": "fence = :fence AND causes = :causes", "ExpressionAttributeValues": values}


def _key(key: RunKey) -> Item:
    return {"customer_id": {"S": key.customer_id}, "journey": {"S": key.name}}


def _of(item: Item) -> RunKey:
    return RunKey(item["customer_id"]["S"], item["journey"]["S"])


def _row(item: Item) -> Row:
    held: dict[str, Any] = {name: item[name]["S"] for name in (*_TEXTS, "due_at") if name in item}
    held |= {name: int(item[name]["N"]) for name in _NUMBERS}
    return Row(
        customer_id=item["customer_id"]["S"],
        run=run.from_json(_unpacked(item["run"])),
        inbox=tuple(run.cause_from_json(each["S"]) for each in item["inbox"]["L"]),
        pending=tuple(effects.from_json(_unpacked(item["pending"]))) if "pending" in item else (),
        **held,
    )


def _packed(text: str) -> Item:
    """Ids and instants come again and again in a run: so it takes less than half, and each KB of a row is paid for
    with each write."""
    return {"B": zlib.compress(text.encode(), 9)}


def _unpacked(value: Item) -> bytes:
    return zlib.decompress(value["B"]) if "B" in value else value["S"].encode()
