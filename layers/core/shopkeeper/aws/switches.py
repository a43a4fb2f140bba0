"""In Records, under `audience#<customer>` and `slot#<customer>`: what runs have switched on for a customer."""

import os
from datetime import timedelta
from typing import Any

from shopkeeper.aws import revisions
from shopkeeper.aws.clients import client
from shopkeeper.aws.single import read
from shopkeeper.clock import Clock
from shopkeeper.connect import switched
from shopkeeper.connect.delivering import Overtaken
from shopkeeper.connect.switched import Kind, Switched
from shopkeeper.customer.instants import ms_of

SCHEMA = 1
KEPT = timedelta(days=30)
"""Once nothing is on any more. What was switched on may be told for two weeks, behind what switched it off."""


class Switches:
    def __init__(self, dynamodb: Any, table: str, now: Clock) -> None:
        self._dynamodb, self._table, self._clock = dynamodb, table, now

    @classmethod
    def from_env(cls) -> "Switches":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"], Clock())

    def load(self, kind: Kind, customer_id: str) -> Switched:
        """Read consistently. Raises Unavailable."""
        found = read(self._dynamodb, self._table, _key(kind, customer_id))
        if found:
            return switched.from_json(found["switched"]["S"])
        return Switched(kind=kind, customer_id=customer_id, begun=ms_of(self._clock.now()))

    def put(self, wanted: Switched) -> None:
        """In the place of the revision before. Raises Overtaken, Unavailable."""
        row = {
            **_key(wanted.kind, wanted.customer_id),
            "switched": {"S": switched.to_json(wanted)},
            "revision": {"N": str(wanted.revision)},
            "schema": {"N": str(SCHEMA)},
        }
        if not wanted.is_on:
            row["expires_at"] = {"N": str(int((self._clock.now() + KEPT).timestamp()))}
        revisions.put(self._dynamodb, self._table, row, Overtaken)


def _key(kind: Kind, customer_id: str) -> dict[str, Any]:
    return {"record": {"S": f"{kind}#{customer_id}"}}
