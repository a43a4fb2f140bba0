"""Begin, Frozen, Settle and NoteFailure of campaign_launch -> how the launch stands, and where to go."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

import msgspec
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopkeeper.aws.definitions import Definitions
from shopkeeper.aws.launches import Launches, Recounts
from shopkeeper.aws.queues import Queue
from shopkeeper.aws.sends import Sends
from shopkeeper.campaign.freeze import Slice
from shopkeeper.campaign.settle import Settler, Watch
from shopkeeper.campaign.tally import Teller
from shopkeeper.clock import Clock

# Enough for a page of rows that are all to be stopped, with a slow table.
RESERVE_MS = 60_000

logger = Logger(service="campaign_settle")


@cache
def settler() -> Settler:
    outgoing = Queue.from_env("OUTGOING_MARKETING_QUEUE_URL")
    definitions, recounts = Definitions.from_env(), Recounts.from_env()
    teller = Teller(Sends.from_env(), Queue.from_env(), Clock(), in_doubt)
    return Settler(Launches.from_env(), teller, outgoing, definitions, recounts, Clock())


def in_doubt(launch: str, count: int) -> None:
    logger.error("sends in doubt", extra={"launch": launch, "count": count})


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    watch = step(event, msgspec.convert(event["watch"], Watch), context)
    counts = dict(watch.tally.counts)
    logger.info(event["step"], extra={"launch": watch.launch, "next": watch.next, "counts": counts})
    return asdict(watch)


def step(event: Mapping[str, Any], watch: Watch, context: LambdaContext) -> Watch:
    if event["step"] == "begin":
        return settler().begin(watch)
    if event["step"] == "frozen":
        return settler().frozen(watch, [Slice(**part) for part in event["parts"]])
    if event["step"] == "fail":
        return settler().fail(watch, event["error"])
    return settler().settle(watch, lambda: context.get_remaining_time_in_millis() > RESERVE_MS)
