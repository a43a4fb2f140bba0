"""DynamoDB in memory, with what each call would be billed: the units are counted by Amazon's own rules.

A strongly consistent read takes a unit (RRU) for each 4 KB of an item, begun or not there at all; a write takes a unit
(WRU) for each KB of the larger of what was there and what takes its place, twice that in a transaction, and another
one for each KB of an entry that goes from an index or comes into it. A write whose condition fails takes what it would
have taken. It knows the calls that storing interactions, waking customers and journeys make, and no
other.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any

from botocore.exceptions import ClientError

Item = dict[str, Any]
KEYS = {
    "CustomersTable": ("customer_id",),
    "InteractionsTable": ("subject", "message_id"),
    "IdentitiesTable": ("identity",),
    "SendsTable": ("send_id",),
    "DefinitionsTable": ("kind", "id"),
    "RecordsTable": ("record",),
    "RunsTable": ("customer_id", "journey"),
}
INDEXES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "InteractionsTable": (("subject", "message_id", "at"),),
    "CustomersTable": (("customer_id", "due_shard", "due_at"),),
    "RunsTable": (("customer_id", "journey", "due_shard", "due_at"),),
}
"""What an entry of each index of a table holds, where all of it is there."""


class Refusal(ClientError):
    def __init__(self, code: str, operation: str, **more: Any) -> None:
        super().__init__({"Error": {"Code": code, "Message": ""}, **more}, operation)


class DynamoDB:
    """`calls` by operation; `reads` and `writes` are units by table."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[tuple[str, ...], Item]] = {name: {} for name in KEYS}
        self._lock = threading.RLock()
        self.meta = self.events = self
        self.reset()

    def register(self, *_: Any, **__: Any) -> None:
        """As of the client's events: whoever listens there for answers of the wire hears nothing."""

    def reset(self) -> None:
        """What was counted, not what is stored."""
        self.calls: Counter[str] = Counter()
        self.reads: Counter[str] = Counter()
        self.writes: Counter[str] = Counter()

    def batch_get_item(self, **asked_for: Any) -> Item:
        with self._lock:
            self.calls["BatchGetItem"] += 1
            found: dict[str, list[Item]] = {}
            for table, asked in asked_for["RequestItems"].items():
                held = [self.tables[table].get(_key(table, key)) for key in asked["Keys"]]
                self.reads[table] += sum(max(1, ceil(size(item) / 4096)) for item in held)
                found[table] = [item for item in held if item]
            return {"Responses": found, "UnprocessedKeys": {}}

    def get_item(self, **asked: Any) -> Item:
        with self._lock:
            self.calls["GetItem"] += 1
            held = self.tables[asked["TableName"]].get(_key(asked["TableName"], asked["Key"]))
            self.reads[asked["TableName"]] += max(1, ceil(size(held) / 4096))
            return {"Item": held} if held else {}

    def batch_write_item(self, **asked: Any) -> Item:
        with self._lock:
            self.calls["BatchWriteItem"] += 1
            for table, writes in asked["RequestItems"].items():
                for write in writes:
                    self._put(table, write["PutRequest"]["Item"])
            return {"UnprocessedItems": {}}

    def put_item(self, **put: Any) -> Item:
        with self._lock:
            self.calls["PutItem"] += 1
            held = self._held(put)
            if not _holds(put, held):
                self._bill(put["TableName"], held, put["Item"])
                asked = put.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
                raise Refusal("ConditionalCheckFailedException", "PutItem", **({"Item": held} if asked else {}))
            self._put(put["TableName"], put["Item"])
            return {}

    def update_item(self, **update: Any) -> Item:
        """As Settle makes it: attributes are set to values, and removed."""
        with self._lock:
            self.calls["UpdateItem"] += 1
            held = self._held(update)
            after = {**update["Key"], **held}
            sets, _, removes = update["UpdateExpression"].removeprefix("SET ").partition(" REMOVE ")
            for each in sets.split(", "):
                name, value = each.split(" = ")
                after[name] = update["ExpressionAttributeValues"][value]
            for name in removes.split(", "):
                after.pop(name, None)
            if not _holds(update, held):
                self._bill(update["TableName"], held, held)
                raise Refusal("ConditionalCheckFailedException", "UpdateItem", Item=held)
            self._put(update["TableName"], after)
            return {}

    def transact_write_items(self, **asked: Any) -> Item:
        with self._lock:
            self.calls["TransactWriteItems"] += 1
            puts = [each["Put"] for each in asked["TransactItems"]]
            failed = [not _holds(put, self._held(put)) for put in puts]
            if any(failed):
                reasons = [{"Code": "ConditionalCheckFailed" if each else "None"} for each in failed]
                raise Refusal("TransactionCanceledException", "TransactWriteItems", CancellationReasons=reasons)
            for put in puts:
                self._put(put["TableName"], put["Item"], times=2)
            return {}

    def query(self, **asked: Any) -> Item:
        (page,) = _Pages(self).paginate(**asked)
        return page

    def get_paginator(self, operation: str) -> "_Pages":
        assert operation == "query"
        return _Pages(self)

    def _held(self, put: Mapping[str, Any]) -> Item:
        """What stands where something is to be put, or updated."""
        return self.tables[put["TableName"]].get(_key(put["TableName"], put.get("Item") or put["Key"]), {})

    def _put(self, table: str, item: Item, times: int = 1) -> None:
        key = _key(table, item)
        self._bill(table, self.tables[table].get(key, {}), item, times)
        self.tables[table][key] = item

    def _bill(self, table: str, before: Item, after: Item, times: int = 1) -> None:
        self.writes[table] += times * max(1, ceil(max(size(before), size(after)) / 1024))
        for index in INDEXES.get(table, ()):
            gone, come = _entry(index, before), _entry(index, after)
            if gone != come:
                self.writes[f"{table}/index"] += times * (ceil(size(gone) / 1024) + ceil(size(come) / 1024))


class _Pages:
    def __init__(self, dynamodb: DynamoDB) -> None:
        self._dynamodb = dynamodb

    def paginate(self, **query: Any) -> Iterator[Item]:
        """All of one partition, or of those whose second key begins so, as one page."""
        db, table = self._dynamodb, query["TableName"]
        first, *_ = query["ExpressionAttributeValues"].values()
        rest = [value["S"] for value in query["ExpressionAttributeValues"].values()][1:]
        with db._lock:
            db.calls["Query"] += 1
            found = [
                item
                for key, item in db.tables[table].items()
                if key[0] == first["S"] and all(key[1].startswith(start) for start in rest)
            ]
            db.reads[table] += max(1, ceil(sum(map(size, found)) / 4096))
        yield {"Items": found}


def _key(table: str, item: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(item[name]["S"] for name in KEYS[table])


def _entry(index: tuple[str, ...], item: Item) -> Item:
    return {name: item[name] for name in index} if all(name in item for name in index) else {}


def _holds(put: Mapping[str, Any], held: Item) -> bool:
    """A condition as the adapters write them: terms joined by AND."""
    condition = put.get("ConditionExpression", "")
    return all(_term(term, put, held) for term in condition.split(" AND ") if term)


def _term(term: str, put: Mapping[str, Any], held: Item) -> bool:
    names = put.get("ExpressionAttributeNames", {})
    if term.startswith("attribute_"):
        verb, name = term.removesuffix(")").split("(")
        return (names.get(name, name) in held) == (verb == "attribute_exists")
    name, value = term.split(" = ")
    said = put["ExpressionAttributeValues"][value]
    if name.startswith("size("):
        return bool(len(held[name[5:-1]]["L"]) == int(said["N"]))
    return bool(held.get(names.get(name, name)) == said)


def size(item: Item | None) -> int:
    """In bytes, as it is billed: names and values."""
    return sum(len(name.encode()) + _value_size(value) for name, value in (item or {}).items())


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, said),) = value.items()
    if kind == "S":
        return len(said.encode())
    if kind == "B":
        return len(said)
    if kind == "N":
        return ceil(len(said.lstrip("-").replace(".", "").strip("0")) / 2) + 1
    if kind == "L":
        return 3 + sum(1 + _value_size(each) for each in said)
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + _value_size(each) for name, each in said.items())
    return 1
