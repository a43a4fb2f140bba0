"""GET, HEAD /a/{file} -> a picture that letters show. It never changes, so whoever has it need not ask again."""

import base64
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopkeeper import pages
from shopkeeper.aws.assets import Assets
from shopkeeper.aws.clients import Unavailable
from shopkeeper.mail import pictures

logger = Logger(service="mail_show")
HEADERS = {
    "cache-control": "public, max-age=31536000, immutable",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'",
    "cross-origin-resource-policy": "cross-origin",
}


@cache
def assets() -> Assets:
    return Assets.from_env()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    digest = pictures.asked(event["pathParameters"]["file"])
    headers = HEADERS | {"etag": f'"{digest}"'}
    if digest and digest in event.get("headers", {}).get("if-none-match", ""):
        return {"statusCode": 304, "headers": headers}
    try:
        found = assets().read(digest) if digest else None
    except Unavailable as error:
        logger.warning("not read", extra={"reason": str(error)})
        return pages.page(503, "One moment, please", "Please try again in half a minute.", **{"Retry-After": "30"})
    if found is None:
        return pages.missing()
    is_head = event["requestContext"]["http"]["method"] == "HEAD"
    body = "" if is_head else base64.b64encode(found.data).decode()
    return {
        "statusCode": 200,
        "headers": headers | {"content-type": found.media},
        "body": body,
        "isBase64Encoded": not is_head,
    }
