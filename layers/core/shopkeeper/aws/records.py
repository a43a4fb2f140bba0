"""The Records table: import jobs, and what was answered to a request that may come again."""

import os
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from shopkeeper.aws import batches
from shopkeeper.aws.clients import client, condition_failed
from shopkeeper.customer.importing.chunks import Chunk
from shopkeeper.customer.importing.job import Job, Overtaken
from shopkeeper.customer.importing.request import Import

SCHEMA = 1
KEPT = timedelta(days=1)
LISTED = 1_000
_LIST = "imports"
_TEXTS = ("state", "created_at", "started_at", "finished_at", "etag", "error")
_COUNTS = ("total", "rows", "accepted", "refused", "interactions")

_encode, _decode = TypeSerializer().serialize, TypeDeserializer().deserialize


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
            self._dynamodb.put_item(
                TableName=self._table, Item=_item(job), ConditionExpression="attribute_not_exists(created_at)"
            )
        except ClientError as error:
            if not condition_failed(error):
                raise
            job = self._there(job.id)
        self._list(job)
        return job

    def job(self, import_id: str) -> Job | None:
        found = self._dynamodb.get_item(TableName=self._table, Key=_key(import_id), ConsistentRead=True)
        return _job(found["Item"]) if "Item" in found else None

    def begin(self, job: Job, *, at: str, etag: str, total: int) -> Job:
        changes = "SET #state = :reading, started_at = :at, etag = :etag, #total = :total"
        return self._change(job, changes, at=at, etag=etag, total=total, reading="reading")

    def advance(self, job: Job, chunk: Chunk) -> Job:
        changes = (
            "SET #rows = :end, parts = list_append(parts, :part)"
            " ADD accepted :accepted, refused :refused, interactions :interactions"
        )
        return self._change(
            job,
            changes,
            end=chunk.end,
            part=[chunk.start] if chunk.refused else [],
            accepted=chunk.accepted,
            refused=len(chunk.refused),
            interactions=len(chunk.interactions),
        )

    def finish(self, job: Job, *, at: str, error: str = "") -> Job:
        changes = "SET #state = :ended, finished_at = :at, #error = :error"
        return self._change(job, changes, at=at, error=error, ended="failed" if error else "done")

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

    def _there(self, import_id: str) -> Job:
        job = self.job(import_id)
        if job is None:
            raise Overtaken(import_id)
        return job

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

    def _change(self, job: Job, changes: str, **values: Any) -> Job:
        """Raises Overtaken unless the job stands where the caller saw it."""
        names = {f"#{name}": name for name in ("state", "rows", "total", "error")}
        condition = "#state = :seen AND #rows = :seen_rows"
        values = {**values, "seen": job.state, "seen_rows": job.rows}
        try:
            changed = self._dynamodb.update_item(
                TableName=self._table,
                Key=_key(job.id),
                UpdateExpression=changes,
                ConditionExpression=condition,
                ExpressionAttributeNames={name: word for name, word in names.items() if name in changes + condition},
                ExpressionAttributeValues={f":{name}": _encode(value) for name, value in values.items()},
                ReturnValues="ALL_NEW",
            )
        except ClientError as error:
            if not condition_failed(error):
                raise
            raise Overtaken(job.id) from None
        return _job(changed["Attributes"])


@dataclass(frozen=True, slots=True)
class Claim:
    """A request that may come again. `body` is a digest of what it asked; `answer` is "" until it was given."""

    body: str
    answer: str = ""


class Answers:
    """`answer#<who>#<idempotency key>`: what was asked and what was answered, kept for a day."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    @classmethod
    def from_env(cls) -> "Answers":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"])

    def claim(self, request: str, body: str, now: datetime) -> Claim:
        """The claim that stands, this one if there was none or an old one."""
        values = {":now": _encode(int(now.timestamp()))}
        item = {"body": body, "answer": "", "expires_at": int((now + KEPT).timestamp()), "schema": SCHEMA}
        try:
            self._dynamodb.put_item(
                TableName=self._table,
                Item={"record": {"S": request}} | {name: _encode(value) for name, value in item.items()},
                ConditionExpression="attribute_not_exists(expires_at) OR expires_at <= :now",
                ExpressionAttributeValues=values,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if not condition_failed(error):
                raise
            old = {name: _decode(value) for name, value in error.response["Item"].items()}
            return Claim(old["body"], old["answer"])
        return Claim(body)

    def give(self, request: str, answer: str) -> None:
        self._dynamodb.update_item(
            TableName=self._table,
            Key={"record": {"S": request}},
            UpdateExpression="SET answer = :answer",
            ExpressionAttributeValues={":answer": {"S": answer}},
        )


def _item(job: Job) -> dict[str, Any]:
    values = {field.name: getattr(job, field.name) for field in fields(job) if field.name not in ("id", "wanted")}
    values |= {"plan": job.wanted.to_text(), "parts": list(job.parts), "schema": SCHEMA}
    return {name: _encode(value) for name, value in values.items()} | _key(job.id)


def _job(item: dict[str, Any]) -> Job:
    values = {name: _decode(value) for name, value in item.items()}
    counts: dict[str, Any] = {name: int(values[name]) for name in _COUNTS}
    texts: dict[str, Any] = {name: values[name] for name in _TEXTS}
    return Job(
        id=values["record"].partition("#")[2],
        wanted=Import.model_validate_json(values["plan"]),
        parts=tuple(int(part) for part in values["parts"]),
        **counts,
        **texts,
    )


def _key(import_id: str) -> dict[str, Any]:
    return {"record": {"S": f"import#{import_id}"}}
