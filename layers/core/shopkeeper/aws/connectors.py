"""Connectors among the definitions: what a marketer says of each; and how each stands, under `connector.state`."""

import os
from typing import Any

import msgspec

from shopkeeper.aws import definition_items as items
from shopkeeper.aws import revisions
from shopkeeper.aws.clients import client
from shopkeeper.aws.definitions import Definitions
from shopkeeper.aws.single import read
from shopkeeper.connect import connectors
from shopkeeper.connect.connectors import KIND, STATE, Endpoint, Overtaken, State

_decode = msgspec.json.Decoder(State).decode


class Connectors:
    def __init__(self, definitions: Definitions, dynamodb: Any, table: str) -> None:
        self._definitions, self._dynamodb, self._table = definitions, dynamodb, table

    @classmethod
    def from_env(cls, definitions: Definitions) -> "Connectors":
        return cls(definitions, client("dynamodb"), os.environ["DEFINITIONS_TABLE"])

    def endpoint(self, connector: str) -> Endpoint | None:
        """As it was defined at most a minute ago. Raises Unavailable."""
        found = self._definitions.current(KIND, connector)
        return connectors.endpoint(found[1]) if found else None

    def state(self, connector: str) -> State:
        """Read consistently. Raises Unavailable."""
        found = read(self._dynamodb, self._table, items.key(STATE, connector))
        return _decode(found["state"]["S"]) if found else State(connector=connector)

    def put(self, state: State) -> None:
        """In the place of the revision before. Raises Overtaken, Unavailable."""
        item = {
            **items.key(STATE, state.connector),
            "state": {"S": msgspec.json.encode(state).decode()},
            "revision": {"N": str(state.revision)},
            "schema": {"N": str(items.SCHEMA)},
        }
        revisions.put(self._dynamodb, self._table, item, Overtaken)
