"""Hits that wait for their verdict, in the Records table: `hits#<send id>`, due when the next one can be given."""

import os
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import msgspec

from shopkeeper import clock
from shopkeeper.aws import batches, due, revisions
from shopkeeper.aws.clients import client
from shopkeeper.aws.single import read, written
from shopkeeper.customer.unjudged import Hit
from shopkeeper.mail.judging import FIRST
from shopkeeper.mail.verdicts import Overtaken, Waiting

SCHEMA = 1
MOST = 64
"""Of one send at a time."""

_ROOM = "(attribute_not_exists(hits) OR size(hits) < :most)"
_SOON = "(attribute_not_exists(due_at) OR due_at <= :due)"


class Hits:
    """`shards` is how many the due index has."""

    def __init__(self, dynamodb: Any, table: str, shards: int = 1) -> None:
        self._dynamodb, self._table, self._shards = dynamodb, table, shards

    @classmethod
    def from_env(cls) -> "Hits":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"], due.shards())

    def keep(self, hits: Mapping[str, Collection[Hit]]) -> Collection[str]:
        """One write for each send, side by side, unless others of it are due later. Raises Unavailable."""
        refused: list[str] = []

        def keep(send_id: str) -> None:
            if not self._keep(send_id, hits[send_id]):
                refused.append(send_id)

        batches.side_by_side(keep, sorted(hits))
        return refused

    def _keep(self, send_id: str, hits: Collection[Hit]) -> bool:
        at = clock.to_text(min(clock.from_text(hit.at) for hit in hits) + FIRST)
        waits = due.waits(_name(send_id), at, self._shards)
        values = {":hits": _set(hits), ":one": {"N": "1"}, ":most": {"N": str(MOST)}}
        values |= {":due": waits["due_at"], ":shard": waits["due_shard"], ":schema": {"N": str(SCHEMA)}}
        held = "if_not_exists(due_at, :due)"
        return self._add(send_id, held, f"{_ROOM} AND {_SOON}", values) or self._add(send_id, ":due", _ROOM, values)

    def _add(self, send_id: str, due_at: str, condition: str, values: dict[str, Any]) -> bool:
        return written(
            self._dynamodb.update_item,
            TableName=self._table,
            Key=_key(send_id),
            UpdateExpression=f"SET due_at = {due_at}, due_shard = :shard, #schema = :schema "
            "ADD hits :hits, revision :one",
            ConditionExpression=condition,
            ExpressionAttributeNames={"#schema": "schema"},
            ExpressionAttributeValues=values,
        )

    def load(self, send_id: str) -> Waiting | None:
        """Read consistently. Raises Unavailable."""
        found = read(self._dynamodb, self._table, _key(send_id))
        if found is None:
            return None
        hits = tuple(msgspec.json.decode(text, type=Hit) for text in found["hits"]["SS"])
        return Waiting(send_id, hits, int(found["revision"]["N"]))

    def put(self, waiting: Waiting, due_at: datetime) -> None:
        """In the place of the revision before. Raises Overtaken, Unavailable."""
        name = _name(waiting.send_id)
        numbers = {"revision": {"N": str(waiting.revision + 1)}, "schema": {"N": str(SCHEMA)}}
        row = _key(waiting.send_id) | numbers | {"hits": _set(waiting.hits)}
        row |= due.waits(name, clock.to_text(due_at), self._shards)
        revisions.put(self._dynamodb, self._table, row, Overtaken)

    def drop(self, waiting: Waiting) -> None:
        """This revision. Raises Overtaken, Unavailable."""
        is_gone = written(
            self._dynamodb.delete_item,
            TableName=self._table,
            Key=_key(waiting.send_id),
            ConditionExpression="revision = :held",
            ExpressionAttributeValues={":held": {"N": str(waiting.revision)}},
        )
        if not is_gone:
            raise Overtaken(waiting.send_id)


def _name(send_id: str) -> str:
    return f"hits#{send_id}"


def _key(send_id: str) -> dict[str, Any]:
    return {"record": {"S": _name(send_id)}}


def _set(hits: Collection[Hit]) -> dict[str, Any]:
    """DynamoDB takes no text of a set twice, and a batch may bring a hit twice."""
    return {"SS": sorted({msgspec.json.encode(hit).decode() for hit in hits})}
