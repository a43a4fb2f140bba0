"""DynamoDB stream to Lambda: in order, with retries that hold up the shard, halving, and a place for what fails."""

import json
import time
from collections import deque
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from local.emulator import queues, tables
from local.functions import Function, FunctionError
from local.pumps import failed_items

_LONGEST_PAUSE_S = 60

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StreamSettings:
    batch_size: int
    retries: int
    bisects: bool
    reports_failures: bool
    parked_in: str | None  # The queue that is told of records which could not be processed.


@dataclass(slots=True)
class _Batch:
    records: list[Record]
    tries: int = 0
    not_before: float = 0.0


class StreamPump:
    """Only the first batch is ever tried: the shard waits for it, as at AWS."""

    def __init__(self, table: str, function: Function, settings: StreamSettings) -> None:
        self._table = table
        self._function = function
        self._settings = settings
        self._read = 0
        self._batches: deque[_Batch] = deque()

    def step(self) -> bool:
        if not self._batches:
            self._read_on()
        if not self._batches or self._batches[0].not_before > time.time():
            return False
        self._try(self._batches.popleft())
        return True

    def next_due(self) -> float | None:
        return self._batches[0].not_before if self._batches else None

    def _read_on(self) -> None:
        records = tables.stream_records(self._table, self._read, self._settings.batch_size)
        self._read += len(records)
        if records:
            self._batches.append(_Batch(records))

    def _try(self, batch: _Batch) -> None:
        batch.tries += 1
        left = self._left_by(batch.records)
        if not left:
            return
        if len(left) < len(batch.records):  # Some progress: what is left is a new batch with a full set of tries.
            batch = _Batch(left, tries=1)
        if self._settings.bisects and len(batch.records) > 1:
            self._split(batch)
        elif batch.tries > self._settings.retries:
            self._park(batch)
        else:
            batch.not_before = time.time() + min(2 ** (batch.tries - 1), _LONGEST_PAUSE_S)
            self._batches.appendleft(batch)

    def _left_by(self, records: list[Record]) -> list[Record]:
        """What has to be tried again: everything from the first record that failed."""
        try:
            result = self._function.invoke({"Records": records})
        except FunctionError:
            return records
        failed = failed_items(result) if self._settings.reports_failures else []
        if failed == []:
            return []
        numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
        if failed is None or not set(failed) <= set(numbers):
            return records
        return records[min(map(numbers.index, failed)) :]

    def _split(self, batch: _Batch) -> None:
        """At once, and without using up a retry: so a bad record soon stands alone."""
        middle = len(batch.records) // 2
        for half in (batch.records[middle:], batch.records[:middle]):
            self._batches.appendleft(_Batch(half, tries=batch.tries - 1))

    def _park(self, batch: _Batch) -> None:
        if self._settings.parked_in:
            queues.send(self._settings.parked_in, json.dumps(self._obituary(batch)))

    def _obituary(self, batch: _Batch) -> dict[str, Any]:
        """What Lambda tells of records it gives up. It names them; it does not hold them."""
        first, last = batch.records[0], batch.records[-1]
        now = f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime())}.000Z"
        return {
            "requestContext": {
                "requestId": str(uuid4()),
                "functionArn": self._function.arn,
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": batch.tries,
            },
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "version": "1.0",
            "timestamp": now,
            "DDBStreamBatchInfo": {
                "shardId": tables.shard_id(self._table),
                "startSequenceNumber": first["dynamodb"]["SequenceNumber"],
                "endSequenceNumber": last["dynamodb"]["SequenceNumber"],
                "approximateArrivalOfFirstRecord": now,
                "approximateArrivalOfLastRecord": now,
                "batchSize": len(batch.records),
                "streamArn": first["eventSourceARN"],
            },
        }
