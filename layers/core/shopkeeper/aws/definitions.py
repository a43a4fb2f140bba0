"""Definitions in versions: what marketers have said of brands, topics, lists, templates and campaigns.

A version is an item that never changes, under its kind and `<id>#<version>`. One small item for each id, under the kind
`<kind>.current`, says which version counts; moving it is the switch. Both are written in one transaction, so there is
no gap in the numbers and no version that nobody can name.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from shopkeeper.aws import batches, transactions
from shopkeeper.aws import definition_items as items
from shopkeeper.aws.clients import client, outages_named
from shopkeeper.aws.definition_items import Entry, TooLarge, Version
from shopkeeper.aws.single import read, written
from shopkeeper.clock import Clock
from shopkeeper.mail.utm import Utm

__all__ = ["FRESH_FOR", "MOST_REMEMBERED", "Definitions", "Entry", "Overtaken", "TooLarge", "Version"]

FRESH_FOR = timedelta(seconds=60)
MOST_REMEMBERED = 500
_PAGE = 500


class Overtaken(Exception):
    """Somebody else has moved the definition on since it was read."""


class Definitions:
    def __init__(self, dynamodb: Any, table: str, now: Clock) -> None:
        self._dynamodb, self._table, self._clock = dynamodb, table, now
        self._versions: dict[tuple[str, str, int], dict[str, Any]] = {}
        self._numbers: dict[tuple[str, str], tuple[datetime, int]] = {}
        self._links: dict[str, list[str]] = {}

    @classmethod
    def from_env(cls) -> "Definitions":
        return cls(client("dynamodb"), os.environ["DEFINITIONS_TABLE"], Clock())

    def version(self, kind: str, definition_id: str, number: int) -> dict[str, Any] | None:
        """What this version says; it is read once in a process. A template has `published`, JSON text, as well."""
        key = (kind, definition_id, number)
        if key not in self._versions:
            found = self.stored(*key)
            if found is None:
                return None
            _make_room(self._versions)
            self._versions[key] = found.facts()
        return self._versions[key]

    def current(self, kind: str, definition_id: str) -> tuple[int, dict[str, Any]] | None:
        """The version that counts and what it says, as it was at most 60 s ago."""
        number = self._recent(kind, definition_id)
        said = self.version(kind, definition_id, number) if number else None
        return (number, said) if said is not None else None

    def _recent(self, kind: str, definition_id: str) -> int:
        """0 for what is not defined, which is asked for each time, so that a new one counts at once."""
        now, key = self._clock.now(), (kind, definition_id)
        read_at, number = self._numbers.get(key, (None, 0))
        if read_at is not None and read_at <= now < read_at + FRESH_FOR:
            return number
        number = self.number(kind, definition_id)
        if number:
            _make_room(self._numbers)
            self._numbers[key] = (now, number)
        return number

    def number(self, kind: str, definition_id: str) -> int:
        """The version that counts at this moment; 0 if there is none."""
        found = self._get(items.pointer(kind, definition_id))
        return int(found["version"]["N"]) if found else 0

    def stored(self, kind: str, definition_id: str, number: int) -> Version | None:
        found = self._get(items.key(kind, items.name(definition_id, number)))
        return items.version(kind, definition_id, found) if found else None

    def newest(self, kind: str, definition_id: str) -> Version | None:
        number = self.number(kind, definition_id)
        return self.stored(kind, definition_id, number) if number else None

    def save(
        self,
        version: Version,
        shown: str,
        links: Mapping[str, str] | None = None,
        ref: str = "",
        also: Iterable[dict[str, Any]] = (),
    ) -> None:
        """Makes this version the one that counts, if the one before it still does; else raises Overtaken.

        `links` is the link table of the content version `ref`, written along with it, like `also`, which are writes of
        a transaction. Raises TooLarge.
        """
        writes = [self._put(items.item(version), "attribute_not_exists(id)"), self._move(version, shown), *also]
        if links is not None:
            table = {**items.key("links", ref), **items.texts(links), "schema": {"N": str(items.SCHEMA)}}
            writes.append(self._put(table, "attribute_not_exists(id)"))
        self._write(version.kind, version.id, writes)

    def withdraw(self, kind: str, definition_id: str, number: int, also: Iterable[dict[str, Any]] = ()) -> None:
        """None counts any more, if this one still did; else raises Overtaken. What was said stays."""
        gone = {
            "TableName": self._table,
            "Key": items.pointer(kind, definition_id),
            "ConditionExpression": "version = :before",
            "ExpressionAttributeValues": {":before": {"N": str(number)}},
        }
        self._write(kind, definition_id, [{"Delete": gone}, *also])

    def _write(self, kind: str, definition_id: str, writes: list[dict[str, Any]]) -> None:
        if transactions.refusals(self._dynamodb, writes):
            raise Overtaken(f"{kind} {definition_id}")
        self._numbers.pop((kind, definition_id), None)

    def last(self, kind: str, definition_id: str) -> int:
        """The newest version there ever was, though none may count by now; 0 if there never was one."""
        first = {":kind": {"S": kind}, ":first": {"S": f"{definition_id}#"}}
        with outages_named():
            found = self._dynamodb.query(
                TableName=self._table,
                KeyConditionExpression="kind = :kind AND begins_with(id, :first)",
                ExpressionAttributeValues=first,
                ScanIndexForward=False,
                Limit=1,
                ConsistentRead=True,
            )
        return int(found["Items"][0]["version"]["N"]) if found["Items"] else 0

    def listed(self, kind: str, limit: int, after: str = "") -> tuple[list[Entry], str]:
        """By id, and what to pass as `after` for the next page, "" on the last."""
        values = {":kind": {"S": f"{kind}.current"}, ":after": {"S": after}}
        with outages_named():
            found = self._dynamodb.query(
                TableName=self._table,
                KeyConditionExpression="kind = :kind" + (" AND id > :after" if after else ""),
                ExpressionAttributeValues=values if after else {":kind": values[":kind"]},
                Limit=limit,
                ConsistentRead=True,
            )
        last = found.get("LastEvaluatedKey", {}).get("id", {}).get("S", "")
        return [items.entry(item) for item in found["Items"]], last

    def all_listed(self, kind: str) -> Iterator[Version]:
        """Of each id the version that counts, by their ids. Raises Unavailable."""
        after, more = "", True
        while more:
            entries, after = self.listed(kind, _PAGE, after)
            keys = [items.key(kind, items.name(each.id, each.number)) for each in entries]
            with outages_named():
                found = {item["id"]["S"]: item for item in batches.read_all(self._dynamodb, self._table, keys)}
            for each in entries:
                if item := found.get(items.name(each.id, each.number)):
                    yield items.version(kind, each.id, item)
            more = bool(after)

    def links(self, ref: str) -> list[str]:
        """Where the links of a content version lead, by their numbers; empty where nothing is known of it."""
        known = self._links.get(ref)
        if known is None and (known := self._links_of(ref)):
            _make_room(self._links)
            self._links[ref] = known  # Content versions never change; only where an ended link leads does.
        return known or []

    def _links_of(self, ref: str) -> list[str]:
        found = self._get(items.key("links", ref))
        return [link.get("url", "") for link in json.loads(found["links"]["S"])] if found and "links" in found else []

    def tag(self, ref: str, tagged: str, utm: Utm) -> None:
        """Gives the content version `tagged` the links of `ref`, with UTM parameters, unless it has links already: one
        of them may have been ended since. Raises Unavailable."""
        found = self._get(items.key("links", ref))
        if not found:
            return
        links = [{**link, "url": utm.appended(link["url"])} for link in json.loads(found["links"]["S"])]
        said = {"links": json.dumps(links, separators=(",", ":")), "home": found["home"]["S"]}
        item = {**items.key("links", tagged), **items.texts(said), "schema": {"N": str(items.SCHEMA)}}
        written(
            self._dynamodb.put_item,
            TableName=self._table,
            Item=item,
            ConditionExpression="attribute_not_exists(id)",
        )

    def lead_home(self, activity: str, ref: str, home: str, fallback: str) -> None:
        """Where links of one going-out of an activity, `<activity>/<occurrence>`, lead once they have ended: to its
        own fallback, else to the home page of its brand.

        That page is also the last resort of the content version `ref`, for a mail of which the send is gone.
        """
        table = {**items.key("links", activity), **items.texts({"home": home, "fallback": fallback})}
        with outages_named():
            self._dynamodb.put_item(TableName=self._table, Item={**table, "schema": {"N": str(items.SCHEMA)}})
        written(
            self._dynamodb.update_item,
            TableName=self._table,
            Key=items.key("links", ref),
            UpdateExpression="SET home = :home",
            ConditionExpression="attribute_exists(id)",
            ExpressionAttributeValues={":home": {"S": home}},
        )

    def _get(self, key: items.Item) -> dict[str, Any] | None:
        return read(self._dynamodb, self._table, key)

    def _put(self, item: items.Item, condition: str) -> dict[str, Any]:
        return {"Put": {"TableName": self._table, "Item": item, "ConditionExpression": condition}}

    def _move(self, version: Version, shown: str) -> dict[str, Any]:
        """Where the one before counts, or was withdrawn."""
        values = {":version": {"N": str(version.number)}, ":at": {"S": version.saved_at}, ":shown": {"S": shown}}
        made_of = version.made.get(items.MADE_OF)
        values |= {":made_of": {"S": made_of}} if made_of else {}
        before = {":before": {"N": str(version.number - 1)}} if version.number > 1 else {}
        return {
            "Update": {
                "TableName": self._table,
                "Key": items.pointer(version.kind, version.id),
                "UpdateExpression": "SET version = :version, saved_at = :at, shown = :shown"
                + (", made_of = :made_of" if made_of else " REMOVE made_of"),
                "ConditionExpression": "attribute_not_exists(id)" + " OR version = :before" * bool(before),
                "ExpressionAttributeValues": values | before,
            }
        }


def _make_room(remembered: dict[Any, Any]) -> None:
    if len(remembered) >= MOST_REMEMBERED:
        del remembered[next(iter(remembered))]
