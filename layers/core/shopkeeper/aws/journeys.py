"""Journeys in the Definitions table: how each stands, under the kind `journey.state`, and the graphs of its versions.

A graph never changes, and is read once in a process. How journeys stand is read again and again: whoever pauses one is
obeyed after two seconds by the door of mail, and by all else.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from shopkeeper.aws import definition_items as items
from shopkeeper.aws import revisions
from shopkeeper.aws.clients import client, outages_named
from shopkeeper.aws.single import read
from shopkeeper.clock import Clock
from shopkeeper.journey import graph, state
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.state import Overtaken, State
from shopkeeper.mail.ports import STATUS_HOLDS_FOR

KIND, STATE, GRAPH = "journey", "journey.state", "graph"
MOST_REMEMBERED = 200


class Journeys:
    def __init__(self, dynamodb: Any, table: str, now: Clock) -> None:
        self._dynamodb, self._table, self._clock = dynamodb, table, now
        self._graphs: dict[tuple[str, int], Graph] = {}
        self._told: tuple[datetime, dict[str, State]] | None = None

    @classmethod
    def from_env(cls) -> "Journeys":
        return cls(client("dynamodb"), os.environ["DEFINITIONS_TABLE"], Clock())

    def graph(self, journey: str, version: int) -> Graph:
        """Raises LookupError for a version that is not there, Unavailable."""
        key = (journey, version)
        if key not in self._graphs:
            found = read(self._dynamodb, self._table, items.key(KIND, items.name(journey, version)))
            if not found or GRAPH not in found:
                raise LookupError(f"there is no version {version} of journey {journey}")
            if len(self._graphs) >= MOST_REMEMBERED:
                del self._graphs[next(iter(self._graphs))]
            self._graphs[key] = graph.from_json(found[GRAPH]["S"])
        return self._graphs[key]

    def states(self) -> dict[str, State]:
        """Of all that were ever published, by their ids, as it was at most two seconds ago. Raises Unavailable."""
        now = self._clock.now()
        if self._told is None or not self._told[0] <= now < self._told[0] + STATUS_HOLDS_FOR:
            self._told = now, {each.journey: each for each in self._all()}
        return self._told[1]

    def forget(self) -> None:
        """How journeys stand is read anew when it is asked for next."""
        self._told = None

    def fresh(self) -> dict[str, State]:
        """The same as they are now. Raises Unavailable."""
        self._told = None
        return self.states()

    def state(self, journey: str) -> State | None:
        """As it stands now; None for one that was never published. Raises Unavailable."""
        found = read(self._dynamodb, self._table, items.key(STATE, journey))
        return state.from_json(found["state"]["S"]) if found else None

    def put(self, wanted: State) -> None:
        """In the place of the revision before. Raises Overtaken, Unavailable."""
        item = {
            **items.key(STATE, wanted.journey),
            "state": {"S": state.to_json(wanted)},
            "revision": {"N": str(wanted.revision)},
            "schema": {"N": str(items.SCHEMA)},
        }
        revisions.put(self._dynamodb, self._table, item, Overtaken)
        self.forget()

    def _all(self) -> Iterator[State]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="kind = :kind",
            ExpressionAttributeValues={":kind": {"S": STATE}},
            ConsistentRead=True,
        )
        with outages_named():
            for page in pages:
                yield from (state.from_json(item["state"]["S"]) for item in page["Items"])
