"""The Customers table. `put_of` is the one way in which a document is written."""

import os
from collections.abc import Collection
from typing import Any

from shopkeeper.aws import batches, due, pages
from shopkeeper.aws.clients import client, outages_named
from shopkeeper.aws.writes import answers_named
from shopkeeper.customer.document import Stored
from shopkeeper.customer.store.ports import StoreError

_PAGE = 1000  # customers; most pages end earlier, at 1 MB.


class Customers:
    """`shards` is how many the due index has."""

    def __init__(self, dynamodb: Any, table: str, shards: int = 1) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._shards = shards

    @classmethod
    def from_env(cls) -> "Customers":
        return cls(client("dynamodb"), os.environ["CUSTOMERS_TABLE"], due.shards())

    def load(self, customer_ids: Collection[str]) -> dict[str, Stored]:
        """By id, read consistently; those of whom nothing is stored are left out."""
        keys = [{"customer_id": {"S": customer_id}} for customer_id in sorted(set(customer_ids))]
        found = batches.read_all(pages.Keyed(self._dynamodb), self._table, keys)
        return {stored.customer_id: stored for stored in found}

    def page(
        self, segment: int, segments: int, after: str = "", limit: int | None = None, *, is_consistent: bool = True
    ) -> tuple[list[Stored], str]:
        """Of one of the `segments` slices of the table, from behind the customer `after`; and what to pass next, "" at
        the end. Without `pending`, which only says what was folded last. Of what is not read consistently, some may
        stand as it did a moment ago, for half the price. Raises Unavailable."""
        start = {"ExclusiveStartKey": {"customer_id": {"S": after}}} if after else {}
        with outages_named():
            return pages.scan(
                self._dynamodb,
                TableName=self._table,
                Segment=segment,
                TotalSegments=segments,
                Limit=limit or _PAGE,
                ConsistentRead=is_consistent,
                ProjectionExpression="customer_id, version, #document, measures, #schema, due_at",
                ExpressionAttributeNames={"#document": "document", "#schema": "schema"},
                **start,
            )

    def save(self, stored: Stored) -> None:
        """In the place of the version before. Raises Conflict, Refused, Unavailable."""
        with answers_named():
            self._dynamodb.put_item(**put_of(self._table, stored, self._shards))

    def save_all(self, stored: Collection[Stored]) -> dict[str, StoreError]:
        """Side by side, each by itself; by id why some were not: Conflict, Refused. Raises Unavailable, and then some
        may have been."""
        faults: dict[str, StoreError] = {}

        def save(each: Stored) -> None:
            try:
                self.save(each)
            except StoreError as problem:
                faults[each.customer_id] = problem

        batches.side_by_side(save, list(stored))
        return faults


def put_of(table: str, stored: Stored, shards: int) -> dict[str, Any]:
    """The put that takes the place of the version before, alone or in a transaction."""
    is_new = stored.version == 1
    condition = "attribute_not_exists(customer_id)" if is_new else "version = :before"
    before = {} if is_new else {"ExpressionAttributeValues": {":before": {"N": str(stored.version - 1)}}}
    return {"TableName": table, "Item": _item(stored, shards), "ConditionExpression": condition, **before}


def _item(stored: Stored, shards: int) -> dict[str, Any]:
    return {
        "customer_id": {"S": stored.customer_id},
        "version": {"N": str(stored.version)},
        "schema": {"N": str(stored.schema)},
        "document": {"S": stored.document},
        "measures": {"B": stored.measures},
        "pending": {"S": stored.pending},
        **due.waits(stored.customer_id, stored.due_at, shards),
    }


def stored_of(item: dict[str, Any]) -> Stored:
    """Of an item as the table or a record of its stream holds it. Raises KeyError where an attribute is missing."""
    return Stored(
        customer_id=item["customer_id"]["S"],
        version=int(item["version"]["N"]),
        document=item["document"]["S"],
        measures=item["measures"]["B"],
        pending=item["pending"]["S"],
        schema=int(item["schema"]["N"]),
        due_at=item.get("due_at", {}).get("S", ""),
    )
