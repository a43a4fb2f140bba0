"""In the Records table: of what recurs in a journey the series, `recurs#<journey>`, and whose turn comes at which
instant, `turns#<journey>/<time>/<instant>/...`."""

import os
from collections.abc import Sequence
from typing import Any

from shopkeeper.aws import batches, due
from shopkeeper.aws.clients import client
from shopkeeper.aws.single import read, written
from shopkeeper.journey.doors.turns import KIND, SERIES, Series, Turn

SCHEMA = 1


class TurnRows:
    """`shards` is how many the due index has."""

    def __init__(self, dynamodb: Any, table: str, shards: int) -> None:
        self._dynamodb, self._table, self._shards = dynamodb, table, shards

    @classmethod
    def from_env(cls) -> "TurnRows":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"], due.shards())

    def begin(self, series: Series) -> None:
        """In the place of the one that is there. Raises Unavailable."""
        written(self._dynamodb.put_item, TableName=self._table, Item=self._series(series))

    def series(self, journey: str) -> Series | None:
        """Read consistently. Raises Unavailable."""
        found = read(self._dynamodb, self._table, _key(f"{SERIES}#{journey}"))
        return Series(journey=journey, due_at=found["due_at"]["S"], since=found["since"]["S"]) if found else None

    def move(self, series: Series, since: str, due_at: str) -> None:
        """To be due then, or to go if that is ""; unless it is not as it was read any more. Raises Unavailable."""
        same: dict[str, Any] = {
            "TableName": self._table,
            "ConditionExpression": "due_at = :was",
            "ExpressionAttributeValues": {":was": {"S": series.due_at}},
        }
        if due_at:
            moved = Series(journey=series.journey, due_at=due_at, since=since)
            written(self._dynamodb.put_item, Item=self._series(moved), **same)
        else:
            written(self._dynamodb.delete_item, Key=_key(f"{SERIES}#{series.journey}"), **same)

    def put(self, turns: Sequence[Turn]) -> None:
        """Nothing changes where one is there. Raises Unavailable."""
        batches.side_by_side(self._put, turns)

    def load(self, name: str) -> Turn | None:
        """Read consistently. Raises Unavailable."""
        found = read(self._dynamodb, self._table, _key(f"{KIND}#{name}"))
        return _turn(found) if found else None

    def drop(self, turn: Turn) -> None:
        """Raises Unavailable."""
        written(self._dynamodb.delete_item, TableName=self._table, Key=_key(f"{KIND}#{turn.name}"))

    def _put(self, turn: Turn) -> None:
        record = f"{KIND}#{turn.name}"
        item = {
            **_key(record),
            "journey": {"S": turn.journey},
            "wall": {"S": turn.wall},
            "customers": {"L": [{"S": each} for each in turn.customers]},
            "schema": {"N": str(SCHEMA)},
            **due.waits(record, turn.due_at, self._shards),
        }
        written(self._dynamodb.put_item, TableName=self._table, Item=item)

    def _series(self, series: Series) -> dict[str, Any]:
        record = f"{SERIES}#{series.journey}"
        parts = {"since": {"S": series.since}, "schema": {"N": str(SCHEMA)}}
        return {**_key(record), **parts, **due.waits(record, series.due_at, self._shards)}


def _key(record: str) -> dict[str, Any]:
    return {"record": {"S": record}}


def _turn(item: dict[str, Any]) -> Turn:
    return Turn(
        journey=item["journey"]["S"],
        wall=item["wall"]["S"],
        due_at=item["due_at"]["S"],
        customers=tuple(each["S"] for each in item["customers"]["L"]),
    )
