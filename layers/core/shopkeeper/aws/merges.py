"""Merges: both customers, who they are, the log, and what they lack by it, in one transaction.

A log is an item of the Identities table, `merge:<id>`, which no identity can be named.
"""

import os
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import msgspec

from shopkeeper.aws import batches, customers, due, identities
from shopkeeper.aws.clients import client
from shopkeeper.aws.owed_measures import OwedMeasures
from shopkeeper.aws.writes import answers_named
from shopkeeper.customer.consents import Consent
from shopkeeper.customer.document import Stored
from shopkeeper.customer.identity import Change
from shopkeeper.customer.merging import Entry, Log, Merging, Why
from shopkeeper.customer.parting import Unmerging

SCHEMA = 1
PREFIX = "merge:"
_TEXTS = ("gone_id", "into_id", "at", "by", "cause", "undone_at", "undone_by")
_SHOWN = ("identity", *_TEXTS)

_json = msgspec.json.Encoder(order="deterministic")
_consents = msgspec.json.Decoder(dict[str, Consent])


class Merges:
    """`shards` is how many the due index of the customers has."""

    def __init__(
        self, dynamodb: Any, customers_table: str, identities_table: str, owed: OwedMeasures, shards: int = 1
    ) -> None:
        self._dynamodb = dynamodb
        self._customers = customers_table
        self._identities = identities_table
        self._owed = owed
        self._shards = shards

    @classmethod
    def from_env(cls) -> "Merges":
        tables = os.environ["CUSTOMERS_TABLE"], os.environ["IDENTITIES_TABLE"]
        return cls(client("dynamodb"), *tables, OwedMeasures.from_env(), due.shards())

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
        log = {"Item": _item(merging.log), "ConditionExpression": "attribute_not_exists(#identity)"}
        entry = merging.log.entry
        owed = [self._owed.put_of(each, entry.id, entry.at) for each in merging.owed]
        self._write(merging.gone, merging.into, changes, log, owed)

    def undo(self, unmerging: Unmerging, changes: Sequence[Change]) -> None:
        """The same; a merge is undone once. Raises Conflict, Refused, Unavailable."""
        log = {
            "Item": _item(unmerging.log),
            "ConditionExpression": "attribute_exists(#identity) AND attribute_not_exists(undone_at)",
        }
        entry = unmerging.log.entry
        owed = [self._owed.put_of(each, f"{entry.id}/undone", entry.undone_at) for each in unmerging.owed]
        self._write(unmerging.gone, unmerging.into, changes, log, owed)

    def _write(
        self, gone: Stored, into: Stored, changes: Sequence[Change], log: dict[str, Any], owed: list[dict[str, Any]]
    ) -> None:
        puts = [customers.put_of(self._customers, each, self._shards) for each in (gone, into)] + owed
        puts += [identities.put_of(self._identities, change) for change in changes]
        puts.append({"TableName": self._identities, "ExpressionAttributeNames": {"#identity": "identity"}} | log)
        with answers_named():
            self._dynamodb.transact_write_items(TransactItems=[{"Put": put} for put in puts])


def _item(log: Log) -> dict[str, Any]:
    entry = log.entry
    said = (entry.gone, entry.into, entry.at, entry.why.by, entry.why.cause, entry.undone_at, entry.undone_by)
    texts = dict(zip(_TEXTS, said, strict=True)) | {"stale": _json.encode(log.stale).decode() if log.stale else ""}
    return {
        "identity": {"S": PREFIX + entry.id},
        **{name: {"S": text} for name, text in texts.items() if text},
        "gone": {"M": _customer(log.gone)},
        "into": {"M": _customer(log.into)},
        "founders": {"L": [{"S": founder} for founder in log.founders]},
        **({"undone_version": {"N": str(log.undone_version)}} if log.undone_version else {}),
        **({"through": {"SS": list(log.through)}} if log.through else {}),
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
    said = {name: item[name]["S"] if name in item else "" for name in _TEXTS}
    merge_id = item["identity"]["S"].removeprefix(PREFIX)
    why = Why(said["by"], said["cause"])
    return Entry(merge_id, said["gone_id"], said["into_id"], said["at"], why, said["undone_at"], said["undone_by"])


def _log(item: dict[str, Any]) -> Log:
    entry = _entry(item)
    version = int(item["undone_version"]["N"]) if "undone_version" in item else 0
    stale = _consents.decode(item["stale"]["S"]) if "stale" in item else {}
    gone, into = (_stored(id_, item[which]["M"]) for which, id_ in (("gone", entry.gone), ("into", entry.into)))
    founder, other = (each["S"] for each in item["founders"]["L"])
    through = tuple(sorted(item["through"]["SS"])) if "through" in item else ()
    return Log(entry, gone, into, (founder, other), version, stale, through)


def _stored(customer_id: str, kept: dict[str, Any]) -> Stored:
    return Stored(
        customer_id=customer_id,
        version=int(kept["version"]["N"]),
        document=kept["document"]["S"],
        measures=kept["measures"]["B"],
        pending="",
        schema=int(kept["schema"]["N"]),
    )
