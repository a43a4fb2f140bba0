"""Merges: both customers, who they are and the log, in one transaction.

A log is an item of the Identities table, `merge:<id>`, which no identity can be named.
"""

import os
from collections.abc import Sequence
from typing import Any

from shopkeeper.aws import customers, identities
from shopkeeper.aws.clients import client
from shopkeeper.aws.writes import answers_named
from shopkeeper.customer.document import Stored
from shopkeeper.customer.identity import Change
from shopkeeper.customer.merging import Log, Merging

SCHEMA = 1


class Merges:
    def __init__(self, dynamodb: Any, customers_table: str, identities_table: str) -> None:
        self._dynamodb = dynamodb
        self._customers = customers_table
        self._identities = identities_table

    @classmethod
    def from_env(cls) -> "Merges":
        return cls(client("dynamodb"), os.environ["CUSTOMERS_TABLE"], os.environ["IDENTITIES_TABLE"])

    def carry_out(self, merging: Merging, changes: Sequence[Change]) -> None:
        """All or nothing. Raises Conflict, Refused, Unavailable."""
        puts = [customers.put_of(self._customers, each) for each in (merging.gone, merging.into)]
        puts += [identities.put_of(self._identities, change) for change in changes]
        puts.append(
            {
                "TableName": self._identities,
                "Item": _item(merging.log),
                "ConditionExpression": "attribute_not_exists(#identity)",
                "ExpressionAttributeNames": {"#identity": "identity"},
            }
        )
        with answers_named():
            self._dynamodb.transact_write_items(TransactItems=[{"Put": put} for put in puts])


def _item(log: Log) -> dict[str, Any]:
    texts = {"at": log.at, "by": log.why.by, "cause": log.why.cause}
    return {
        "identity": {"S": f"merge:{log.id}"},
        **{name: {"S": text} for name, text in texts.items() if text},
        "gone": {"M": _customer(log.gone)},
        "into": {"M": _customer(log.into)},
        "schema": {"N": str(SCHEMA)},
    }


def _customer(stored: Stored) -> dict[str, Any]:
    return {
        "customer_id": {"S": stored.customer_id},
        "version": {"N": str(stored.version)},
        "document": {"S": stored.document},
        "measures": {"B": stored.measures},
        "schema": {"N": str(stored.schema)},
    }
