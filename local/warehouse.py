"""Athena, as far as the bundle uses it: queries whose results are scripted, put into S3 as Athena writes them.

    POST /_local/athena {"query": "FROM regulars", "rows": [{"id": "7", "tier": "gold"}, {"id": "8", "tier": null}]}

From then on each query in which those words stand brings these rows, whatever else it says, until others are scripted
for the same words. `columns` names them where there are no rows. `fail` in place of `rows` lets it fail for that
reason, `retryable` for a passing one; it takes `takes_s` seconds of the virtual clock, 5 unless said otherwise.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from local.emulator import dispatch
from local.emulator.account import REGION, URL_SUFFIX
from local.emulator.own import Refused

TAKES_S = 5.0
_BUCKET = (
    "<CreateBucketConfiguration xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>"
    f"<LocationConstraint>{REGION}</LocationConstraint></CreateBucketConfiguration>"
).encode()
_COST = 1_000
"""Bytes that a row costs to scan."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Script:
    rows: Sequence[Row] = ()
    columns: Sequence[str] = ()
    fail: str = ""
    is_retryable: bool = False
    takes_s: float = TAKES_S


@dataclass(slots=True)
class _Execution:
    id: str
    query: str
    workgroup: str
    place: str
    asked_at: float
    script: Script
    is_written: bool = False

    @property
    def location(self) -> str:
        return f"{self.place.rstrip('/')}/{self.id}.csv"

    @property
    def state(self) -> str:
        if time.time() < self.asked_at + self.script.takes_s:
            return "RUNNING"
        return "FAILED" if self.script.fail else "SUCCEEDED"


@dataclass(slots=True)
class Warehouse:
    scripts: dict[str, Script] = field(default_factory=dict)
    _executions: dict[str, _Execution] = field(default_factory=dict)

    @property
    def is_unsteady(self) -> bool:
        return False

    def call(self, operation: str, given: dict[str, Any]) -> dict[str, Any]:
        if operation == "StartQueryExecution":
            return self._start(given)
        if operation == "GetQueryExecution":
            return self._show(given["QueryExecutionId"])
        raise Refused("InvalidRequestException", f"the local stack does not run {operation} of Athena")

    def _start(self, given: dict[str, Any]) -> dict[str, Any]:
        query, place = given["QueryString"], given.get("ResultConfiguration", {}).get("OutputLocation", "")
        if not place.startswith("s3://"):
            raise Refused("InvalidRequestException", "No output location provided.")
        named = str(uuid5(NAMESPACE_URL, given["ClientRequestToken"]))
        before = self._executions.get(named)
        if before and before.query != query:
            raise Refused("InvalidRequestException", "Idempotent parameters do not match")
        if not before:
            script = self._script(query)
            self._executions[named] = _Execution(named, query, given["WorkGroup"], place, time.time(), script)
        return {"QueryExecutionId": named}

    def _script(self, query: str) -> Script:
        """That of the longest words that stand in the query."""
        matching = [words for words in self.scripts if words in query]
        if not matching:
            return Script(fail="nobody has said at /_local/athena what this query brings")
        return self.scripts[max(matching, key=len)]

    def _show(self, query_id: str) -> dict[str, Any]:
        if query_id not in self._executions:
            raise Refused("InvalidRequestException", f"QueryExecution {query_id} was not found")
        execution = self._executions[query_id]
        status: dict[str, Any] = {"State": execution.state, "SubmissionDateTime": execution.asked_at}
        if execution.state == "FAILED":
            said = {"ErrorMessage": execution.script.fail, "Retryable": execution.script.is_retryable}
            status |= {"StateChangeReason": execution.script.fail, "AthenaError": {"ErrorCategory": 2, **said}}
        if execution.state == "SUCCEEDED":
            self._write(execution)
        return {
            "QueryExecution": {
                "QueryExecutionId": query_id,
                "Query": execution.query,
                "WorkGroup": execution.workgroup,
                "Status": status,
                "ResultConfiguration": {"OutputLocation": execution.location},
                "Statistics": {"DataScannedInBytes": _COST * len(execution.script.rows)},
            }
        }

    def _write(self, execution: _Execution) -> None:
        """Once, as it would be found there afterwards."""
        if execution.is_written:
            return
        parts = urlsplit(execution.location)
        bucket = f"https://s3.{REGION}.{URL_SUFFIX}/{parts.netloc}"
        # Not by a client: it is no call of the handler that looks at the query.
        dispatch.answer("s3", "PUT", bucket, {}, _BUCKET)
        status, _, said = dispatch.answer("s3", "PUT", bucket + parts.path, {}, _written(execution.script).encode())
        assert status == HTTPStatus.OK, said
        execution.is_written = True


def _written(script: Script) -> str:
    """Everything in quotation marks; nothing at all for NULL."""
    names = script.columns or list(dict.fromkeys(name for row in script.rows for name in row))
    lines = [names, *([row.get(name) for name in names] for row in script.rows)]
    return "".join(",".join(map(_quoted, line)) + "\n" for line in lines)


def _quoted(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value)
    return '"' + text.replace('"', '""') + '"'
