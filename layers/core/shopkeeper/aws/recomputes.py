"""Recomputations in the Records table: the desk under `recompute#segments`, which is due; each run under
`recomputed#<id>`; and how many customers a segment had at each of them, under `sizes#<segment>`.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

import msgspec

from shopkeeper.aws import batches, due, revisions
from shopkeeper.aws.clients import client, outages_named
from shopkeeper.aws.single import read
from shopkeeper.segment.runs import Desk, Overtaken, Run

SCHEMA = 1
KIND, NAME = "recompute", "segments"
MOST_SIZES = 1_000
"""Of one segment: more than two years of nights."""
_DESK = f"{KIND}#{NAME}"

_run = msgspec.json.Decoder(Run).decode


class Size(NamedTuple):
    """How many were in that version at that instant, text."""

    at: str
    version: int
    size: int


_sizes = msgspec.json.Decoder(list[Size]).decode


class Recomputes:
    """`shards` is how many the due index has."""

    def __init__(self, dynamodb: Any, table: str, shards: int = 1) -> None:
        self._dynamodb, self._table, self._shards = dynamodb, table, shards

    @classmethod
    def from_env(cls) -> "Recomputes":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"], due.shards())

    def desk(self) -> Desk:
        """Read consistently; an empty one where there is none. Raises Unavailable."""
        found = self._get(_DESK)
        return msgspec.json.decode(found["desk"]["S"], type=Desk) if found else Desk()

    def save(self, desk: Desk) -> None:
        """In the place of the revision before. Raises Overtaken, Unavailable."""
        item = self._item(_DESK, "desk", asdict(desk)) | {"revision": {"N": str(desk.revision)}}
        item |= due.waits(_DESK, desk.due_at, self._shards)
        revisions.put(self._dynamodb, self._table, item, Overtaken)

    def run(self, run_id: str) -> Run | None:
        """Read consistently. Raises Unavailable."""
        found = self._get(_recomputed(run_id))
        return _run(found["run"]["S"]) if found else None

    def runs(self, run_ids: Sequence[str]) -> list[Run]:
        """In their order, those that are remembered. Raises Unavailable."""
        keys = [_key(_recomputed(run_id)) for run_id in run_ids]
        with outages_named():
            found = [_run(item["run"]["S"]) for item in batches.read_all(self._dynamodb, self._table, keys)]
        return sorted(found, key=lambda run: run_ids.index(run.id))

    def save_run(self, run: Run) -> None:
        """Raises Unavailable."""
        item = self._item(_recomputed(run.id), "run", asdict(run)) | {"expires_at": {"N": str(run.expires_at)}}
        with outages_named():
            self._dynamodb.put_item(TableName=self._table, Item=item)

    def note(self, names: Mapping[str, tuple[int, int]], at: str) -> None:
        """By the name of a segment or part: its version, and how many were in it. An instant is noted once.

        Raises Unavailable. One run at a time is at work, so nobody else writes them.
        """
        batches.side_by_side(lambda said: self._note(*said, at), list(names.items()))

    def _note(self, name: str, said: tuple[int, int], at: str) -> None:
        known = [each for each in self.sizes(name) if each.at != at]
        sizes = sorted([*known, Size(at, *said)])[-MOST_SIZES:]
        with outages_named():
            self._dynamodb.put_item(TableName=self._table, Item=self._item(_sizes_of(name), "sizes", sizes))

    def sizes(self, name: str) -> list[Size]:
        """The oldest first. Raises Unavailable."""
        found = self._get(_sizes_of(name))
        return _sizes(found["sizes"]["S"]) if found else []

    def newest(self, names: Sequence[str]) -> dict[str, Size]:
        """Of each of these segments and parts, as far as there is one. Raises Unavailable."""
        keys = [_key(_sizes_of(name)) for name in sorted(set(names))]
        with outages_named():
            found = list(batches.read_all(self._dynamodb, self._table, keys))
        return {item["record"]["S"].partition("#")[2]: _sizes(item["sizes"]["S"])[-1] for item in found}

    def _get(self, record: str) -> dict[str, Any] | None:
        return read(self._dynamodb, self._table, _key(record))

    def _item(self, record: str, name: str, said: Any) -> dict[str, Any]:
        return {**_key(record), name: {"S": msgspec.json.encode(said).decode()}, "schema": {"N": str(SCHEMA)}}


def _key(record: str) -> dict[str, Any]:
    return {"record": {"S": record}}


def _recomputed(run_id: str) -> str:
    return f"recomputed#{run_id}"


def _sizes_of(name: str) -> str:
    return f"sizes#{name}"
