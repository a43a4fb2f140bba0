"""What the Interactions table knows of orders: whose each is, and every fact about it.

`order:<order id>`, `claim` says whose it is. `orders:<customer id>` has a small row for each fact of their orders, by
`<order>/<subject>/<message id>`, or a digest in the place of what is too long.
"""

import os
from collections.abc import Iterator
from typing import Any, cast

import msgspec
from botocore.exceptions import ClientError

from shopkeeper import ids
from shopkeeper.aws.clients import client, outages_named
from shopkeeper.aws.writes import answers_named
from shopkeeper.customer.orders import Fact
from shopkeeper.customer.store.ports import Claim, Conflict
from shopkeeper.customer.traces import OrderTrace

SCHEMA = 1
_LONGEST_KEY = 1024  # bytes
_facts = msgspec.json.Decoder(Fact)


class Orders:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    @classmethod
    def from_env(cls) -> "Orders":
        return cls(client("dynamodb"), os.environ["INTERACTIONS_TABLE"])

    def claim(self, order: str, customer_id: str) -> Claim:
        """For the first one to ask, now or before. Raises Refused, Unavailable."""
        claim = {
            "subject": {"S": f"order:{order}"},
            "message_id": {"S": "claim"},
            "customer_id": {"S": customer_id},
            "schema": {"N": str(SCHEMA)},
        }
        try:
            with answers_named():
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item=claim,
                    ConditionExpression="attribute_not_exists(message_id)",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except Conflict as held:
            stands = cast(ClientError, held.__cause__).response["Item"]
            return Claim(stands["customer_id"]["S"], is_new=False)
        return Claim(customer_id, is_new=True)

    def facts(self, owner: str, order: str) -> list[Fact]:
        """Of one order of this customer, as far as they have rows. Read consistently. Raises Unavailable."""
        return [fact for name, fact in self._query(owner, order) if name == order]

    def all_facts(self, owner: str) -> Iterator[tuple[str, Fact]]:
        """Each with the name of its order, only as far as is asked for. Read consistently. Raises Unavailable."""
        return self._query(owner)

    def _query(self, owner: str, order: str = "") -> Iterator[tuple[str, Fact]]:
        """An order whose name begins as another one's, and goes on behind a slash, is found with it."""
        condition, values = "#subject = :owner", {":owner": {"S": f"orders:{owner}"}}
        if order:
            condition, values = (
                f"{condition} AND begins_with(message_id, :order)",
                {**values, ":order": {"S": f"{order}/"}},
            )
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression=condition,
            ExpressionAttributeNames={"#subject": "subject"},
            ExpressionAttributeValues=values,
            ConsistentRead=True,
        )
        with outages_named():
            for page in pages:
                yield from ((item["order"]["S"], _facts.decode(item["fact"]["S"])) for item in page["Items"])


def trace_item(trace: OrderTrace) -> dict[str, Any]:
    whole = "/".join((trace.order, *trace.fact.key))
    fits = len(whole.encode()) <= _LONGEST_KEY
    return {
        "subject": {"S": f"orders:{trace.owner}"},
        "message_id": {"S": whole if fits else f"{trace.order}/{ids.digest(*trace.fact.key)}"},
        "order": {"S": trace.order},
        "fact": {"S": msgspec.json.encode(trace.fact).decode()},
        "schema": {"N": str(SCHEMA)},
    }
