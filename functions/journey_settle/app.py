"""Settle of journey_leg: what was handed over -> the runs are let go, or go another round."""

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopkeeper.aws.runs import Runs
from shopkeeper.clock import Clock
from shopkeeper.journey.legs import settling
from shopkeeper.journey.legs.deciding import Stuck
from shopkeeper.journey.legs.settling import Settler
from shopkeeper.journey.rows import RunKey

MOST_ROUNDS = 10
"""Of one execution; then the clock goes on with what is left, which is due."""

logger = Logger(service="journey_settle")


@cache
def settler() -> Settler:
    return Settler(Runs.from_env(), Clock(), failed)


def failed(key: RunKey, problem: Exception) -> None:
    what = "run stuck" if isinstance(problem, Stuck) else "run not settled"
    logger.error(what, extra={"customer_id": key.customer_id, "reason": str(problem)})


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    done = [settling.handed_over(each) for each in event["runs"]]
    again, rounds = settler().settle(done), event["round"] + 1
    logger.info("settled", extra={"runs": len(done), "again": len(again), "round": rounds})
    left = [{"customer_id": each.key.customer_id, "name": each.key.name, "fence": each.fence} for each in again]
    return {"runs": left, "round": rounds, "any": bool(left) and rounds < MOST_ROUNDS}
