"""The canary of mail in the Records table, under `mail#canary`: who wants one, and when the last one came back."""

import os
from dataclasses import fields
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from shopkeeper import clock
from shopkeeper.aws.clients import client, condition_failed, outages_named
from shopkeeper.mail.canaries import Canary

SCHEMA = 1
KEY = {"record": {"S": "mail#canary"}}


class Canaries:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    @classmethod
    def from_env(cls) -> "Canaries":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"])

    def get(self) -> Canary:
        """Raises Unavailable."""
        with outages_named():
            found = self._dynamodb.get_item(TableName=self._table, Key=KEY, ConsistentRead=True)
        item = found.get("Item", {})
        return Canary(**{each.name: item[each.name]["S"] for each in fields(Canary) if each.name in item})

    def want(self, until: datetime, brand: str) -> None:
        """One that is wanted for longer stays wanted. Raises Unavailable."""
        self._later("wanted_until", clock.to_text(until), {"brand": brand})

    def came_back(self, taken_at: str) -> None:
        """The newest one counts, in whatever order SES tells of them. Raises Unavailable."""
        self._later("back_at", taken_at, {})

    def _later(self, name: str, at: str, more: dict[str, str]) -> None:
        said = {name: at, **more}
        values = {f":{each}": {"S": text} for each, text in said.items()}
        try:
            with outages_named():
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key=KEY,
                    UpdateExpression=f"SET {', '.join(f'{each} = :{each}' for each in said)}, #schema = :schema",
                    ConditionExpression=f"attribute_not_exists({name}) OR {name} < :{name}",
                    ExpressionAttributeNames={"#schema": "schema"},
                    ExpressionAttributeValues=values | {":schema": {"N": str(SCHEMA)}},
                )
        except ClientError as error:
            if not condition_failed(error):
                raise
