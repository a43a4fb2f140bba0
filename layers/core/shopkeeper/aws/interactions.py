"""The Interactions table: one immutable row per interaction, and what rows leave beside themselves.

Beside rows there are facts and claims of orders, see `aws.orders`, and under `retracted:<subject>` the message ids of
what was taken back. None of them has `at`, so none is in the index of the timeline.
"""

import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from typing import Any

import msgspec

from shopkeeper import clock
from shopkeeper.aws import batches, orders
from shopkeeper.aws.clients import client
from shopkeeper.aws.writes import answers_named
from shopkeeper.customer import traces
from shopkeeper.customer.retractions import RETRACTED
from shopkeeper.customer.rows import Key, Row
from shopkeeper.customer.store.ports import Conflict, NotTaken, Refused

SCHEMA = 1
_RETRACTED = "retracted:"
_DAY = 24 * 60 * 60  # seconds
_TEXTS = ("name", "said_at", "origin", "customer_id", "folded_at", "unfolded", "order", "order_owner")
_ALWAYS = ("subject", "message_id", "at", "received_at", "type", "source")


class Interactions:
    """Rows of what files and orders say are kept for good, all others for `days` from the day they were received."""

    def __init__(self, dynamodb: Any, table: str, days: int) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._kept_for = days * _DAY

    @classmethod
    def from_env(cls) -> "Interactions":
        # Who only reads rows is not told how long they are kept.
        days = int(os.environ.get("INTERACTION_DAYS", "90"))
        return cls(client("dynamodb"), os.environ["INTERACTIONS_TABLE"], days)

    def existing(self, keys: Collection[Key]) -> dict[Key, str]:
        """Those that have a row, each with why it has no part in any document, "" if it has. Read consistently."""
        found = self._some(keys, "unfolded")
        return {_key_of(item): item["unfolded"]["S"] if "unfolded" in item else "" for item in found}

    def retracted(self, keys: Collection[Key]) -> set[Key]:
        """Those that a row takes back. Read consistently."""
        found = self._some([(_RETRACTED + subject, message_id) for subject, message_id in keys])
        return {(subject.removeprefix(_RETRACTED), message_id) for subject, message_id in map(_key_of, found)}

    def _some(self, keys: Collection[Key], *attributes: str) -> Iterator[dict[str, Any]]:
        """Of the items of these keys, the keys and these attributes."""
        return batches.read_all(
            self._dynamodb,
            self._table,
            [_key(key) for key in sorted(set(keys))],
            ProjectionExpression=", ".join(("#subject", "message_id", *attributes)),
            ExpressionAttributeNames={"#subject": "subject"},
        )

    def put(self, rows: Collection[Row]) -> None:
        """What each leaves beside itself first. Raises NotTaken."""
        traced = {row.key: _traces(row) for row in rows}
        untraced = self._put_all([item for items in traced.values() for item in items])
        refused = {key for key, items in traced.items() if any(_key_of(item) in untraced for item in items)}
        refused |= {row.key for row in rows if row.key not in refused and not self._mark(row)}
        refused |= self._put_all([self._item(row) for row in rows if row.key not in refused])
        if refused:
            raise NotTaken(refused)

    def _put_all(self, items: Sequence[dict[str, Any]]) -> set[Key]:
        """The keys of those that were not taken."""
        by_key = {_key_of(item): item for item in items}
        return {_key_of(item) for item in batches.put_all(self._dynamodb, self._table, list(by_key.values()))}

    def _mark(self, row: Row) -> bool:
        """Where what a row takes back has not come yet, a row in its place says so. False if that was not taken."""
        target = traces.retracted_by(row)
        if target is None:
            return True
        mark = {**_key(target), "unfolded": {"S": RETRACTED}, "schema": {"N": str(SCHEMA)}}
        try:
            self._put_where(_ABSENT, mark)
        except Refused:
            return False
        return True

    def put_if_absent(self, row: Row) -> None:
        """Also in the place of a mark that it was retracted before it came. Raises Refused, Unavailable."""
        marked = {"ExpressionAttributeValues": {":retracted": {"S": RETRACTED}}}
        self._put_where(f"{_ABSENT} OR unfolded = :retracted", self._item(row), **marked)

    def _put_where(self, condition: str, item: dict[str, Any], **values: Any) -> None:
        with suppress(Conflict), answers_named():
            self._dynamodb.put_item(TableName=self._table, Item=item, ConditionExpression=condition, **values)

    def under(self, subject: str) -> Iterator[list[Row]]:
        """All rows of one subject, page by page, in no order that says anything, read consistently."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="#subject = :subject",
            ExpressionAttributeNames={"#subject": "subject"},
            ExpressionAttributeValues={":subject": {"S": subject}},
            ConsistentRead=True,
        )
        for found in pages:
            yield [_row(item) for item in found["Items"] if "at" in item]

    def newest(self, subject: str, until: str, page: int) -> Iterator[Row]:
        """The rows of one subject, newest first, from the instant `until` on backwards, all if that is empty.

        Rows of one instant come in no order. Read `page` at a time, only as far as is asked for.
        """
        condition, values = "#subject = :subject", {":subject": {"S": subject}}
        if until:
            condition, values = f"{condition} AND #at <= :until", values | {":until": {"S": until}}
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="by_at",
            KeyConditionExpression=condition,
            ExpressionAttributeNames={"#subject": "subject"} | ({"#at": "at"} if until else {}),
            ExpressionAttributeValues=values,
            ScanIndexForward=False,
            PaginationConfig={"PageSize": page},
        )
        for found in pages:
            yield from self.rows([_key_of(item) for item in found["Items"]])

    def rows(self, keys: Sequence[Key]) -> Iterator[Row]:
        """In the order of the keys, each of which may be named once. One that has no row, or no more, is left out."""
        items = batches.read_all(self._dynamodb, self._table, [_key(key) for key in keys])
        rows = {row.key: row for row in (_row(item) for item in items if "at" in item)}
        yield from (rows[key] for key in keys if key in rows)

    def _item(self, row: Row) -> dict[str, Any]:
        item: dict[str, Any] = {
            "subject": {"S": row.subject},
            "message_id": {"S": row.message_id},
            "at": {"S": row.at},
            "received_at": {"S": row.received_at},
            "type": {"S": row.type},
            "source": {"S": row.source},
            "trusted": {"BOOL": row.trusted},
            "body": {"S": str(row.body, "utf-8")},
            "schema": {"N": str(row.schema)},
        }
        for name in _TEXTS:
            if text := getattr(row, name):
                item[name] = {"S": text}
        if row.version:
            item["version"] = {"N": str(row.version)}
        if not row.is_kept_for_good:
            item["expires_at"] = {"N": str(int(clock.from_text(row.received_at).timestamp()) + self._kept_for)}
        return item


_ABSENT = "attribute_not_exists(message_id)"


def _traces(row: Row) -> list[dict[str, Any]]:
    order, target = traces.of_order(row), traces.retracted_by(row)
    items = [orders.trace_item(order)] if order else []
    if target:
        items.append({**_key((_RETRACTED + target[0], target[1])), "schema": {"N": str(SCHEMA)}})
    return items


def _key(key: Key) -> dict[str, Any]:
    return {"subject": {"S": key[0]}, "message_id": {"S": key[1]}}


def _key_of(item: dict[str, Any]) -> Key:
    return item["subject"]["S"], item["message_id"]["S"]


def _row(item: dict[str, Any]) -> Row:
    texts = {name: item[name]["S"] for name in (*_ALWAYS, *_TEXTS) if name in item}
    return Row(
        **texts,
        trusted=item["trusted"]["BOOL"],
        body=msgspec.Raw(item["body"]["S"].encode()),
        version=int(item["version"]["N"]) if "version" in item else 0,
        schema=int(item["schema"]["N"]),
    )
