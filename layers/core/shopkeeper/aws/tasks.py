"""Tasks, `task#<id>` in the Records table. The index `by_task` lists those of a queue and state, the soonest due first.

The index holds whole rows, of tasks alone, and is a moment late. A queue and state is one key of it: it takes a
thousand tasks a second.
"""

import heapq
import os
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any

import msgspec

from shopkeeper import clock
from shopkeeper.aws import batches, due, revisions
from shopkeeper.aws.clients import client, outages_named
from shopkeeper.aws.single import read, written
from shopkeeper.connect.tasks import Overtaken, State, Task

SCHEMA = 1
KIND = "task"
KEPT = timedelta(days=90)
"""After it was done or cancelled."""
SOON = timedelta(seconds=60)
"""Whoever has done it should have told of it."""
_FIRST, _NEVER = "0", "~"  # Before and behind all instants; a key must not be empty.

_decode = msgspec.json.Decoder(Task).decode
Item = dict[str, Any]


class Tasks:
    """`shards` is how many the due index has."""

    def __init__(self, dynamodb: Any, table: str, shards: int) -> None:
        self._dynamodb, self._table, self._shards = dynamodb, table, shards

    @classmethod
    def from_env(cls) -> "Tasks":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"], due.shards())

    def load(self, task: str) -> Task | None:
        """Read consistently. Raises Unavailable."""
        found = read(self._dynamodb, self._table, _key(task))
        return _task(found) if found else None

    def open(self, task: Task) -> bool:
        """Unless there is one of this id, of whatever state. Raises Unavailable."""
        try:
            revisions.put(self._dynamodb, self._table, self._item(task), Overtaken)
        except Overtaken:
            return False
        return True

    def put(self, task: Task) -> Task:
        """In the place of this revision, with the next one. Raises Overtaken, Unavailable."""
        after = replace(task, revision=task.revision + 1)
        revisions.put(self._dynamodb, self._table, self._item(after), Overtaken)
        return after

    def told(self, task: Task) -> None:
        """Raises Unavailable."""
        written(
            self._dynamodb.update_item,
            TableName=self._table,
            Key=_key(task.id),
            UpdateExpression="REMOVE due_at, due_shard",
            ConditionExpression="revision = :told",
            ExpressionAttributeValues={":told": {"N": str(task.revision)}},
        )

    def forget(self, tasks: Collection[str]) -> None:
        """Whether there are any of these ids or not. Raises Unavailable."""
        batches.side_by_side(self._forget, list(tasks))

    def _forget(self, task: str) -> None:
        with outages_named():
            self._dynamodb.delete_item(TableName=self._table, Key=_key(task))

    def listed(
        self, queues: Collection[str], states: Collection[State], limit: int, after: str = "", assignee: str = ""
    ) -> tuple[list[Task], str]:
        """Of all these queues, the soonest due first; and behind which the next page begins, "" at the end. Raises
        Unavailable."""
        lines = [self._line(f"{queue}#{state}", after, assignee, limit) for queue in queues for state in states]
        found = list(islice(heapq.merge(*lines, key=place), limit + 1))
        return found[:limit], place(found[limit - 1]) if len(found) > limit else ""

    def _line(self, list_: str, after: str, assignee: str, size: int) -> Iterator[Task]:
        values = {":list": {"S": list_}, ":after": {"S": after or _FIRST}}
        filtered = {"FilterExpression": "assignee = :whose"} if assignee else {}
        values |= {":whose": {"S": assignee}} if assignee else {}
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="by_task",
            KeyConditionExpression="task_list = :list AND task_place > :after",
            ExpressionAttributeValues=values,
            PaginationConfig={"PageSize": size + 1},
            **filtered,
        )
        with outages_named():
            for page in pages:
                yield from map(_task, page["Items"])

    def _item(self, task: Task) -> Item:
        item = {
            **_key(task.id),
            "task": {"S": msgspec.json.encode(task).decode()},
            "revision": {"N": str(task.revision)},
            "schema": {"N": str(SCHEMA)},
        }
        if task.queue:
            item |= {"task_list": {"S": f"{task.queue}#{task.state}"}, "task_place": {"S": place(task)}}
        if task.assignee:
            item |= {"assignee": {"S": task.assignee}}
        if task.closed_at:
            ends = clock.from_text(task.closed_at) + KEPT
            item |= {"expires_at": {"N": str(int(ends.timestamp()))}}
        told_by = clock.to_text(clock.from_text(task.untold) + SOON) if task.untold else ""
        return item | due.waits(f"{KIND}#{task.id}", told_by, self._shards)


def place(task: Task) -> str:
    """Its place in a list."""
    return f"{task.due or _NEVER}/{task.id}"


def _task(item: Item) -> Task:
    task = _decode(item["task"]["S"])
    return task if "due_at" in item else replace(task, untold="")


def _key(task: str) -> Item:
    return {"record": {"S": f"{KIND}#{task}"}}
