"""POST, PUT, PATCH and DELETE /v1/... of the marketer API: imports, write keys, definitions, and actions on them."""

import os
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopkeeper.api import service
from shopkeeper.api.adapters import Adapters
from shopkeeper.api.routes import CHANGE
from shopkeeper.aws.clients import Unavailable

logger = Logger(service="api_change")
adapters = Adapters(os.environ)


def note(error: Unavailable) -> None:
    logger.warning("not done", extra={"reason": str(error)})


app = service.resolver(CHANGE, adapters, note)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
