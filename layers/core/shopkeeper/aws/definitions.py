"""Definitions in versions: what marketers have said of brands, topics, lists, templates and campaigns.

A version is an item that never changes, under its kind and `<id>#<version>`. One small item for each id, under the kind
`<kind>.current`, says which version counts; moving it is the switch. Both are written in one transaction, so there is
no gap in the numbers and no version that nobody can name.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from shopkeeper.aws.clients import client, condition_failed, outages_named, transaction_failed
from shopkeeper.clock import Clock

FRESH_FOR = timedelta(seconds=60)
MOST_REMEMBERED = 500
LARGEST_VERSION = 380_000  # bytes of text; an item has room for 400 KB in all.
SCHEMA = 1
_Item = dict[str, dict[str, str]]


class Overtaken(Exception):
    """Somebody else has moved the definition on since it was read."""


class TooLarge(ValueError):
    """What is to be kept of this version does not fit into an item."""


@dataclass(frozen=True, slots=True)
class Version:
    """`content` is JSON text as the API took it; `made` holds what we made of it, such as `published`, by name."""

    kind: str
    id: str
    number: int
    content: str
    saved_at: str
    saved_by: str
    made: Mapping[str, str] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """The content, and what was made of it as the text it is kept as."""
        return {**json.loads(self.content), **self.made}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list of definitions. `shown` is JSON text: the small parts of the content."""

    id: str
    number: int
    saved_at: str
    shown: str


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
        found = self._get(_pointer(kind, definition_id))
        return int(found["version"]["N"]) if found else 0

    def stored(self, kind: str, definition_id: str, number: int) -> Version | None:
        found = self._get(_key(kind, _name(definition_id, number)))
        return _version(kind, definition_id, found) if found else None

    def newest(self, kind: str, definition_id: str) -> Version | None:
        number = self.number(kind, definition_id)
        return self.stored(kind, definition_id, number) if number else None

    def save(self, version: Version, shown: str, links: Mapping[str, str] | None = None, ref: str = "") -> None:
        """Makes this version the one that counts, if the one before it still does; else raises Overtaken.

        `links` is the link table of the content version `ref`, written along with it. Raises TooLarge.
        """
        writes = [self._put(_item(version), "attribute_not_exists(id)"), self._move(version, shown)]
        if links is not None:
            table = {**_key("links", ref), **_texts(links), "schema": {"N": str(SCHEMA)}}
            writes.append(self._put(table, "attribute_not_exists(id)"))
        try:
            with outages_named():
                self._dynamodb.transact_write_items(TransactItems=writes)
        except ClientError as error:
            if not transaction_failed(error):
                raise
            raise Overtaken(f"{version.kind} {version.id}") from None
        self._numbers.pop((version.kind, version.id), None)

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
        return [_entry(item) for item in found["Items"]], last

    def links(self, ref: str) -> list[str]:
        """Where the links of a content version lead, by their numbers; empty where nothing is known of it."""
        known = self._links.get(ref)
        if known is None and (known := self._links_of(ref)):
            _make_room(self._links)
            self._links[ref] = known  # Content versions never change; only where an ended link leads does.
        return known or []

    def _links_of(self, ref: str) -> list[str]:
        found = self._get(_key("links", ref))
        return [link.get("url", "") for link in json.loads(found["links"]["S"])] if found and "links" in found else []

    def lead_home(self, activity: str, ref: str, home: str, fallback: str) -> None:
        """Where links of one going-out of an activity, `<activity>/<occurrence>`, lead once they have ended: to its
        own fallback, else to the home page of its brand.

        That page is also the last resort of the content version `ref`, for a mail of which the send is gone.
        """
        table = {**_key("links", activity), **_texts({"home": home, "fallback": fallback})}
        with outages_named():
            self._dynamodb.put_item(TableName=self._table, Item={**table, "schema": {"N": str(SCHEMA)}})
        try:
            with outages_named():
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key=_key("links", ref),
                    UpdateExpression="SET home = :home",
                    ConditionExpression="attribute_exists(id)",
                    ExpressionAttributeValues={":home": {"S": home}},
                )
        except ClientError as error:
            if not condition_failed(error):
                raise

    def _get(self, key: _Item) -> dict[str, Any] | None:
        with outages_named():
            found = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        item: dict[str, Any] | None = found.get("Item")
        return item

    def _put(self, item: _Item, condition: str) -> dict[str, Any]:
        return {"Put": {"TableName": self._table, "Item": item, "ConditionExpression": condition}}

    def _move(self, version: Version, shown: str) -> dict[str, Any]:
        values = {":version": {"N": str(version.number)}, ":at": {"S": version.saved_at}, ":shown": {"S": shown}}
        before = {":before": {"N": str(version.number - 1)}} if version.number > 1 else {}
        return {
            "Update": {
                "TableName": self._table,
                "Key": _pointer(version.kind, version.id),
                "UpdateExpression": "SET version = :version, saved_at = :at, shown = :shown",
                "ConditionExpression": "version = :before" if before else "attribute_not_exists(id)",
                "ExpressionAttributeValues": values | before,
            }
        }


def _key(kind: str, name: str) -> _Item:
    return {"kind": {"S": kind}, "id": {"S": name}}


def _pointer(kind: str, definition_id: str) -> _Item:
    return _key(f"{kind}.current", definition_id)


def _name(definition_id: str, number: int) -> str:
    return f"{definition_id}#{number:06}"


def _texts(texts: Mapping[str, str]) -> _Item:
    return {name: {"S": text} for name, text in texts.items()}


_OWN = ("content", "saved_at", "saved_by")


def _item(version: Version) -> _Item:
    texts = {**version.made, **{name: getattr(version, name) for name in _OWN}}
    if sum(len(text.encode()) for text in texts.values()) > LARGEST_VERSION:
        raise TooLarge(f"{version.kind} {version.id}")
    numbers = {"version": {"N": str(version.number)}, "schema": {"N": str(SCHEMA)}}
    return {**_texts(texts), **numbers, **_key(version.kind, _name(version.id, version.number))}


def _version(kind: str, definition_id: str, item: _Item) -> Version:
    texts = {name: value["S"] for name, value in item.items() if "S" in value and name not in ("kind", "id")}
    own = {name: texts.pop(name) for name in _OWN}
    return Version(kind, definition_id, int(item["version"]["N"]), made=texts, **own)


def _entry(item: _Item) -> Entry:
    return Entry(item["id"]["S"], int(item["version"]["N"]), item["saved_at"]["S"], item["shown"]["S"])


def _make_room(remembered: dict[Any, Any]) -> None:
    if len(remembered) >= MOST_REMEMBERED:
        del remembered[next(iter(remembered))]
