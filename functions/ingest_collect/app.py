"""POST /v1/{track,identify,page,screen,group,alias,batch,import} -> one message per item in the Interactions queue.

What is answered with 200 is in the queue. Bad items cost themselves only; 4xx is for what cannot be read at all.
"""

import base64
from functools import cache
from typing import Any

import msgspec
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopkeeper.api import problems
from shopkeeper.api.problems import Problem
from shopkeeper.aws.clients import Unavailable
from shopkeeper.aws.queues import Queue
from shopkeeper.aws.write_keys import WriteKeys
from shopkeeper.clock import Clock
from shopkeeper.customer import interaction, write_keys
from shopkeeper.customer.collect import door
from shopkeeper.customer.collect.bodies import TooLarge
from shopkeeper.customer.collect.calls import Visit
from shopkeeper.customer.collect.contexts import edge_from
from shopkeeper.customer.collect.json_items import Unreadable
from shopkeeper.customer.write_keys import WriteKey

RETRY_AFTER_S = "5"

logger = Logger(service="ingest_collect")


@cache
def keys() -> WriteKeys:
    return WriteKeys.from_env()


@cache
def queue() -> Queue:
    return Queue.from_env()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    call = event["rawPath"].rstrip("/").rpartition("/")[2]
    if call not in door.CALLS:
        return _problem(404, "unknown_call", f"There is no call {call}.")
    try:
        return _collect(event, call)
    except TooLarge as error:
        return _problem(413, error.code, str(error))
    except Unreadable as error:
        return _problem(400, error.code, str(error), error.field)
    except Unavailable as error:
        logger.warning("not collected", extra={"call": call, "reason": str(error)})
        return _problem(503, "try_again", "Nothing is lost: send the same again in a while.")


def _collect(event: dict[str, Any], call: str) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
    body = door.read(_raw(event), call)
    key = keys().find(write_keys.presented(headers.get("authorization", ""), body.write_key))
    if key is None:
        return _problem(401, "unknown_key", "The write key is missing, unknown or revoked.", "writeKey")
    if call == "import" and not key.secret:
        return _problem(403, "needs_secret_key", "Only a secret key may import.", "writeKey")
    visit = _visit(event, headers, key, history=call == "import")
    collected = door.judge(body, call, visit)
    queue().send([interaction.encode(each) for each in collected.interactions])
    accepted = len(collected.interactions)
    logger.info(
        "collected",
        extra={"call": call, "key": key.origin, "accepted": accepted, "refused": collected.refusals()},
    )
    return _answer(200, "application/json", collected.answer())


def _visit(event: dict[str, Any], headers: dict[str, str], key: WriteKey, *, history: bool) -> Visit:
    return Visit(
        key=key,
        request_id=event["requestContext"]["requestId"],
        received_at=Clock().now(),
        edge=edge_from(headers),
        history=history,
    )


def _raw(event: dict[str, Any]) -> bytes:
    """The bytes as sent: the gateway hands over as base64 what it does not take for text."""
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return bytes(body.encode("utf-8", "surrogatepass"))
    try:
        return base64.b64decode(body, validate=True)
    except ValueError:
        raise Unreadable("not_base64", "The body cannot be read.") from None


def _answer(status: int, content_type: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"content-type": content_type, "cache-control": "no-store", **headers},
        "body": msgspec.json.encode(body).decode(),
        "isBase64Encoded": False,
    }


def _problem(status: int, code: str, detail: str, field: str = "") -> dict[str, Any]:
    """With `code` and `message` beside, the names under which SDKs look for what to log."""
    document = Problem(status, detail, [(field, detail)] if field else []).document()
    headers = {"retry-after": RETRY_AFTER_S} if status == 503 else {}
    return _answer(status, problems.MEDIA_TYPE, document | {"code": code, "message": detail}, **headers)
