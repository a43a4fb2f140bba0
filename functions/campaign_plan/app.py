"""Freeze of campaign_launch -> the audience in one slice of the customers as rows of the ledger."""

from dataclasses import asdict
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopkeeper.aws.customers import Customers
from shopkeeper.aws.launches import Launches
from shopkeeper.aws.sends import Sends
from shopkeeper.aws.workspace import zone
from shopkeeper.campaign.freeze import Freezer, Slice
from shopkeeper.clock import Clock

# Enough for a page of customers who all belong to the audience, with a slow table.
RESERVE_MS = 90_000

logger = Logger(service="campaign_plan")


@cache
def freezer() -> Freezer:
    return Freezer(Launches.from_env(), Customers.from_env(), Sends.from_env(), Clock(), unread, zone())


def unread(customer_id: str) -> None:
    logger.error("document not readable", extra={"customer_id": customer_id})


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    part = freezer().freeze(Slice(**event), lambda: context.get_remaining_time_in_millis() > RESERVE_MS)
    logger.info("frozen", extra={"launch": part.launch, "slice": part.slice, "found": part.found, "more": part.more})
    return asdict(part)
