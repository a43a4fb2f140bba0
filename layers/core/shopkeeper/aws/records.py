"""In the Records table: what was answered to a request that may come again."""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from shopkeeper.aws.clients import client, condition_failed

SCHEMA = 1
KEPT = timedelta(days=1)

_encode, _decode = TypeSerializer().serialize, TypeDeserializer().deserialize


@dataclass(frozen=True, slots=True)
class Claim:
    """A request that may come again. `body` is a digest of what it asked; `answer` is "" until it was given."""

    body: str
    answer: str = ""


class Answers:
    """`answer#<who>#<idempotency key>`: what was asked and what was answered, kept for a day."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    @classmethod
    def from_env(cls) -> "Answers":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"])

    def claim(self, request: str, body: str, now: datetime) -> Claim:
        """The claim that stands, this one if there was none or an old one."""
        values = {":now": _encode(int(now.timestamp()))}
        item = {"body": body, "answer": "", "expires_at": int((now + KEPT).timestamp()), "schema": SCHEMA}
        try:
            self._dynamodb.put_item(
                TableName=self._table,
                Item={"record": {"S": request}} | {name: _encode(value) for name, value in item.items()},
                ConditionExpression="attribute_not_exists(expires_at) OR expires_at <= :now",
                ExpressionAttributeValues=values,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if not condition_failed(error):
                raise
            old = {name: _decode(value) for name, value in error.response["Item"].items()}
            return Claim(old["body"], old["answer"])
        return Claim(body)

    def give(self, request: str, answer: str) -> None:
        self._dynamodb.update_item(
            TableName=self._table,
            Key={"record": {"S": request}},
            UpdateExpression="SET answer = :answer",
            ExpressionAttributeValues={":answer": {"S": answer}},
        )
