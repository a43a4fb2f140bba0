"""The Sends table, as far as hits on signed links go: whose a send is, and what came of it."""

import os
from collections.abc import Iterable
from typing import Any

from botocore.exceptions import ClientError

from shopkeeper.aws import batches
from shopkeeper.aws.clients import client
from shopkeeper.customer.outcomes import Outcome


class Sends:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    @classmethod
    def from_env(cls) -> "Sends":
        return cls(client("dynamodb"), os.environ["SENDS_TABLE"])

    def customers(self, send_ids: Iterable[str]) -> dict[str, str]:
        """The customer of each send; unknown ones are left out."""
        keys = [{"send_id": {"S": send_id}} for send_id in sorted(set(send_ids))]
        found = batches.read_all(self._dynamodb, self._table, keys, ProjectionExpression="send_id, customer_id")
        return {item["send_id"]["S"]: item["customer_id"]["S"] for item in found}

    def mark(self, outcome: Outcome) -> None:
        """The earliest instant stays, so an outcome may be marked again, and late. Unknown sends stay unknown."""
        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key={"send_id": {"S": outcome.send_id}},
                UpdateExpression="SET #what = :at",
                ConditionExpression="attribute_exists(send_id) AND (attribute_not_exists(#what) OR #what > :at)",
                ExpressionAttributeNames={"#what": outcome.attribute},
                ExpressionAttributeValues={":at": {"S": outcome.at}},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
