"""The Members table: a view of the documents, by what customers are members of, for listing and counting.

Each group lies in as many parts as SHARDS, so that no key is hot while one is built. Who has left stays as a mark that
this happened, until nothing older can still be told.
"""

import os
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, NamedTuple

from shopkeeper import ids
from shopkeeper.aws import batches
from shopkeeper.aws.clients import client, outages_named
from shopkeeper.aws.single import written
from shopkeeper.clock import Clock
from shopkeeper.customer.members import START, Member, Move, Place

SHARDS = 8
KEPT = timedelta(days=90)
"""News of a customer waits for four weeks at most, in a stream, a queue and its dead-letter queue."""
MOST_COUNTED = 4  # pages of a part, of 1 MB each: some 8,000 members
SCHEMA = 1
_LOOKED_AT = 500
_MOST_QUERIES = 20  # for one page; each may find none but those who left
_Item = dict[str, Any]


class Count(NamedTuple):
    """`is_all` is false where there are more, and counting them would have taken too long."""

    members: int
    is_all: bool


class Members:
    def __init__(self, dynamodb: Any, table: str, now: Clock) -> None:
        self._dynamodb, self._table, self._clock = dynamodb, table, now

    @classmethod
    def from_env(cls) -> "Members":
        return cls(client("dynamodb"), os.environ["MEMBERS_TABLE"], Clock())

    def move(self, moves: Collection[Move]) -> None:
        """Unless a later write of the customer was told before. Raises Unavailable."""
        if len(moves) > 1:
            return batches.side_by_side(self._move, list(moves))
        for each in moves:
            self._move(each)
        return None

    def enter(self, moves: Collection[Move]) -> None:
        """Those who are not in as far as is known here; the others stay as they are. Raises Unavailable."""
        return batches.side_by_side(lambda each: self._move(each, " AND is_in = :out"), list(moves))

    def _move(self, move: Move, unless: str = "") -> None:
        gone = {} if move.is_in else {"expires_at": {"N": str(int((self._clock.now() + KEPT).timestamp()))}}
        told = {"version": {"N": str(move.version)}, "is_in": {"BOOL": move.is_in}, "since": {"S": move.since}}
        written(
            self._dynamodb.put_item,
            TableName=self._table,
            Item={**_key(move.group, move.customer_id), **told, **gone, "schema": {"N": str(SCHEMA)}},
            ConditionExpression=f"attribute_not_exists(version) OR (version < :version{unless})",
            ExpressionAttributeValues={":version": told["version"], **({":out": {"BOOL": False}} if unless else {})},
        )

    def page(self, group: str, limit: int, place: Place = START) -> tuple[list[Member], Place | None]:
        """At most `limit` of them, perhaps fewer though there are more; and where to go on, None behind the last one.

        Raises Unavailable.
        """
        found: list[Member] = []
        at: Place | None = place
        for _ in range(_MOST_QUERIES):
            if at is None or len(found) >= limit:
                break
            members, at = self._query(group, limit - len(found), at)
            found += members
        return found, at

    def _query(self, group: str, limit: int, place: Place) -> tuple[list[Member], Place | None]:
        """Many are looked at, however few are wanted: most may have left."""
        named = {":part": {"S": _part(group, place.shard)}} | ({":after": {"S": place.after}} if place.after else {})
        condition = "part = :part" + (" AND customer_id > :after" if place.after else "")
        found = self._ask(condition, named, Limit=_LOOKED_AT)
        members = [Member(item["customer_id"]["S"], item["since"]["S"]) for item in found["Items"]]
        if len(members) > limit:
            return members[:limit], Place(place.shard, members[limit - 1].customer_id)
        if last := found.get("LastEvaluatedKey"):
            return members, Place(place.shard, last["customer_id"]["S"])
        return members, Place(place.shard + 1) if place.shard + 1 < SHARDS else None

    def count(self, group: str) -> Count:
        """Raises Unavailable."""
        with ThreadPoolExecutor(SHARDS) as pool:
            counts = list(pool.map(self._count, parts(group)))
        return Count(sum(each.members for each in counts), all(each.is_all for each in counts))

    def _count(self, part: str) -> Count:
        members, more = 0, dict[str, Any]()
        for _ in range(MOST_COUNTED):
            found = self._ask("part = :part", {":part": {"S": part}}, Select="COUNT", **more)
            members += found["Count"]
            if "LastEvaluatedKey" not in found:
                return Count(members, is_all=True)
            more = {"ExclusiveStartKey": found["LastEvaluatedKey"]}
        return Count(members, is_all=False)

    def since(self, customer_id: str, groups: Collection[str]) -> dict[str, str]:
        """By group, as far as the view has heard of it. Raises Unavailable."""
        keys = [_key(group, customer_id) for group in sorted(set(groups))]
        with outages_named():
            return dict(_told(batches.read_all(self._dynamodb, self._table, keys)))

    def _ask(self, condition: str, values: _Item, **more: Any) -> dict[str, Any]:
        with outages_named():
            found: dict[str, Any] = self._dynamodb.query(
                TableName=self._table,
                KeyConditionExpression=condition,
                FilterExpression="is_in = :in",
                ExpressionAttributeValues={**values, ":in": {"BOOL": True}},
                **more,
            )
        return found


def parts(group: str) -> list[str]:
    return [_part(group, shard) for shard in range(SHARDS)]


def _told(items: Iterator[_Item]) -> Iterator[tuple[str, str]]:
    for item in items:
        if item["is_in"]["BOOL"]:
            yield item["part"]["S"].rpartition("#")[0], item["since"]["S"]


def _part(group: str, shard: int) -> str:
    return f"{group}#{shard}"


def _key(group: str, customer_id: str) -> _Item:
    return {"part": {"S": _part(group, ids.place(customer_id, SHARDS))}, "customer_id": {"S": customer_id}}
