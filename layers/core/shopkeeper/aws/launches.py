"""Launches in the Records table, under `launch#<id>`; and what mail_send wants to know of one, hundreds of times."""

import os
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from shopkeeper.aws import due
from shopkeeper.aws.clients import client, condition_failed, outages_named
from shopkeeper.campaign.launch import Launch, Status, activity
from shopkeeper.campaign.ports import Overtaken
from shopkeeper.clock import Clock

SCHEMA = 1
PREFIX = "launch#"
# An order to stop is heeded by every sender within this time.
FRESH_FOR = timedelta(seconds=5)
MOST_REMEMBERED = 100
_INDEXED = ("due_at", "revision", "state")


class Launches:
    """`shards` is how many the due index has."""

    def __init__(self, dynamodb: Any, table: str, now: Clock, shards: int = 1) -> None:
        self._dynamodb, self._table, self._clock, self._shards = dynamodb, table, now, shards
        self._told: dict[str, tuple[datetime, Status]] = {}

    @classmethod
    def from_env(cls) -> "Launches":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"], Clock(), due.shards())

    def get(self, launch_id: str) -> Launch | None:
        """Read consistently. Raises Unavailable."""
        with outages_named():
            found = self._dynamodb.get_item(TableName=self._table, Key=_key(launch_id), ConsistentRead=True)
        return _launch(found["Item"]) if "Item" in found else None

    def put(self, launch: Launch) -> None:
        """In the place of the revision before. Raises Overtaken, Unavailable."""
        first = launch.revision == 1
        condition = "attribute_not_exists(revision)" if first else "revision = :before"
        before = {} if first else {"ExpressionAttributeValues": {":before": {"N": str(launch.revision - 1)}}}
        try:
            with outages_named():
                self._dynamodb.put_item(
                    TableName=self._table, Item=self._item(launch), ConditionExpression=condition, **before
                )
        except ClientError as error:
            if not condition_failed(error):
                raise
            raise Overtaken(launch.id) from None

    def status(self, said_activity: str, occurrence: str) -> Status:
        """What may become of a send now, as it was at most five seconds ago. Raises Unavailable.

        Paused is also what nothing is known of: its sends stay as they are. Done means that no send was left; one that
        is made ready later on by better knowledge may go.
        """
        now, key = self._clock.now(), f"{said_activity}/{occurrence}"
        told = self._told.get(key)
        if told and told[0] <= now < told[0] + FRESH_FOR:
            return told[1]
        launch = self.get(occurrence)
        known = launch is not None and activity(launch.campaign) == said_activity
        status: Status = launch.status if launch and known else "paused"
        if len(self._told) >= MOST_REMEMBERED:
            self._told.clear()
        self._told[key] = now, status
        return status

    def _item(self, launch: Launch) -> dict[str, Any]:
        """What is decided by stands for itself, so that it can be seen in the console; the rest is JSON text."""
        rest = {name: value for name, value in asdict(launch).items() if name not in _INDEXED}
        waits = {"due_at": {"S": launch.due_at}, "due_shard": {"S": due.shard(PREFIX + launch.id, self._shards)}}
        return {
            **_key(launch.id),
            "state": {"S": launch.state},
            "revision": {"N": str(launch.revision)},
            "launch": {"S": msgspec.json.encode(rest).decode()},
            "schema": {"N": str(SCHEMA)},
            **(waits if launch.due_at else {}),
        }


def _launch(item: dict[str, Any]) -> Launch:
    """Whatever a later version of this code added is left out."""
    held = msgspec.json.decode(item["launch"]["S"])
    held |= {"state": item["state"]["S"], "revision": int(item["revision"]["N"])}
    held["due_at"] = item.get("due_at", {}).get("S", "")
    return msgspec.convert({each.name: held[each.name] for each in fields(Launch) if each.name in held}, Launch)


def _key(launch_id: str) -> dict[str, Any]:
    return {"record": {"S": PREFIX + launch_id}}
