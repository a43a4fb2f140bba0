"""Write keys in the Definitions table, under the kind `key`: text attributes, and never the key itself."""

import os
from datetime import datetime, timedelta
from typing import Any, cast

from botocore.exceptions import ClientError

from shopkeeper import clock
from shopkeeper.aws.clients import client, condition_failed, outages_named
from shopkeeper.clock import Clock
from shopkeeper.customer import write_keys
from shopkeeper.customer.write_keys import KeyKind, WriteKey

FRESH_FOR = timedelta(seconds=60)
SCHEMA = 1


class WriteKeys:
    def __init__(self, dynamodb: Any, table: str, now: Clock) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._clock = now
        self._keys: dict[str, tuple[datetime, WriteKey]] = {}

    @classmethod
    def from_env(cls) -> "WriteKeys":
        return cls(client("dynamodb"), os.environ["DEFINITIONS_TABLE"], Clock())

    def find(self, text: str) -> WriteKey | None:
        """The key behind what a sender presents, if it exists and is not revoked. A revocation is seen within 60 s.

        What does not look like a key costs no read; neither does a key read less than 60 s ago. A key that is missing
        is asked for each time, so that a new one works at once. Raises Unavailable.
        """
        if not write_keys.has_form(text):
            return None
        now = self._clock.now()
        key = self._recent(write_keys.key_id(text), now)
        return key if key and key.valid_at(now) else None

    def _recent(self, key_id: str, now: datetime) -> WriteKey | None:
        read_at, key = self._keys.get(key_id, (None, None))
        if read_at is not None and read_at <= now < read_at + FRESH_FOR:
            return key
        with outages_named():
            found = self._dynamodb.get_item(TableName=self._table, Key=_key(key_id), ConsistentRead=True)
        if "Item" not in found:
            self._keys.pop(key_id, None)
            return None
        key = _read(found["Item"])
        self._keys[key_id] = (now, key)
        return key

    def put(self, key: WriteKey) -> None:
        """Once a key is revoked, putting it again does not bring it back."""
        texts = {"key_kind": key.kind, "name": key.name, "created_at": clock.to_text(key.created_at)}
        item = {name: {"S": text} for name, text in texts.items()}
        item |= {**_key(key.id), "schema": {"N": str(SCHEMA)}}
        try:
            self._dynamodb.put_item(TableName=self._table, Item=item, ConditionExpression="attribute_not_exists(id)")
        except ClientError as error:
            if not condition_failed(error):
                raise

    def revoke(self, key_id: str) -> bool:
        """False if there is no such key. A key revoked before keeps its first instant."""
        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key=_key(key_id),
                UpdateExpression="SET revoked_at = if_not_exists(revoked_at, :now)",
                ConditionExpression="attribute_exists(id)",
                ExpressionAttributeValues={":now": {"S": clock.to_text(self._clock.now())}},
            )
        except ClientError as error:
            if not condition_failed(error):
                raise
            return False
        self._keys.pop(key_id, None)
        return True

    def listed(self) -> list[WriteKey]:
        """Revoked ones too, oldest first."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="kind = :kind",
            ExpressionAttributeValues={":kind": {"S": "key"}},
            ConsistentRead=True,
        )
        keys = [_read(item) for page in pages for item in page["Items"]]
        return sorted(keys, key=lambda key: (key.created_at, key.id))


def _key(key_id: str) -> dict[str, dict[str, str]]:
    return {"kind": {"S": "key"}, "id": {"S": key_id}}


def _read(item: dict[str, dict[str, str]]) -> WriteKey:
    row = {name: value["S"] for name, value in item.items() if "S" in value}
    revoked_at = row.get("revoked_at")
    return WriteKey(
        id=row["id"],
        kind=cast(KeyKind, row["key_kind"]),
        name=row["name"],
        created_at=clock.from_text(row["created_at"]),
        revoked_at=clock.from_text(revoked_at) if revoked_at else None,
    )
