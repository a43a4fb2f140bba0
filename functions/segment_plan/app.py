"""Plan of segment_recompute, and the schedule -> a run is taken, or ordered."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

import msgspec
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopkeeper.aws.recomputes import Recomputes
from shopkeeper.clock import Clock
from shopkeeper.segment.planning import Planner, Step

logger = Logger(service="segment_plan")


@cache
def planner() -> Planner:
    return Planner(Recomputes.from_env(), Clock())


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> Mapping[str, Any]:
    if event["step"] == "ask":
        desk = planner().ask(event["why"])
        logger.info("asked", extra={"run": desk.run, "due_at": desk.due_at})
        return {"due_at": desk.due_at}
    step = planner().plan(msgspec.convert(event["run"], Step))
    logger.info("plan", extra={"run": step.run, "attempt": step.attempt, "next": step.next})
    return asdict(step)
