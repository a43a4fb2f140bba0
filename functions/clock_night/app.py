"""Each night -> walks over all customers begin: the field dictionary is counted, and how orders are spread.

Once, another one puts who is on lists into the view of members.

The clock visits what this makes due. A night that is told twice begins nothing twice: a walk is known by its day.
"""

from datetime import timedelta
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopkeeper import clock
from shopkeeper.aws.walks import Slices
from shopkeeper.clock import Clock
from shopkeeper.customer import fields, rfm, walks
from shopkeeper.segment import restoring

KEPT_FOR = timedelta(days=7)

logger = Logger(service="clock_night")


@cache
def slices() -> Slices:
    return Slices.from_env()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    now = Clock().now()
    for kind in (fields.KIND, rfm.COUNTING):
        walks.start(slices(), f"{kind}/{clock.day(now)}", now, int((now + KEPT_FOR).timestamp()))
    walks.start(slices(), restoring.WALK, now)  # Begun once: in the first night that knows of it.
