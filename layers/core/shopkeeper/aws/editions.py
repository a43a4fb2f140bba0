"""Editions of the segments, and the rules of their slots, in the Definitions table.

The edition is one item, replaced on condition of its number. A rule stands under its own digest, so it never changes,
and is there before any edition names it; so whoever knows an edition can have all it names.
"""

import os
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from typing import Any

import msgspec

from shopkeeper.aws import batches, workspace
from shopkeeper.aws.clients import client, outages_named
from shopkeeper.aws.definition_items import key
from shopkeeper.aws.definitions import FRESH_FOR
from shopkeeper.aws.single import read, written
from shopkeeper.clock import Clock
from shopkeeper.segment import rule
from shopkeeper.segment.edition import Current, Edition, Overtaken, current, ref
from shopkeeper.segment.rule import Rule

RULE = "rule"
SCHEMA = 1
_EDITION = key("edition", "segments")

_decode = msgspec.json.Decoder(Edition).decode


class Editions:
    """`zone` is that of the workspace."""

    def __init__(self, dynamodb: Any, table: str, zone: tzinfo, now: Clock) -> None:
        self._dynamodb, self._table, self._zone, self._clock = dynamodb, table, zone, now
        self._rules: dict[str, Rule] = {}
        self._current, self._read_at = current(Edition(), {}, zone), datetime.min.replace(tzinfo=UTC)

    @classmethod
    def from_env(cls) -> "Editions":
        return cls(client("dynamodb"), os.environ["DEFINITIONS_TABLE"], workspace.zone(), Clock())

    def at_least(self, number: int) -> Current:
        """At most 60 s old, and of this moment where the one of before is older than this. Raises Unavailable."""
        now = self._clock.now()
        is_fresh = self._read_at <= now < self._read_at + FRESH_FOR
        if not is_fresh or self._current.edition.number < number:
            self._know(self.fresh())
            self._read_at = now
        return self._current

    def fresh(self) -> Edition:
        """Of this moment. Raises Unavailable."""
        found = read(self._dynamodb, self._table, _EDITION)
        return _decode(found["edition"]["S"]) if found else Edition()

    def rules(self, edition: Edition) -> dict[str, Rule]:
        """Of its slots, by their refs. Raises Unavailable."""
        wanted = {each.rule for each in edition.slots}
        known = {ref_: its for ref_, its in self._rules.items() if ref_ in wanted}
        keys = [key(RULE, ref_) for ref_ in sorted(wanted - known.keys())]
        with outages_named():
            found = list(batches.read_all(self._dynamodb, self._table, keys))
        self._rules = known | {item["id"]["S"]: rule.kept(item["rule"]["S"]) for item in found}
        return self._rules

    def put_rules(self, rules: Iterable[Rule]) -> None:
        """Before the edition that names them. Raises Unavailable."""
        for its in rules:
            item = {**key(RULE, ref(its)), "rule": {"S": rule.to_json(its)}, "schema": {"N": str(SCHEMA)}}
            with outages_named():
                self._dynamodb.put_item(TableName=self._table, Item=item)

    def replace(self, after: Edition) -> None:
        """In the place of the number before. Raises Overtaken, Unavailable."""
        if not written(self._dynamodb.put_item, **self._put(after)):
            raise Overtaken(str(after.number))

    def write(self, after: Edition) -> dict[str, Any]:
        """The same, as a part of a transaction."""
        return {"Put": self._put(after)}

    def check(self, number: int) -> dict[str, Any]:
        """That this edition counts still, as a part of a transaction."""
        return {"ConditionCheck": {"TableName": self._table, "Key": _EDITION, **_counts(number)}}

    def _put(self, after: Edition) -> dict[str, Any]:
        item = {
            **_EDITION,
            "number": {"N": str(after.number)},
            "edition": {"S": msgspec.json.encode(after).decode()},
            "schema": {"N": str(SCHEMA)},
        }
        return {"TableName": self._table, "Item": item, **_counts(after.number - 1)}

    def _know(self, edition: Edition) -> None:
        if edition.number != self._current.edition.number:
            self._current = current(edition, self.rules(edition), self._zone)


def _counts(number: int) -> dict[str, Any]:
    """The condition that this edition is the one that counts; 0 is that there is none."""
    if not number:
        return {"ConditionExpression": "attribute_not_exists(id)"}
    return {
        "ConditionExpression": "#number = :before",
        "ExpressionAttributeNames": {"#number": "number"},
        "ExpressionAttributeValues": {":before": {"N": str(number)}},
    }
