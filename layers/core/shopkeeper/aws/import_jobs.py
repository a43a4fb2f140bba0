"""Imports in the Records table: how far each has come, and how files with the same columns were imported before."""

import os
from collections.abc import Collection
from dataclasses import asdict, fields, replace
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from shopkeeper import ids
from shopkeeper.aws import batches
from shopkeeper.aws.clients import client, condition_failed
from shopkeeper.aws.identities import Identities
from shopkeeper.aws.interactions import Interactions
from shopkeeper.customer.importing.foresight import Key
from shopkeeper.customer.importing.forms import Form
from shopkeeper.customer.importing.job import Job, Overtaken, State
from shopkeeper.customer.importing.proposal import Custom
from shopkeeper.customer.importing.request import Import

SCHEMA = 2
LISTED = 1_000
_LIST = "imports"
# What stands for itself in the item, so that it can be seen in the console; the rest is JSON text.
_NONE_YET = 0  # the revision of an item of schema 1
_ITS_OWN = ("id", "wanted", "form", "state", "revision")


class ImportJobs:
    """`import#<id>`, and one row that lists the newest of them."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    @classmethod
    def from_env(cls) -> "ImportJobs":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"])

    def create(self, job: Job) -> Job:
        """The job that stands under this id: this one, or another that was there before."""
        try:
            self._put(job, "attribute_not_exists(created_at) AND attribute_not_exists(revision)")
        except Overtaken:
            found = self.job(job.id)
            if found is None:
                raise
            job = found
        self._list(job)
        return job

    def job(self, import_id: str) -> Job | None:
        """Read consistently."""
        found = self._dynamodb.get_item(TableName=self._table, Key=_key(import_id), ConsistentRead=True)
        return _job(found["Item"]) if "Item" in found else None

    def put(self, job: Job) -> Job:
        """In the place of this revision, with the next one. Raises Overtaken if another stands there by now."""
        after = replace(job, revision=job.revision + 1)
        if job.revision == _NONE_YET:
            self._put(after, "attribute_exists(created_at) AND attribute_not_exists(revision)")
        else:
            self._put(after, "revision = :before", {":before": {"N": str(job.revision)}})
        return after

    def newest(self, limit: int, before: str = "") -> tuple[list[Job], str]:
        """Newest first, and what to pass as `before` for the next page, "" on the last. The newest 1,000 are listed."""
        found = self._dynamodb.get_item(TableName=self._table, Key={"record": {"S": _LIST}})
        listed = sorted(found.get("Item", {}).get("listed", {}).get("SS", ()), reverse=True)
        wanted = [entry for entry in listed if not before or entry < before]
        page = wanted[:limit]
        jobs = self._jobs([entry.split("/", 1)[1] for entry in page])
        return jobs, page[-1] if len(wanted) > limit else ""

    def _jobs(self, import_ids: list[str]) -> list[Job]:
        keys = [_key(import_id) for import_id in import_ids]
        items = batches.read_all(self._dynamodb, self._table, keys)
        by_id = {job.id: job for job in map(_job, items)}
        return [by_id[import_id] for import_id in import_ids if import_id in by_id]

    def _put(self, job: Job, condition: str, values: dict[str, Any] | None = None) -> None:
        """Raises Overtaken."""
        named = {"ExpressionAttributeValues": values} if values else {}
        try:
            self._dynamodb.put_item(TableName=self._table, Item=_item(job), ConditionExpression=condition, **named)
        except ClientError as error:
            if not condition_failed(error):
                raise
            raise Overtaken(job.id) from None

    def _list(self, job: Job) -> None:
        """A set, so that listing a job twice is listing it once; the oldest make room."""
        listed = self._relist("ADD", [f"{job.created_at}/{job.id}"])
        if overflow := sorted(listed)[:-LISTED]:
            self._relist("DELETE", overflow)

    def _relist(self, verb: str, entries: list[str]) -> list[str]:
        changed = self._dynamodb.update_item(
            TableName=self._table,
            Key={"record": {"S": _LIST}},
            UpdateExpression=f"{verb} listed :entries",
            ExpressionAttributeValues={":entries": {"SS": entries}},
            ReturnValues="ALL_NEW",
        )
        entries_now: list[str] = changed["Attributes"]["listed"]["SS"]
        return entries_now


class Customs:
    """`columns#<kind and columns>` and, where the import has the same name, `columns#<kind, columns and name>`."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    @classmethod
    def from_env(cls) -> "Customs":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"])

    def recall(self, kind: str, name: str, signature: str) -> Custom | None:
        for key in _custom_keys(kind, name, signature):
            found = self._dynamodb.get_item(TableName=self._table, Key=key)
            if "Item" in found:
                said = msgspec.json.decode(found["Item"]["custom"]["S"])
                return Custom(said["mapping"], said["constants"], Form.model_validate(said["form"]))
        return None

    def keep(self, kind: str, name: str, signature: str, custom: Custom) -> None:
        said = {"mapping": custom.mapping, "constants": custom.constants, "form": custom.form.model_dump()}
        for key in _custom_keys(kind, name, signature):
            item = {"custom": {"S": msgspec.json.encode(said).decode()}, "schema": {"N": "1"}}
            self._dynamodb.put_item(TableName=self._table, Item=key | item)


class Memory:
    """Who and which orders are remembered already, for a dry run."""

    def __init__(self, identities: Identities, interactions: Interactions) -> None:
        self._identities, self._interactions = identities, interactions

    @classmethod
    def from_env(cls) -> "Memory":
        return cls(Identities.from_env(), Interactions.from_env())

    def known(self, identities: Collection[str]) -> set[str]:
        return set(self._identities.load(identities))

    def existing(self, keys: Collection[Key]) -> set[Key]:
        return set(self._interactions.existing(keys))


def _item(job: Job) -> dict[str, Any]:
    rest = {name: value for name, value in asdict(job).items() if name not in _ITS_OWN}
    return {
        **_key(job.id),
        "state": {"S": job.state},
        "revision": {"N": str(job.revision)},
        "plan": {"S": job.wanted.to_text()},
        "form": {"S": job.form.model_dump_json()},
        "job": {"S": msgspec.json.encode(rest).decode()},
        "schema": {"N": str(SCHEMA)},
    }


def _job(item: dict[str, Any]) -> Job:
    """Whatever a later version of this code added is left out."""
    wanted = Import.model_validate_json(item["plan"]["S"])
    held: dict[str, Any] = msgspec.json.decode(item["job"]["S"]) if "job" in item else _upcast(item)
    rest: dict[str, Any] = {
        each.name: msgspec.convert(held[each.name], each.type) for each in fields(Job) if each.name in held
    }
    return Job(
        id=item["record"]["S"].partition("#")[2],
        wanted=wanted,
        form=Form.model_validate_json(item["form"]["S"]) if "form" in item else _form_of_old(wanted),
        state=msgspec.convert(item["state"]["S"], State),
        revision=int(item["revision"]["N"]) if "revision" in item else _NONE_YET,
        **rest,
    )


def _upcast(item: dict[str, Any]) -> dict[str, Any]:
    """Of schema 1, which knew no places: one that is under way reads its file anew, and says the same again."""
    texts = {name: item[name]["S"] for name in ("created_at", "started_at", "finished_at", "etag", "error")}
    counts = {name: int(item[name]["N"]) for name in ("total", "rows", "accepted", "refused", "interactions")}
    rows = counts.pop("rows")
    if item["state"]["S"] not in ("done", "failed"):
        return {**texts, "total": counts["total"]}
    return {**texts, **counts, "mark": [rows, 0, 0]}


def _form_of_old(wanted: Import) -> Form:
    return Form.model_validate(wanted.file.model_dump(exclude_none=True))


def _key(import_id: str) -> dict[str, Any]:
    return {"record": {"S": f"import#{import_id}"}}


def _custom_keys(kind: str, name: str, signature: str) -> list[dict[str, Any]]:
    digests = (ids.digest(kind, signature, name), ids.digest(kind, signature))
    return [{"record": {"S": f"columns#{digest}"}} for digest in digests]
