"""GET of the marketer API: customers, imports, write keys, definitions and what has become of campaigns."""

import os
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopkeeper.api import service
from shopkeeper.api.adapters import Adapters
from shopkeeper.api.routes import READ
from shopkeeper.aws.clients import Unavailable

logger = Logger(service="api_read")
adapters = Adapters(os.environ)


def note(error: Unavailable) -> None:
    logger.warning("not read", extra={"reason": str(error)})


app = service.resolver(READ, adapters, note)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
