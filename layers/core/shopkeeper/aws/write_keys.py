"""Write keys in the Definitions table, under the kind `key`: text attributes, and never the key itself."""

import json
import os
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from botocore.exceptions import ClientError

from shopkeeper import clock
from shopkeeper.aws import definition_items, transactions
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

    def get(self, key_id: str) -> WriteKey | None:
        """As it is at this moment, revoked or not."""
        found = self._dynamodb.get_item(TableName=self._table, Key=_key(key_id), ConsistentRead=True)
        return _read(found["Item"]) if "Item" in found else None

    def put(self, key: WriteKey) -> None:
        """Once a key is revoked, putting it again does not bring it back."""
        self._write(self._dynamodb.put_item, key.id, **_new(key))

    def settle(self, key: WriteKey) -> bool:
        """Its name, and what it may do, as given here. False if there is no such key."""
        texts = _texts(key)
        return self._update(
            key.id,
            "SET #name = :name, origins = :origins, events = :events, messages = :messages",
            "attribute_exists(id)",
            {name: texts[name] for name in ("name", "origins", "events", "messages")},
            ExpressionAttributeNames={"#name": "name"},
        )

    def revoke(self, key_id: str) -> bool:
        """False if there is no such key. A key revoked before keeps its first instant; one that was to end ends now."""
        now = clock.to_text(self._clock.now())
        if self._update(key_id, "SET revoked_at = :now", f"attribute_exists(id) AND {_WORKS}", {"now": now}):
            return True
        return self.get(key_id) is not None

    def rotate(self, old: WriteKey, new: WriteKey, ends_at: datetime | None) -> bool:
        """Puts the new key and lets the old one name it, both or neither. `ends_at` is when the old one stops.

        False if the old key is no longer as it was read.
        """
        values = {"new": new.id, "before": old.successor, "now": clock.to_text(self._clock.now())}
        values |= {"end": clock.to_text(ends_at)} if ends_at else {}
        move = {
            "Key": _key(old.id),
            "UpdateExpression": "SET successor = :new" + (", revoked_at = :end" if ends_at else ""),
            "ConditionExpression": f"{_WORKS} AND (attribute_not_exists(successor) OR successor = :before)",
            "ExpressionAttributeValues": _values(values),
        }
        put, update = (
            {verb: {"TableName": self._table, **how}} for verb, how in (("Put", _new(new)), ("Update", move))
        )
        if transactions.refusals(self._dynamodb, [put, update]):
            return False
        self._keys.pop(old.id, None)
        return True

    def _update(self, key_id: str, change: str, condition: str, values: dict[str, str], **more: Any) -> bool:
        how = {
            "UpdateExpression": change,
            "ConditionExpression": condition,
            "ExpressionAttributeValues": _values(values),
        }
        return self._write(self._dynamodb.update_item, key_id, Key=_key(key_id), **how, **more)

    def _write(self, write: Callable[..., Any], key_id: str, **how: Any) -> bool:
        """False if the condition does not hold."""
        try:
            write(TableName=self._table, **how)
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


_WORKS = "(attribute_not_exists(revoked_at) OR revoked_at > :now)"


def _key(key_id: str) -> definition_items.Item:
    return definition_items.key("key", key_id)


def _values(texts: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {f":{name}": {"S": text} for name, text in texts.items()}


def _new(key: WriteKey) -> dict[str, Any]:
    item = {name: {"S": text} for name, text in _texts(key).items()}
    item |= {**_key(key.id), "schema": {"N": str(SCHEMA)}}
    return {"Item": item, "ConditionExpression": "attribute_not_exists(id)"}


def _texts(key: WriteKey) -> dict[str, str]:
    texts = {
        "key_kind": key.kind,
        "name": key.name,
        "created_at": clock.to_text(key.created_at),
        "origins": json.dumps(key.origins),
        "events": json.dumps(key.events),
        "messages": json.dumps(key.messages),
    }
    return texts | ({"predecessor": key.predecessor} if key.predecessor else {})


def _read(item: dict[str, dict[str, str]]) -> WriteKey:
    row = {name: value["S"] for name, value in item.items() if "S" in value}
    revoked_at = row.get("revoked_at")
    return WriteKey(
        id=row["id"],
        kind=cast(KeyKind, row["key_kind"]),
        name=row["name"],
        created_at=clock.from_text(row["created_at"]),
        revoked_at=clock.from_text(revoked_at) if revoked_at else None,
        origins=tuple(json.loads(row.get("origins", "[]"))),
        events=tuple(json.loads(row.get("events", "[]"))),
        successor=row.get("successor", ""),
        predecessor=row.get("predecessor", ""),
        messages=json.loads(row.get("messages", "false")),
    )
