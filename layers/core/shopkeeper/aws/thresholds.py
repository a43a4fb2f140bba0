"""Where the fifths of all customers part, by day: items of the Definitions table that never change."""

import os
from typing import Any

import msgspec

from shopkeeper.aws.clients import client, outages_named
from shopkeeper.aws.definition_items import key
from shopkeeper.aws.single import read
from shopkeeper.customer.rfm import Thresholds

KIND = "rfm"
SCHEMA = 1

_decoder = msgspec.json.Decoder(Thresholds)


class RfmThresholds:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table
        self._read: dict[str, Thresholds] = {}

    @classmethod
    def from_env(cls) -> "RfmThresholds":
        return cls(client("dynamodb"), os.environ["DEFINITIONS_TABLE"])

    def keep(self, thresholds: Thresholds) -> None:
        """Raises Unavailable."""
        text = msgspec.json.encode(thresholds).decode()
        with outages_named():
            self._dynamodb.put_item(
                TableName=self._table,
                Item=key(KIND, thresholds.day) | {"thresholds": {"S": text}, "schema": {"N": str(SCHEMA)}},
            )

    def load(self, day: str) -> Thresholds | None:
        """Read once in a process. Raises Unavailable."""
        if day not in self._read:
            found = read(self._dynamodb, self._table, key(KIND, day))
            if found is None:
                return None
            self._read = {day: _decoder.decode(found["thresholds"]["S"])}
        return self._read[day]
