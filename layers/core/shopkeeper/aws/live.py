"""The last calls at the door, in the Records table: a ring of rows `live#<n>`, and `live#place`, where it goes on.

A call that is noted costs two write units. Of those in which all is well a process notes thirty at once and then one in
five seconds, so a busy shop pays next to nothing and a quiet one sees every call; of others it notes one a second.
"""

import os
from datetime import datetime, timedelta
from typing import Any

from shopkeeper.aws import batches
from shopkeeper.aws.clients import Unavailable, client, outages_named
from shopkeeper.clock import Clock
from shopkeeper.customer import live
from shopkeeper.customer.live import MOST, LiveCall, Pace

SCHEMA = 1
KEPT = timedelta(days=7)
BURST = 30
EVERY = timedelta(seconds=5)
EVERY_OTHER = timedelta(seconds=1)
# Whoever sends is waiting: where noting has failed, it is left for a while.
REST = timedelta(minutes=1)


class LiveCalls:
    def __init__(self, dynamodb: Any, table: str, now: Clock) -> None:
        self._dynamodb, self._table, self._clock = dynamodb, table, now
        self._paces = {True: Pace(BURST, EVERY), False: Pace(BURST, EVERY_OTHER)}
        self._rests_until: datetime | None = None

    @classmethod
    def from_env(cls) -> "LiveCalls":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"], Clock())

    def note(self, call: LiveCall) -> None:
        """Or not, if there are too many. Raises Unavailable, and then nothing for a minute."""
        now = self._clock.now()
        if (self._rests_until and now < self._rests_until) or not self._paces[call.is_all_well].allows(now):
            return
        try:
            with outages_named():
                self._dynamodb.put_item(TableName=self._table, Item=_item(self._place(), call, now))
        except Unavailable:
            self._rests_until = now + REST
            raise

    def newest(self, count: int) -> list[LiveCall]:
        """Newest first."""
        with outages_named():
            items = list(batches.read_all(self._dynamodb, self._table, [_key(str(n)) for n in range(MOST)]))
        calls = [live.from_text(item["said"]["S"]) for item in items]
        return sorted(calls, key=lambda call: call.at, reverse=True)[:count]

    def _place(self) -> int:
        counted = self._dynamodb.update_item(
            TableName=self._table,
            Key=_key("place"),
            UpdateExpression="ADD calls :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
            ReturnValues="UPDATED_NEW",
        )
        return int(counted["Attributes"]["calls"]["N"]) % MOST


def _key(name: str) -> dict[str, Any]:
    return {"record": {"S": f"live#{name}"}}


def _item(place: int, call: LiveCall, now: datetime) -> dict[str, Any]:
    expires = int((now + KEPT).timestamp())
    return {
        **_key(str(place)),
        "said": {"S": live.to_text(call)},
        "expires_at": {"N": str(expires)},
        "schema": {"N": str(SCHEMA)},
    }
