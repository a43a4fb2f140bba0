"""What messages say, in the Records table under `message#<occurrence>`, until DynamoDB erases it."""

import json
import os
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from shopkeeper.aws.clients import client, condition_failed, outages_named
from shopkeeper.aws.single import read
from shopkeeper.mail.messages import SAID_FOR, Message

SCHEMA = 1
_TEXTS = tuple(each.name for each in fields(Message) if each.name != "occurrence")


class Messages:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    @classmethod
    def from_env(cls) -> "Messages":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"])

    def keep(self, message: Message, now: datetime) -> Message:
        """The one that stands: this one, or the one that was kept under its occurrence before. Raises Unavailable."""
        texts = {name: {"S": getattr(message, name)} for name in _TEXTS}
        numbers = {"expires_at": int((now + SAID_FOR).timestamp()), "schema": SCHEMA}
        try:
            with outages_named():
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item=_key(message.occurrence) | texts | {name: {"N": str(n)} for name, n in numbers.items()},
                    ConditionExpression="attribute_not_exists(#record)",
                    ExpressionAttributeNames={"#record": "record"},
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            if not condition_failed(error):
                raise
            stands = error.response["Item"]
            return Message(occurrence=message.occurrence, **{name: stands[name]["S"] for name in _TEXTS})
        return message

    def facts(self, occurrence: str) -> Mapping[str, Any]:
        """What it says, by name; nothing once that is erased. Raises Unavailable."""
        found = read(self._dynamodb, self._table, _key(occurrence))
        said: Mapping[str, Any] = json.loads(found["said"]["S"]) if found else {}
        return said


def _key(occurrence: str) -> dict[str, Any]:
    return {"record": {"S": f"message#{occurrence}"}}
