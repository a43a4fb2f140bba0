"""How far walks over all customers have come: rows of the Records table, `walk#<kind>/<name>#<slice>`."""

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from shopkeeper.aws import batches, due, revisions
from shopkeeper.aws.clients import client, outages_named
from shopkeeper.customer.walks import Overtaken, Slice

SCHEMA = 1
PREFIX = "walk#"
_NUMBERS = ("number", "slices", "round", "revision")


class Slices:
    """`shards` is how many the due index has."""

    def __init__(self, dynamodb: Any, table: str, shards: int) -> None:
        self._dynamodb, self._table, self._shards = dynamodb, table, shards

    @classmethod
    def from_env(cls) -> "Slices":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"], due.shards())

    def add(self, part: Slice) -> None:
        """Nothing changes where the slice is there. Raises Unavailable."""
        with suppress(Overtaken):
            self.save(part)

    def load(self, walk: str, numbers: Sequence[int]) -> list[Slice]:
        """In their order, read consistently; those that are not there are left out. Raises Unavailable."""
        keys = [{"record": {"S": _record(walk, number)}} for number in numbers]
        with outages_named():
            found = [_slice(item) for item in batches.read_all(self._dynamodb, self._table, keys)]
        return sorted(found, key=lambda part: part.number)

    def save(self, part: Slice) -> None:
        """In the place of the revision before. Raises Overtaken, Unavailable."""
        revisions.put(self._dynamodb, self._table, self._item(part), Overtaken)

    def _item(self, part: Slice) -> dict[str, Any]:
        record = _record(part.walk, part.number)
        return {
            "record": {"S": record},
            "walk": {"S": part.walk},
            "after": {"S": part.after},
            "gathered": {"S": json.dumps(part.gathered, separators=(",", ":"), ensure_ascii=False)},
            "ended": {"BOOL": part.ended},
            "finished": {"BOOL": part.finished},
            **{name: {"N": str(getattr(part, name))} for name in _NUMBERS},
            "schema": {"N": str(SCHEMA)},
            **due.waits(record, part.due_at, self._shards),
            **({"expires_at": {"N": str(part.expires_at)}} if part.expires_at else {}),
        }


def _slice(item: dict[str, Any]) -> Slice:
    numbers = {name: int(item[name]["N"]) for name in _NUMBERS}
    return Slice(
        walk=item["walk"]["S"],
        after=item["after"]["S"],
        gathered=json.loads(item["gathered"]["S"]),
        ended=item["ended"]["BOOL"],
        finished=item["finished"]["BOOL"],
        due_at=item.get("due_at", {}).get("S", ""),
        expires_at=int(item.get("expires_at", {}).get("N", 0)),
        **numbers,
    )


def _record(walk: str, number: int) -> str:
    return f"{PREFIX}{walk}#{number}"
