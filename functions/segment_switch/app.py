"""Switch, Clear and NoteFailure of segment_recompute -> what was built counts, or the run shows that it failed."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

import msgspec
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopkeeper.aws.editions import Editions
from shopkeeper.aws.former_members import FormerMembers
from shopkeeper.aws.recomputes import Recomputes
from shopkeeper.aws.segment_measures import SegmentMeasures
from shopkeeper.aws.walks import Slices
from shopkeeper.clock import Clock
from shopkeeper.segment.planning import Step
from shopkeeper.segment.switching import Switcher

# Enough for a page of former members, with a slow table.
RESERVE_MS = 60_000

logger = Logger(service="segment_switch")


@cache
def switcher() -> Switcher:
    recomputes, editions = Recomputes.from_env(), Editions.from_env()
    return Switcher(
        recomputes,
        Slices.from_env(),
        editions,
        recomputes,
        FormerMembers.from_env(),
        SegmentMeasures.from_env(),
        Clock(),
    )


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    step = done(event, msgspec.convert(event["run"], Step), context)
    logger.info(event["step"], extra={"run": step.run, "attempt": step.attempt, "next": step.next})
    return asdict(step)


def done(event: Mapping[str, Any], step: Step, context: LambdaContext) -> Step:
    if event["step"] == "switch":
        return switcher().switch(step)
    if event["step"] == "fail":
        return switcher().fail(step, event["error"])
    return switcher().clear(step, lambda: context.get_remaining_time_in_millis() > RESERVE_MS)
