"""What is left in the Members table of a slot that is no more: nobody asks for it, so it goes."""

import os
from collections.abc import Callable
from typing import Any

from shopkeeper.aws import batches
from shopkeeper.aws.clients import client, outages_named
from shopkeeper.aws.members import parts

_PAGE = 500


class FormerMembers:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    @classmethod
    def from_env(cls) -> "FormerMembers":
        return cls(client("dynamodb"), os.environ["MEMBERS_TABLE"])

    def clear(self, group: str, has_time: Callable[[], bool]) -> bool:
        """False if the time was up before nothing was left of it. Raises Unavailable."""
        return all(self._clear(part, has_time) for part in parts(group))

    def _clear(self, part: str, has_time: Callable[[], bool]) -> bool:
        while keys := self._keys(part):
            batches.delete_all(self._dynamodb, self._table, keys)
            if not has_time():
                return False
        return True

    def _keys(self, part: str) -> list[dict[str, Any]]:
        with outages_named():
            found = self._dynamodb.query(
                TableName=self._table,
                KeyConditionExpression="part = :part",
                ExpressionAttributeValues={":part": {"S": part}},
                ProjectionExpression="part, customer_id",
                Limit=_PAGE,
                ConsistentRead=True,
            )
        keys: list[dict[str, Any]] = found["Items"]
        return keys
