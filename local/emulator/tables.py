"""DynamoDB: moto's tables, with queries that read one partition, and streams as AWS writes them."""

from base64 import b64encode
from copy import copy
from inspect import signature
from typing import Any

from botocore.model import StructureShape
from moto.core.serialize import ResponseSerializer
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, LimitedSizeDict
from moto.dynamodb.models.table import Item, StreamRecord, StreamShard, Table

from local.emulator.account import ACCOUNT, REGION
from local.emulator.seam import Seam

_query = Table.query
_set_attribute = LimitedSizeDict.__setitem__
_SURELY_SMALL = 100_000
_structure = ResponseSerializer._serialize_type_structure
_signature = signature(Table.query)


def query(self: Table, hash_key: Any, *others: Any, **options: Any) -> Any:
    """As moto's, which sorts and walks the whole table; where the key is the table's own, one partition is enough."""
    wanted = _signature.bind(self, hash_key, *others, **options).arguments
    index = wanted.get("index_name")
    if index is None or index in {local.name for local in self.indexes}:
        partition = copy(self)
        partition.items = {key: self.items[key] for key in [hash_key] if key in self.items}
        return _query(partition, hash_key, *others, **options)
    return _query(self, hash_key, *others, **options)


def record_change(self: StreamShard, old: Item | None, new: Item | None) -> None:
    """A stream record, unless nothing changed: AWS writes none then, moto does. moto also calls functions here."""
    if old is not None and new is not None and old.attrs == new.attrs:
        return
    name = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
    number = self.starting_sequence_number + len(self.items)
    view = self.table.stream_specification["StreamViewType"]
    self.items.append(StreamRecord(self.table, view, name, old, new, number))


def structure(self: ResponseSerializer, serialized: Any, value: Any, shape: StructureShape, key: str) -> None:
    """As moto's, which tries several spellings of all ten types for each attribute value that is read."""
    if shape.name != "AttributeValue" or not isinstance(value, dict) or len(value) != 1:
        _structure(self, serialized, value, shape, key)
        return
    [(kind, content)] = value.items()
    wrapper: dict[str, Any] = {}
    self._serialize(wrapper, content, shape.members[kind], kind)
    self._default_serialize(serialized, wrapper, shape, key)


def set_attribute(self: LimitedSizeDict, name: str, value: Any) -> None:
    """As moto's, which weighs the whole item for each attribute; ours does that only for one that may be too big.

    What is added up here never shrinks, so it is never less than the size of the item.
    """
    self.weight = getattr(self, "weight", 0) + len(name) + (value.size() if isinstance(value, DynamoType) else 0)
    if self.weight < _SURELY_SMALL:
        dict.__setitem__(self, name, value)
    else:
        _set_attribute(self, name, value)


def table(name: str) -> Table:
    return dynamodb_backends[ACCOUNT][REGION].tables[name]


def count_rows(name: str) -> int:
    items = table(name).items
    return sum(len(found) if table(name).range_key_attr else 1 for found in list(items.values()))


def partition(name: str, key: str) -> dict[Any, Any]:
    """The rows under one hash key, as `restore` takes them."""
    return {found: rows for found, rows in table(name).items.items() if found.value == key}


def restore(name: str, rows: dict[Any, Any]) -> None:
    table(name).items.update(rows)


def texts(name: str, **key: str) -> dict[str, str]:
    """The attributes of a row that are text; empty if there is no such row."""
    found = table(name)
    names = (found.hash_key_attr, found.range_key_attr)
    row = found.get_item(*(DynamoType({"S": key[each]}) for each in names if each))
    return {each: value.value for each, value in row.attrs.items() if value.type == "S"} if row else {}


def first_in(name: str, index: str) -> str | None:
    """The least range key in an index, over all its partitions."""
    [found] = [each for each in table(name).global_indexes if each.name == index]
    keys = {part["AttributeName"]: part["KeyType"] for part in found.schema}
    last = next(key for key, kind in keys.items() if kind == "RANGE")
    rows = (row.attrs for row in table(name).all_items())
    return min((row[last].value for row in rows if keys.keys() <= row.keys()), default=None)


def stream_records(name: str, start: int, count: int) -> list[dict[str, Any]]:
    """Up to `count` records of a table's stream, as Lambda gets them, from the `start`-th since the beginning."""
    shard = table(name).stream_shard
    return [_as_lambda_gets_it(item.record, table(name)) for item in shard.items[start : start + count]]


def shard_id(name: str) -> str:
    return table(name).stream_shard.id


def _as_lambda_gets_it(record: dict[str, Any], source: Table) -> dict[str, Any]:
    change = record["dynamodb"]
    created = int(change["ApproximateCreationDateTime"].timestamp())
    arn = f"{source.table_arn}/stream/{source.latest_stream_label}"
    dynamodb = _plain(change | {"ApproximateCreationDateTime": created})
    return record | {"awsRegion": REGION, "eventSourceARN": arn, "eventVersion": "1.1", "dynamodb": dynamodb}


def _plain(value: Any) -> Any:
    """Binary values in base64, as JSON has no other way."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return b64encode(value).decode() if isinstance(value, bytes) else value


SEAMS = [
    Seam(ResponseSerializer, "_serialize_type_structure", structure, "moto's is slow on rows"),
    Seam(LimitedSizeDict, "__setitem__", set_attribute, "moto weighs the whole item for each of its attributes"),
    Seam(Table, "query", query, "moto sorts the whole table for each query"),
    Seam(StreamShard, "add", record_change, "moto records changes that change nothing, and calls functions itself"),
]
