"""Which orders count for which letters: in the rows of sends, and by order in the Records table, `credit#<order>`."""

import os
from collections.abc import Collection
from typing import Any

from shopkeeper.aws.clients import client, outages_named
from shopkeeper.aws.single import read
from shopkeeper.mail.credited import Credit

SCHEMA = 1
PREFIX = "order:"
_NO_MORE_KNOWN = "attribute_not_exists(#order) OR #order.#facts <= :facts"
_TEXTS, _NUMBERS = ("at", "currency"), ("facts", "minor_units", "units")


class Credited:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    @classmethod
    def from_env(cls) -> "Credited":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"])

    def of(self, order: str) -> Collection[str]:
        """The sends that were written to. Read consistently. Raises Unavailable."""
        found = read(self._dynamodb, self._table, _key(order)) or {}
        return frozenset(found["sends"]["SS"]) if "sends" in found else frozenset()

    def add(self, order: str, send_ids: Collection[str]) -> None:
        """Raises Unavailable."""
        with outages_named():
            self._dynamodb.update_item(
                TableName=self._table,
                Key=_key(order),
                UpdateExpression="SET #schema = :schema ADD sends :sends",
                ExpressionAttributeNames={"#schema": "schema"},
                ExpressionAttributeValues={":schema": {"N": str(SCHEMA)}, ":sends": {"SS": sorted(send_ids)}},
            )


def update(credit: Credit) -> dict[str, Any]:
    """Of the row of a send, as arguments of update_item. Whoever knew more facts of the order has the last word."""
    return {
        "UpdateExpression": "SET #order = :credit",
        "ConditionExpression": f"attribute_exists(send_id) AND ({_NO_MORE_KNOWN})",
        "ExpressionAttributeNames": {"#order": PREFIX + credit.order, "#facts": "facts"},
        "ExpressionAttributeValues": {":credit": {"M": _map(credit)}, ":facts": {"N": str(credit.facts)}},
    }


def held(item: dict[str, Any]) -> tuple[Credit, ...]:
    """All of a row."""
    found = sorted(name for name in item if name.startswith(PREFIX))
    return tuple(_credit(name.removeprefix(PREFIX), item[name]["M"]) for name in found)


def _map(credit: Credit) -> dict[str, Any]:
    texts = {name: {"S": text} for name in _TEXTS if (text := getattr(credit, name))}
    return texts | {name: {"N": str(getattr(credit, name))} for name in _NUMBERS}


def _credit(order: str, said: dict[str, Any]) -> Credit:
    told: dict[str, Any] = {name: said[name]["S"] for name in _TEXTS if name in said}
    return Credit(order=order, **told | {name: int(said[name]["N"]) for name in _NUMBERS})


def _key(order: str) -> dict[str, Any]:
    return {"record": {"S": f"credit#{order}"}}
