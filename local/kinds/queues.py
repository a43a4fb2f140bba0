"""SQS queues."""

import json
from typing import TYPE_CHECKING

from local.emulator.account import arn
from local.kinds.kind import ENCRYPTION, Kind, Properties, Resource

if TYPE_CHECKING:
    from local.world import World


def _create(world: "World", name: str, properties: Properties) -> Resource:
    settings = {key: _text(value) for key, value in properties.items() if key in QUEUE.heeds}
    url = world.client("sqs").create_queue(QueueName=name, Attributes=settings)["QueueUrl"]
    world.queues.append(name)
    return Resource(ref=url, attributes={"Arn": arn("sqs", name), "QueueName": name})


def _text(value: object) -> str:
    return json.dumps(value) if isinstance(value, dict) else str(value)


QUEUE = Kind(
    _create,
    heeds=frozenset({"MaximumMessageSize", "MessageRetentionPeriod", "RedrivePolicy", "VisibilityTimeout"}),
    ignores={"SqsManagedSseEnabled": ENCRYPTION},
)
