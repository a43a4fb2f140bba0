"""Put messages into a queue so that the sender knows of each whether it is there."""

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from botocore.exceptions import ClientError

from shopkeeper.aws.clients import Unavailable, client, outages_named

MESSAGES_PER_CALL = 10
# SQS takes a call of 1 MiB by now; a quarter of it holds ten messages of common size and suits every older limit.
BYTES_PER_CALL = 256 * 1024
TRIES = 3
FIRST_PAUSE_S = 0.05

_DEPTHS = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
]

# Characters that JSON allows and SQS refuses. JSON has them inside strings only, where they can be escaped.
_ESCAPES = {0xFFFE: "\\ufffe", 0xFFFF: "\\uffff"}


_TOO_LATE = frozenset(("InvalidParameterValue", "MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight"))


class NotTaken(Unavailable):
    """The queue refused these messages, by index, however often it was asked. All others are in it."""

    def __init__(self, indices: list[int]) -> None:
        super().__init__(f"{len(indices)} messages were not taken")
        self.indices = indices


class Queue:
    def __init__(self, sqs: Any, url: str, pause: Callable[[float], None] = time.sleep) -> None:
        self._sqs = sqs
        self._url = url
        self._pause = pause

    @classmethod
    def from_env(cls, name: str = "INTERACTIONS_QUEUE_URL") -> "Queue":
        return cls(client("sqs"), os.environ[name])

    def send(self, messages: Sequence[bytes], delays: Sequence[int] = ()) -> None:
        """One message for each JSON text, put off by its delay in seconds, 900 at most, if there are any. Returns when
        all are in the queue.

        Raises NotTaken for those the queue refused, Unavailable when it could not be asked: then some may be in it.
        """
        waiting = [(index, _sendable(message)) for index, message in enumerate(messages)]
        for attempt in range(TRIES):
            if attempt and waiting:
                self._pause(FIRST_PAUSE_S * 2**attempt * random.uniform(0.5, 1))  # noqa: S311 - spreads, hides nothing
            waiting = [left for call in _calls(waiting) for left in self._refused(call, delays)]
        if waiting:
            raise NotTaken([index for index, _ in waiting])

    def put_off(self, receipt: str, seconds: int) -> None:
        """Of a message in the hands of the one who asks: nobody gets it before. One that was hidden for half a day
        already, or is in other hands by now, comes when the queue says so. Raises Unavailable."""
        try:
            with outages_named():
                self._sqs.change_message_visibility(
                    QueueUrl=self._url, ReceiptHandle=receipt, VisibilityTimeout=seconds
                )
        except ClientError as error:
            if error.response["Error"]["Code"] not in _TOO_LATE:
                raise

    def is_idle(self) -> bool:
        """About: no message waits, is put off or is in anybody's hands. SQS is a moment late. Raises Unavailable."""
        with outages_named():
            answer = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=_DEPTHS)
        return not any(int(answer["Attributes"][name]) for name in _DEPTHS)

    def _refused(self, call: list[tuple[int, str]], delays: Sequence[int]) -> list[tuple[int, str]]:
        late = {index: {"DelaySeconds": delays[index]} for index, _ in call if delays and delays[index]}
        entries = [{"Id": str(index), "MessageBody": body, **late.get(index, {})} for index, body in call]
        with outages_named():
            answer = self._sqs.send_message_batch(QueueUrl=self._url, Entries=entries)
        taken = {entry["Id"] for entry in answer.get("Successful", [])}
        return [(index, body) for index, body in call if str(index) not in taken]


def _sendable(message: bytes) -> str:
    text = message.decode()
    return text if text.isascii() else text.translate(_ESCAPES)


def _calls(messages: list[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    call: list[tuple[int, str]] = []
    size = 0
    for index, body in messages:
        length = len(body.encode())
        if call and (len(call) == MESSAGES_PER_CALL or size + length > BYTES_PER_CALL):
            yield call
            call, size = [], 0
        call.append((index, body))
        size += length
    if call:
        yield call
