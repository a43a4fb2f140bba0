"""Merges: both customers, who they are and the log, in one transaction.

A log is an item of the Identities table, `merge:<id>`, which no identity can be named.
"""

import os
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from shopkeeper.aws import batches, customers, identities
from shopkeeper.aws.clients import client
from shopkeeper.aws.writes import answers_named
from shopkeeper.customer.document import Stored
from shopkeeper.customer.identity import Change
from shopkeeper.customer.merging import Entry, Log, Merging, Why

SCHEMA = 1
PREFIX = "merge:"
_TEXTS = ("gone_id", "into_id", "at", "by", "cause")
_SHOWN = ("identity", *_TEXTS, "undone_at", "undone_by")


class Merges:
    def __init__(self, dynamodb: Any, customers_table: str, identities_table: str) -> None:
        self._dynamodb = dynamodb
        self._customers = customers_table
        self._identities = identities_table

    @classmethod
    def from_env(cls) -> "Merges":
        return cls(client("dynamodb"), os.environ["CUSTOMERS_TABLE"], os.environ["IDENTITIES_TABLE"])

    def load(self, merge_ids: Collection[str]) -> dict[str, Log]:
        """By id, read consistently; unknown ones are left out."""
        return {log.entry.id: log for log in map(_log, self._read(merge_ids))}

    def entries(self, merge_ids: Collection[str]) -> list[Entry]:
        """The same in short, newest first."""
        names = {f"#{name}": name for name in _SHOWN}
        found = self._read(merge_ids, ProjectionExpression=", ".join(names), ExpressionAttributeNames=names)
        return sorted(map(_entry, found), key=lambda entry: (entry.at, entry.id), reverse=True)

    def _read(self, merge_ids: Collection[str], **how: Any) -> Iterator[dict[str, Any]]:
        keys = [{"identity": {"S": PREFIX + each}} for each in sorted(set(merge_ids))]
        return batches.read_all(self._dynamodb, self._identities, keys, **how)

    def carry_out(self, merging: Merging, changes: Sequence[Change]) -> None:
        """All or nothing. Raises Conflict, Refused, Unavailable."""
        puts = [customers.put_of(self._customers, each) for each in (merging.gone, merging.into)]
        puts += [identities.put_of(self._identities, change) for change in changes]
        puts.append(
            {
                "TableName": self._identities,
                "Item": _item(merging.log),
                "ConditionExpression": "attribute_not_exists(#identity)",
                "ExpressionAttributeNames": {"#identity": "identity"},
            }
        )
        with answers_named():
            self._dynamodb.transact_write_items(TransactItems=[{"Put": put} for put in puts])


def _item(log: Log) -> dict[str, Any]:
    entry = log.entry
    texts = dict(zip(_TEXTS, (entry.gone, entry.into, entry.at, entry.why.by, entry.why.cause), strict=True))
    return {
        "identity": {"S": PREFIX + entry.id},
        **{name: {"S": text} for name, text in texts.items() if text},
        "gone": {"M": _customer(log.gone)},
        "into": {"M": _customer(log.into)},
        "schema": {"N": str(SCHEMA)},
    }


def _customer(stored: Stored) -> dict[str, Any]:
    return {
        "version": {"N": str(stored.version)},
        "document": {"S": stored.document},
        "measures": {"B": stored.measures},
        "schema": {"N": str(stored.schema)},
    }


def _entry(item: dict[str, Any]) -> Entry:
    said = {name: item[name]["S"] if name in item else "" for name in (*_TEXTS, "undone_at", "undone_by")}
    merge_id = item["identity"]["S"].removeprefix(PREFIX)
    why = Why(said["by"], said["cause"])
    return Entry(merge_id, said["gone_id"], said["into_id"], said["at"], why, said["undone_at"], said["undone_by"])


def _log(item: dict[str, Any]) -> Log:
    entry = _entry(item)
    version = int(item["undone_version"]["N"]) if "undone_version" in item else 0
    return Log(entry, _stored(entry.gone, item["gone"]["M"]), _stored(entry.into, item["into"]["M"]), version)


def _stored(customer_id: str, kept: dict[str, Any]) -> Stored:
    return Stored(
        customer_id=customer_id,
        version=int(kept["version"]["N"]),
        document=kept["document"]["S"],
        measures=kept["measures"]["B"],
        pending="",
        schema=int(kept["schema"]["N"]),
    )
