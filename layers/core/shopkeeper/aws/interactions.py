"""The Interactions table: one immutable row per interaction, and the claims of orders."""

import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, cast

import msgspec
from botocore.exceptions import ClientError

from shopkeeper import clock
from shopkeeper.aws import batches
from shopkeeper.aws.clients import client
from shopkeeper.aws.writes import answers_named
from shopkeeper.customer.rows import Key, Row
from shopkeeper.customer.store.ports import Conflict, NotTaken

_TEXTS = ("name", "said_at", "origin", "customer_id", "folded_at", "unfolded")
_ALWAYS = ("subject", "message_id", "at", "received_at", "type", "source")


class Interactions:
    """Rows of what files and orders say are kept for good, all others for `days` from the day they were received."""

    def __init__(self, dynamodb: Any, table: str, days: int) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._kept_for = timedelta(days=days)

    @classmethod
    def from_env(cls) -> "Interactions":
        # Who only reads rows is not told how long they are kept.
        days = int(os.environ.get("INTERACTION_DAYS", "90"))
        return cls(client("dynamodb"), os.environ["INTERACTIONS_TABLE"], days)

    def existing(self, keys: Collection[Key]) -> set[Key]:
        """Those that have a row, read consistently."""
        found = batches.read_all(
            self._dynamodb,
            self._table,
            [_key(key) for key in sorted(set(keys))],
            ProjectionExpression="#subject, message_id",
            ExpressionAttributeNames={"#subject": "subject"},
        )
        return {_key_of(item) for item in found}

    def put(self, rows: Collection[Row]) -> None:
        """Raises NotTaken."""
        items = {row.key: self._item(row) for row in rows}
        if refused := batches.put_all(self._dynamodb, self._table, list(items.values())):
            raise NotTaken([_key_of(item) for item in refused])

    def put_if_absent(self, row: Row) -> None:
        """Raises Refused, Unavailable."""
        with suppress(Conflict), answers_named():
            self._dynamodb.put_item(TableName=self._table, Item=self._item(row), ConditionExpression=_ABSENT)

    def claim(self, order: str, customer_id: str, by: Key) -> Key:
        """The interaction that counts this order: the first one to claim it, now or before.

        Raises Refused, Unavailable.
        """
        claim: dict[str, Any] = {
            "subject": {"S": order},
            "message_id": {"S": "claim"},
            "customer_id": {"S": customer_id},
            "by": {"L": [{"S": part} for part in by]},
            "schema": {"N": "1"},
        }
        try:
            with answers_named():
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item=claim,
                    ConditionExpression=_ABSENT,
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except Conflict as held:
            claim = cast(ClientError, held.__cause__).response["Item"]
        return _claimed_by(claim)

    def claims(self, orders: Collection[str]) -> dict[str, Key]:
        """The interaction that counts each order, read consistently; those nobody claimed are left out."""
        keys = [_key((order, "claim")) for order in sorted(set(orders))]
        return {item["subject"]["S"]: _claimed_by(item) for item in batches.read_all(self._dynamodb, self._table, keys)}

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
            yield [_row(item) for item in found["Items"]]

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
        rows = {row.key: row for row in map(_row, items)}
        yield from (rows[key] for key in keys if key in rows)

    def _item(self, row: Row) -> dict[str, Any]:
        item: dict[str, Any] = {name: {"S": getattr(row, name)} for name in _ALWAYS}
        item |= {name: {"S": text} for name in _TEXTS if (text := getattr(row, name))}
        item |= {
            "trusted": {"BOOL": row.trusted},
            "body": {"S": bytes(row.body).decode()},
            "schema": {"N": str(row.schema)},
        }
        if row.version:
            item["version"] = {"N": str(row.version)}
        if not row.is_kept_for_good:
            expires = clock.from_text(row.received_at) + self._kept_for
            item["expires_at"] = {"N": str(int(expires.timestamp()))}
        return item


_ABSENT = "attribute_not_exists(message_id)"


def _key(key: Key) -> dict[str, Any]:
    return {"subject": {"S": key[0]}, "message_id": {"S": key[1]}}


def _claimed_by(claim: dict[str, Any]) -> Key:
    subject, message_id = (part["S"] for part in claim["by"]["L"])
    return subject, message_id


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
