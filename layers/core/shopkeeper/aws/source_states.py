"""Where each source stands, `source#<id>` in the Records table; and its versions among the definitions."""

import json
import os
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

import msgspec

from shopkeeper import clock
from shopkeeper.aws import due, revisions
from shopkeeper.aws.clients import client
from shopkeeper.aws.definitions import Definitions
from shopkeeper.aws.single import read, written
from shopkeeper.customer.sources.definition import KIND, Source
from shopkeeper.customer.sources.ports import Overtaken
from shopkeeper.customer.sources.state import WATCH, State

SCHEMA = 1
PREFIX = "source#"
# What stands for itself in the item; the rest is JSON text.
_ITS_OWN = ("id", "revision", "phase", "due_at")


class SourceStates:
    """`shards` is how many the due index has."""

    def __init__(self, dynamodb: Any, table: str, shards: int) -> None:
        self._dynamodb, self._table, self._shards = dynamodb, table, shards

    @classmethod
    def from_env(cls) -> "SourceStates":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"], due.shards())

    def get(self, source_id: str) -> State | None:
        """Read consistently. Raises Unavailable."""
        found = read(self._dynamodb, self._table, _key(source_id))
        return _state(found) if found else None

    def put(self, state: State) -> State:
        """In the place of this revision, with the next one. Raises Overtaken, Unavailable."""
        after = replace(state, revision=state.revision + 1)
        revisions.put(self._dynamodb, self._table, self._item(after), Overtaken)
        return after

    def wake(self, source_id: str, now: datetime) -> bool:
        """Whether it is due; then it is not due again for a while, in which whoever was woken should have come."""
        values = {":now": {"S": clock.to_text(now)}, ":later": {"S": clock.to_text(now + WATCH)}}
        return written(
            self._dynamodb.update_item,
            TableName=self._table,
            Key=_key(source_id),
            UpdateExpression="SET due_at = :later",
            ConditionExpression="due_at <= :now",
            ExpressionAttributeValues=values,
        )

    def _item(self, state: State) -> dict[str, Any]:
        rest = {name: value for name, value in asdict(state).items() if name not in _ITS_OWN}
        return {
            **_key(state.id),
            "revision": {"N": str(state.revision)},
            "phase": {"S": state.phase},
            "source": {"S": msgspec.json.encode(rest).decode()},
            "schema": {"N": str(SCHEMA)},
            **due.waits(PREFIX + state.id, state.due_at, self._shards),
        }


class SourceVersions:
    """What a marketer has said of sources."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions

    @classmethod
    def from_env(cls) -> "SourceVersions":
        return cls(Definitions.from_env())

    def version(self, source_id: str, number: int) -> Source | None:
        found = self._definitions.version(KIND, source_id, number)
        return Source.model_validate_json(json.dumps(found)) if found else None

    def current(self, source_id: str) -> tuple[int, Source] | None:
        """The version that counts at this moment, and its number."""
        number = self._definitions.number(KIND, source_id)
        found = self.version(source_id, number) if number else None
        return (number, found) if found else None


def _state(item: dict[str, Any]) -> State:
    """Whatever a later version of this code added is left out."""
    held = msgspec.json.decode(item["source"]["S"])
    held |= {
        "id": item["record"]["S"].partition("#")[2],
        "revision": int(item["revision"]["N"]),
        "phase": item["phase"]["S"],
        "due_at": item.get("due_at", {}).get("S", ""),
    }
    return msgspec.convert({each.name: held[each.name] for each in fields(State) if each.name in held}, State)


def _key(source_id: str) -> dict[str, Any]:
    return {"record": {"S": PREFIX + source_id}}
