"""Exports in the Records table: `export#<id>`, each due until its file is whole."""

import os
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import msgspec

from shopkeeper.aws import due, revisions
from shopkeeper.aws.clients import client
from shopkeeper.aws.single import read
from shopkeeper.customer.exporting import Export, Overtaken

SCHEMA = 1
_OWN = ("id", "due_at", "expires_at", "revision", "state")


class Exports:
    """`shards` is how many the due index has."""

    def __init__(self, dynamodb: Any, table: str, shards: int) -> None:
        self._dynamodb, self._table, self._shards = dynamodb, table, shards

    @classmethod
    def from_env(cls) -> "Exports":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"], due.shards())

    def add(self, export: Export) -> Export:
        """The one that stands under this id: this one, or another that was there before. Raises Unavailable."""
        with suppress(Overtaken):
            self.save(export)
        return self.load(export.id) or export

    def load(self, export_id: str) -> Export | None:
        """Read consistently. Raises Unavailable."""
        found = read(self._dynamodb, self._table, _key(export_id))
        return _export(found) if found else None

    def save(self, export: Export) -> None:
        """In the place of the revision before. Raises Overtaken, Unavailable."""
        revisions.put(self._dynamodb, self._table, self._item(export), Overtaken)

    def _item(self, export: Export) -> dict[str, Any]:
        key = _key(export.id)
        rest = {name: value for name, value in asdict(export).items() if name not in _OWN}
        return {
            **key,
            "state": {"S": export.state},
            "export": {"S": msgspec.json.encode(rest).decode()},
            "revision": {"N": str(export.revision)},
            "expires_at": {"N": str(export.expires_at)},
            "schema": {"N": str(SCHEMA)},
            **due.waits(key["record"]["S"], export.due_at, self._shards),
        }


def _export(item: dict[str, Any]) -> Export:
    own = {
        "id": item["record"]["S"].partition("#")[2],
        "state": item["state"]["S"],
        "due_at": item.get("due_at", {}).get("S", ""),
        "expires_at": int(item["expires_at"]["N"]),
        "revision": int(item["revision"]["N"]),
    }
    return msgspec.convert(msgspec.json.decode(item["export"]["S"]) | own, Export)


def _key(export_id: str) -> dict[str, Any]:
    return {"record": {"S": f"export#{export_id}"}}
