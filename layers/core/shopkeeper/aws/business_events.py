"""In the Records table: what happened to the shop, `business#<id>`."""

import json
import os
from datetime import timedelta
from typing import Any

from shopkeeper import clock
from shopkeeper.aws.clients import client
from shopkeeper.aws.single import read, written
from shopkeeper.journey.doors.business import KIND, BusinessEvent

SCHEMA = 1
KEPT = timedelta(days=90)
_TEXTS = ("id", "name", "at", "told_at", "told_by")


class BusinessEvents:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    @classmethod
    def from_env(cls) -> "BusinessEvents":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"])

    def put(self, event: BusinessEvent) -> bool:
        """False where one of this id is there. Raises Unavailable."""
        item = {
            "record": {"S": _record(event.id)},
            **{name: {"S": getattr(event, name)} for name in _TEXTS},
            "props": {"S": json.dumps(event.props, ensure_ascii=False, separators=(",", ":"))},
            "journeys": {"L": [{"S": each} for each in event.journeys]},
            "expires_at": {"N": str(expires_at(event))},
            "schema": {"N": str(SCHEMA)},
        }
        condition = "attribute_not_exists(#record)"
        names = {"#record": "record"}
        put = self._dynamodb.put_item
        return written(
            put, TableName=self._table, Item=item, ConditionExpression=condition, ExpressionAttributeNames=names
        )

    def load(self, event_id: str) -> BusinessEvent | None:
        """Read consistently. Raises Unavailable."""
        found = read(self._dynamodb, self._table, {"record": {"S": _record(event_id)}})
        return _event(found) if found else None


def expires_at(event: BusinessEvent) -> int:
    """In seconds since 1970."""
    return int((clock.from_text(event.told_at) + KEPT).timestamp())


def _event(item: dict[str, Any]) -> BusinessEvent:
    return BusinessEvent(
        **{name: item[name]["S"] for name in _TEXTS},
        props=json.loads(item["props"]["S"]),
        journeys=tuple(each["S"] for each in item["journeys"]["L"]),
    )


def _record(event_id: str) -> str:
    return f"{KIND}#{event_id}"
