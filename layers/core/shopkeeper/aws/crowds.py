"""Who follows links at the same address within a second, in the Records table: `crowd#<address and second, digested>`.

Each is due, and deleted, once no hit of that second can wait for its verdict any more.
"""

import os
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from shopkeeper import clock, ids
from shopkeeper.aws import batches, due
from shopkeeper.aws.clients import client
from shopkeeper.aws.single import read, written
from shopkeeper.clock import Clock
from shopkeeper.customer.unjudged import CLICKED, Hit
from shopkeeper.mail.judging import LAST

KIND = "crowd"
SCHEMA = 1
MOST = 64
"""Of one second; more of them say nothing more."""
KEPT = LAST + timedelta(minutes=15)

_SECOND = timedelta(seconds=1)
_BETWEEN = "@"


class Crowds:
    """`shards` is how many the due index has."""

    def __init__(self, dynamodb: Any, table: str, now: Clock, shards: int = 1) -> None:
        self._dynamodb, self._table, self._clock, self._shards = dynamodb, table, now, shards

    @classmethod
    def from_env(cls) -> "Crowds":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"], Clock(), due.shards())

    def join(self, hits: Mapping[str, Collection[Hit]]) -> None:
        """Those that followed a link, one write each, side by side. Raises Unavailable."""
        clicks = [(send_id, hit) for send_id, each in hits.items() for hit in each if _counts(hit)]
        batches.side_by_side(lambda click: self._join(*click), clicks)

    def _join(self, send_id: str, hit: Hit) -> None:
        name = _name(hit.ip, clock.from_text(hit.at))
        waits = due.waits(name, clock.to_text(clock.from_text(hit.at) + KEPT), self._shards)
        said = {":member": {"SS": [f"{send_id}{_BETWEEN}{hit.at}"]}, ":most": {"N": str(MOST)}}
        said |= {":due": waits["due_at"], ":shard": waits["due_shard"], ":schema": {"N": str(SCHEMA)}}
        written(
            self._dynamodb.update_item,
            TableName=self._table,
            Key={"record": {"S": name}},
            UpdateExpression="SET due_at = :due, due_shard = :shard, #schema = :schema ADD members :member",
            ConditionExpression="attribute_not_exists(members) OR size(members) < :most",
            ExpressionAttributeNames={"#schema": "schema"},
            ExpressionAttributeValues=said,
        )

    def others(self, send_id: str, hit: Hit) -> int:
        """How many other letters' links were followed from there at most a second before or after. Raises
        Unavailable."""
        if not _counts(hit):
            return 0
        at = clock.from_text(hit.at)
        names = {_name(hit.ip, at + step * _SECOND) for step in (-1, 0, 1)}
        keys = [{"record": {"S": name}} for name in sorted(names)]
        found = _members(batches.read_all(self._dynamodb, self._table, keys))
        return len({who for who, then in found if who != send_id and abs(clock.from_text(then) - at) <= _SECOND})

    def visit(self, name: str) -> bool:
        """By the clock: nobody asks for it any more."""
        key = {"record": {"S": f"{KIND}#{name}"}}
        found = read(self._dynamodb, self._table, key)
        if found and found["due_at"]["S"] <= clock.to_text(self._clock.now()):
            self._dynamodb.delete_item(TableName=self._table, Key=key)
        return False


def _counts(hit: Hit) -> bool:
    return hit.name == CLICKED and bool(hit.ip)


def _name(ip: str, at: datetime) -> str:
    return f"{KIND}#{ids.digest(KIND, ip, clock.to_text(at.replace(microsecond=0)))}"


def _members(items: Iterator[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for item in items:
        for member in item["members"]["SS"]:
            who, _, at = member.partition(_BETWEEN)
            yield who, at
