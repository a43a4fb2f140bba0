"""The bucket that paces all letters, in the Records table under `pace#letters`."""

import os
from dataclasses import replace
from typing import Any

import msgspec

from shopkeeper.aws import revisions
from shopkeeper.aws.clients import client, outages_named
from shopkeeper.mail.pacing import Bucket, Overtaken

SCHEMA = 1
KEY = {"record": {"S": "pace#letters"}}


class Buckets:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    @classmethod
    def from_env(cls) -> "Buckets":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"])

    def get(self) -> Bucket:
        """Read consistently; an empty one before the first mail. Raises Unavailable."""
        with outages_named():
            found = self._dynamodb.get_item(TableName=self._table, Key=KEY, ConsistentRead=True)
        if "Item" not in found:
            return Bucket()
        held = msgspec.json.decode(found["Item"]["bucket"]["S"], type=Bucket)
        return replace(held, revision=int(found["Item"]["revision"]["N"]))

    def put(self, bucket: Bucket) -> None:
        """Raises Overtaken, Unavailable."""
        numbers = {"revision": {"N": str(bucket.revision)}, "schema": {"N": str(SCHEMA)}}
        row = {**KEY, "bucket": {"S": msgspec.json.encode(bucket).decode()}, **numbers}
        revisions.put(self._dynamodb, self._table, row, Overtaken)
