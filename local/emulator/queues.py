"""SQS: moto's queues, made quick with thousands of messages, and what a Lambda poller does to them."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple
from uuid import uuid4

import moto.sqs.models as sqs
from moto.core.utils import camelcase_to_underscores, unix_time_millis
from moto.sqs.models import Message

from local.emulator.account import ACCOUNT, REGION
from local.emulator.seam import Seam


class Attributes(Mapping[str, Any]):
    """A queue's attributes, each worked out when it is asked for.

    moto works out all of them, by counting every message three times, for each message that is sent.
    """

    def __init__(self, names: list[str], get: Callable[[str], Any]) -> None:
        self._names = names
        self._get = get

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        value = self._get(name)
        return str(value).lower() if isinstance(value, bool) else value

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class Queue(sqs.Queue):
    """One standard queue. Its times are milliseconds since 1970."""

    @property
    def attributes(self) -> Attributes:
        return Attributes(self.BASE_ATTRIBUTES, partial(_attribute, self))

    def take(self, count: int, max_bytes: int) -> list[Message]:
        """Receive up to `count` messages; those received too often before go to the dead-letter queue instead."""
        now = unix_time_millis()
        taken: list[Message] = []
        size = 0
        for message in [m for m in self._messages if _due(m) <= now]:
            if self._is_exhausted(message):
                self._give_up(message)
                continue
            size += len(message.body.encode())
            if taken and size > max_bytes:
                break
            message.mark_received(visibility_timeout=self.visibility_timeout)
            taken.append(message)
            if len(taken) == count:
                break
        return taken

    def delete(self, message_ids: set[str]) -> None:
        self._messages = [m for m in self._messages if m.id not in message_ids]

    def has_due(self) -> bool:
        now = unix_time_millis()
        return any(_due(m) <= now for m in self._messages)

    def next_due(self) -> float | None:
        """Seconds since 1970 when the first of the messages that are hidden or delayed now can be received."""
        now = unix_time_millis()
        return min((_due(m) / 1000 for m in self._messages if _due(m) > now), default=None)

    def count(self) -> tuple[int, int]:
        """How many can be received now, and how many not yet."""
        now = unix_time_millis()
        messages = list(self._messages)
        visible = sum(_due(message) <= now for message in messages)
        return visible, len(messages) - visible

    def _is_exhausted(self, message: Message) -> bool:
        policy = self.redrive_policy
        return bool(policy) and message.approximate_receive_count >= policy["maxReceiveCount"]

    def _give_up(self, message: Message) -> None:
        self._messages.remove(message)
        self.dead_letter_queue.add_message(message)


def _attribute(queue: Queue, name: str) -> Any:
    return getattr(queue, camelcase_to_underscores(name))


def _due(message: Message) -> float:
    return max(message.visible_at, message.delayed_until)


def queue(name: str) -> Queue:
    return sqs.sqs_backends[ACCOUNT][REGION].queues[name]


class Depth(NamedTuple):
    visible: int
    hidden: int
    dead: int
    dead_queue: str | None


def depth(name: str) -> Depth:
    found = queue(name)
    dead = found.dead_letter_queue
    return Depth(*found.count(), sum(dead.count()) if dead else 0, dead.name if dead else None)


def send(name: str, body: str) -> None:
    """What AWS itself puts into a queue: a rule's event, a record that could not be processed."""
    sqs.sqs_backends[ACCOUNT][REGION].send_message(name, body)


SEAMS = [
    Seam(sqs, "Queue", Queue, "moto's slows down with the square of its messages"),
    Seam(sqs, "generate_receipt_handle", lambda: uuid4().hex, "moto rolls dice for each of 185 letters"),
]
