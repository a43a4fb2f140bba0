"""SQS to Lambda: batches, partial failures, and what becomes of messages that fail again and again."""

from dataclasses import dataclass
from typing import Any

from local.emulator import queues
from local.emulator.account import REGION
from local.emulator.queues import Message
from local.functions import Function, FunctionError
from local.pumps import failed_items

_MAX_BATCH_BYTES = 5 * 1024 * 1024
"""Leaves room in an event of 6 MB for what is not the body."""


@dataclass(frozen=True, slots=True)
class QueuePump:
    """A message that fails stays hidden for the visibility time-out; after `maxReceiveCount` tries it is dead."""

    queue: str
    function: Function
    batch_size: int
    reports_failures: bool

    def step(self) -> bool:
        queue = queues.queue(self.queue)
        if not queue.has_due():
            return False
        messages = queue.take(self.batch_size, _MAX_BATCH_BYTES)
        if messages:
            queue.delete({message.id for message in messages} - self._failed(messages))
        return True

    def next_due(self) -> float | None:
        return queues.queue(self.queue).next_due()

    def _failed(self, messages: list[Message]) -> set[str]:
        ids = {message.id for message in messages}
        try:
            result = self.function.invoke({"Records": [self._record(message) for message in messages]})
        except FunctionError:
            return ids
        if not self.reports_failures:
            return set()
        failed = failed_items(result)
        return set(failed) if failed is not None and ids.issuperset(failed) else ids

    def _record(self, message: Message) -> dict[str, Any]:
        return {
            "messageId": message.id,
            "receiptHandle": message.receipt_handle,
            "body": message.body,
            "attributes": {
                "ApproximateReceiveCount": str(message.approximate_receive_count),
                "SentTimestamp": str(message.sent_timestamp),
                "SenderId": message.sender_id,
                "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
            },
            "messageAttributes": {},
            "md5OfBody": message.body_md5,
            "eventSource": "aws:sqs",
            "eventSourceARN": queues.queue(self.queue).queue_arn,
            "awsRegion": REGION,
        }
