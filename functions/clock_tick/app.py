"""Each minute -> one message for each shard of the due indexes in the Drain queue."""

import json
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopkeeper.aws import due
from shopkeeper.aws.queues import Queue

logger = Logger(service="clock_tick")


@cache
def drains() -> Queue:
    return Queue.from_env("DRAIN_QUEUE_URL")


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    drains().send([json.dumps({"shard": str(shard)}).encode() for shard in range(due.shards())])
