"""The Definitions table: write keys and link tables, as text attributes under a kind and an id."""

import os
from datetime import datetime, timedelta
from typing import Any, cast

from botocore.exceptions import ClientError

from shopkeeper import clock
from shopkeeper.aws.clients import client, outages_named
from shopkeeper.clock import Clock
from shopkeeper.customer import write_keys
from shopkeeper.customer.write_keys import KeyKind, WriteKey

FRESH_FOR = timedelta(seconds=60)
SCHEMA = 1


class AlreadyThere(ValueError):
    """Definitions are immutable: another one stands under this kind and id."""


class Definitions:
    def __init__(self, dynamodb: Any, table: str, now: Clock) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._clock = now
        self._keys: dict[str, tuple[datetime, WriteKey]] = {}

    @classmethod
    def from_env(cls) -> "Definitions":
        return cls(client("dynamodb"), os.environ["DEFINITIONS_TABLE"], Clock())

    def write_key(self, text: str) -> WriteKey | None:
        """The key behind what a sender presents, if it exists and is not revoked. A revocation is seen within 60 s.

        What does not look like a key costs no read; neither does a key read less than 60 s ago. A key that is missing
        is asked for each time, so that a new one works at once.
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
        row = self.get("key", key_id)
        if row is None:
            self._keys.pop(key_id, None)
            return None
        key = _key_from(key_id, row)
        self._keys[key_id] = (now, key)
        return key

    def put_write_key(self, key: WriteKey) -> None:
        """Raises AlreadyThere."""
        self.put("key", key.id, key_kind=key.kind, name=key.name, created_at=clock.to_text(key.created_at))

    def revoke_write_key(self, key_id: str) -> bool:
        """False if there is no such key. A key revoked before keeps its first instant."""
        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key=_key("key", key_id),
                UpdateExpression="SET revoked_at = if_not_exists(revoked_at, :now)",
                ConditionExpression="attribute_exists(id)",
                ExpressionAttributeValues={":now": {"S": clock.to_text(self._clock.now())}},
            )
        except ClientError as error:
            if not _condition_failed(error):
                raise
            return False
        self._keys.pop(key_id, None)
        return True

    def list_write_keys(self) -> list[WriteKey]:
        """Revoked ones too, oldest first."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="kind = :kind",
            ExpressionAttributeValues={":kind": {"S": "key"}},
            ConsistentRead=True,
        )
        rows = [_texts(item) for page in pages for item in page["Items"]]
        return sorted((_key_from(row["id"], row) for row in rows), key=lambda key: (key.created_at, key.id))

    def get(self, kind: str, definition_id: str) -> dict[str, str] | None:
        """Raises Unavailable when the table cannot be asked."""
        with outages_named():
            found = self._dynamodb.get_item(TableName=self._table, Key=_key(kind, definition_id), ConsistentRead=True)
        return _texts(found["Item"]) if "Item" in found else None

    def put(self, kind: str, definition_id: str, **texts: str) -> None:
        """Raises AlreadyThere unless what stands there is the same."""
        attributes = {name: {"S": value} for name, value in texts.items()}
        item = {**attributes, **_key(kind, definition_id), "schema": {"N": str(SCHEMA)}}
        try:
            self._dynamodb.put_item(TableName=self._table, Item=item, ConditionExpression="attribute_not_exists(id)")
        except ClientError as error:
            if not _condition_failed(error):
                raise
            if self.get(kind, definition_id) != _texts(item):
                raise AlreadyThere(f"{kind} {definition_id}") from None


def _key(kind: str, definition_id: str) -> dict[str, dict[str, str]]:
    return {"kind": {"S": kind}, "id": {"S": definition_id}}


def _texts(item: dict[str, dict[str, str]]) -> dict[str, str]:
    return {name: value["S"] for name, value in item.items() if "S" in value}


def _condition_failed(error: ClientError) -> bool:
    return bool(error.response["Error"]["Code"] == "ConditionalCheckFailedException")


def _key_from(key_id: str, row: dict[str, str]) -> WriteKey:
    revoked_at = row.get("revoked_at")
    return WriteKey(
        id=key_id,
        kind=cast(KeyKind, row["key_kind"]),
        name=row["name"],
        created_at=clock.from_text(row["created_at"]),
        revoked_at=clock.from_text(revoked_at) if revoked_at else None,
    )
