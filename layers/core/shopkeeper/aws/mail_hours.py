"""What was delivered and complained of in each hour, in the Records table under `mail#delivered#<hour>` and
`mail#complained#<hour>`: apart, so that what is added for each batch of reports stays a small item."""

import os
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from shopkeeper import clock
from shopkeeper.aws import batches
from shopkeeper.aws.clients import client, outages_named
from shopkeeper.aws.single import written

SCHEMA = 1
KEPT = timedelta(days=3)
MOST_NAMED = 5000
"""Sends that are named in an hour: enough to pause over, and as many as an item has room for."""


class MailHours:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    @classmethod
    def from_env(cls) -> "MailHours":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"])

    def delivered(self, counts: Mapping[str, int]) -> None:
        """More mails, by hour. Raises Unavailable; then some may be counted."""
        for hour, count in counts.items():
            with outages_named():
                self._dynamodb.update_item(**self._adding("delivered", hour, {"N": str(count)}))

    def complained(self, hour: str, send_id: str) -> None:
        """Once, however often it is said. Raises Unavailable."""
        update = self._adding("complained", hour, {"SS": [send_id]})
        values = update["ExpressionAttributeValues"] | {":most": {"N": str(MOST_NAMED)}}
        condition = "attribute_not_exists(complained) OR size(complained) < :most"
        written(
            self._dynamodb.update_item,
            **update | {"ConditionExpression": condition, "ExpressionAttributeValues": values},
        )

    def sum(self, hours: Sequence[str]) -> tuple[int, int]:
        """How many were delivered, and of how many sends somebody complained. Raises Unavailable."""
        keys = [{"record": {"S": _key(what, hour)}} for what in ("delivered", "complained") for hour in hours]
        with outages_named():
            found = list(batches.read_all(self._dynamodb, self._table, keys))
        complained = (item["complained"]["SS"] for item in found if "complained" in item)
        return sum(int(item["delivered"]["N"]) for item in found if "delivered" in item), len(set().union(*complained))

    def _adding(self, what: str, hour: str, value: dict[str, Any]) -> dict[str, Any]:
        expires_at = int((clock.from_text(f"{hour}:00:00Z") + KEPT).timestamp())
        return {
            "TableName": self._table,
            "Key": {"record": {"S": _key(what, hour)}},
            "UpdateExpression": f"ADD {what} :value SET expires_at = :expires_at, #schema = :schema",
            "ExpressionAttributeNames": {"#schema": "schema"},
            "ExpressionAttributeValues": {
                ":value": value,
                ":expires_at": {"N": str(expires_at)},
                ":schema": {"N": str(SCHEMA)},
            },
        }


def _key(what: str, hour: str) -> str:
    return f"mail#{what}#{hour}"
