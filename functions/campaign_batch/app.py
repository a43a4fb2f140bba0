"""Enqueue of campaign_launch -> the ids of the ready rows of one shard in the OutgoingMarketing queue."""

from dataclasses import asdict
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopkeeper.aws.holds import Holds
from shopkeeper.aws.launches import Launches
from shopkeeper.aws.queues import Queue
from shopkeeper.aws.sends import Sends
from shopkeeper.campaign.enqueue import Enqueuer, Shard
from shopkeeper.clock import Clock

# Enough for a page of rows with a slow queue.
RESERVE_MS = 60_000

logger = Logger(service="campaign_batch")


@cache
def enqueuer() -> Enqueuer:
    outgoing = Queue.from_env("OUTGOING_MARKETING_QUEUE_URL")
    return Enqueuer(Launches.from_env(), Sends.from_env(), outgoing, Holds.from_env(), Clock())


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    part = enqueuer().enqueue(Shard(**event), lambda: context.get_remaining_time_in_millis() > RESERVE_MS)
    logger.info("queued", extra={"launch": part.launch, "shard": part.shard, "queued": part.queued, "more": part.more})
    return asdict(part)
