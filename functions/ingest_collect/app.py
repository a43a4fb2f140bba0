"""POST /v1/{track,identify,...,batch,import}, or by first letter -> one message per item in the Interactions queue.

What is answered with 200 is in the queue. Bad items cost themselves only; 4xx is for what cannot be read at all.
GET /v1/projects/{key}/settings -> what Segment's browser SDK wants to know before it starts.
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
from shopkeeper.aws.queues import NotTaken, Queue
from shopkeeper.aws.tracking import KeyRingSecret
from shopkeeper.aws.write_keys import WriteKeys
from shopkeeper.clock import Clock
from shopkeeper.customer import interaction, write_keys
from shopkeeper.customer.collect import door, sdk_settings
from shopkeeper.customer.collect.bodies import TooLarge
from shopkeeper.customer.collect.calls import Visit
from shopkeeper.customer.collect.contexts import edge_from
from shopkeeper.customer.collect.door import Collected
from shopkeeper.customer.collect.json_items import Unreadable
from shopkeeper.customer.write_keys import WriteKey

RETRY_AFTER_S = "5"
SETTINGS_LAST_S = 300

logger = Logger(service="ingest_collect")


@cache
def keys() -> WriteKeys:
    return WriteKeys.from_env()


@cache
def key_ring() -> KeyRingSecret:
    return KeyRingSecret.from_env()


@cache
def queue() -> Queue:
    return Queue.from_env()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    call = event["rawPath"].rstrip("/").rpartition("/")[2]
    try:
        if call == "settings":
            return _settings(event)
        return _collect(event, door.SHORT.get(call, call))
    except TooLarge as error:
        return _problem(413, error.code, str(error))
    except Unreadable as error:
        return _problem(400, error.code, str(error), error.field)
    except Unavailable as error:
        logger.warning("not collected", extra={"call": call, "reason": str(error)})
        return _problem(503, "try_again", "Nothing is lost: send the same again in a while.")


def _settings(event: dict[str, Any]) -> dict[str, Any]:
    text = event["pathParameters"]["key"]
    key = keys().find(text)
    if key is None or key.secret:
        return _problem(404, "unknown_key", "There is no such publishable key.")
    protocol = event["headers"].get("x-forwarded-proto", "https")
    asked = sdk_settings.settings(text, protocol, event["requestContext"]["domainName"])
    return _answer(200, "application/json", asked, **{"cache-control": f"public, max-age={SETTINGS_LAST_S}"})


def _collect(event: dict[str, Any], call: str) -> dict[str, Any]:
    if call not in door.CALLS:
        return _problem(404, "unknown_call", f"There is no call {call}.")
    headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
    body = door.read(_raw(event), call)
    key = keys().find(write_keys.presented(headers.get("authorization", ""), body.write_key))
    if key is None:
        return _problem(401, "unknown_key", "The write key is missing, unknown or revoked.", "writeKey")
    if not key.welcomes(headers.get("origin", "")):
        return _problem(403, "origin_not_allowed", "This write key is not for pages of that origin.", "origin")
    if call == "import" and not key.secret:
        return _problem(403, "needs_secret_key", "Only a secret key may import.", "writeKey")
    visit = _visit(event, headers, key, history=call == "import")
    return _take(door.judge(body, call, visit), call, key)


def _take(collected: Collected, call: str, key: WriteKey) -> dict[str, Any]:
    """Nothing is called accepted that the queue has not taken, and nothing that it has taken is called lost."""
    try:
        queue().send([interaction.encode(each) for each in collected.interactions])
    except NotTaken as error:
        collected = collected.without(error.indices)
    refused = collected.refusals()
    accepted = len(collected.interactions)
    logger.info("collected", extra={"call": call, "key": key.origin, "accepted": accepted, "refused": refused})
    if door.NOT_TAKEN in refused:
        detail = "Not all could be taken just now. Send it again in a while: what has a messageId counts once."
        return _problem(503, door.NOT_TAKEN, detail, **collected.answer())
    return _answer(200, "application/json", collected.answer())


def _visit(event: dict[str, Any], headers: dict[str, str], key: WriteKey, *, history: bool) -> Visit:
    return Visit(
        key=key,
        request_id=event["requestContext"]["requestId"],
        received_at=Clock().now(),
        edge=edge_from(headers),
        history=history,
        secrets=cache(lambda: _identity_secrets(key)),
    )


def _identity_secrets(key: WriteKey) -> list[str]:
    """Without a key ring nobody can tell who is signed in, which is for later and no refusal. Raises Unavailable."""
    ring = key_ring().get(Clock().now())
    if ring is None:
        raise Unavailable("no key ring")
    return ring.identity_secrets(key.id)


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


def _problem(status: int, code: str, detail: str, field: str = "", **more: Any) -> dict[str, Any]:
    """With `code` and `message` beside, the names under which SDKs look for what to log."""
    document = Problem(status, detail, [(field, detail)] if field else []).document()
    headers = {"retry-after": RETRY_AFTER_S} if status == 503 else {}
    return _answer(status, problems.MEDIA_TYPE, document | {"code": code, "message": detail} | more, **headers)
