"""POST /v1/{track,identify,...,batch,import}, or by first letter -> one message per item in the Interactions queue.

What is answered with 200 is in the queue. Bad items cost themselves only; 4xx is for what cannot be read at all.
POST /v1/apps/{app}/events -> the same for PutEvents of Amazon Pinpoint, answered in its manner.
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
from shopkeeper.aws.live import LiveCalls
from shopkeeper.aws.queues import NotTaken, Queue
from shopkeeper.aws.tracking import KeyRingSecret
from shopkeeper.aws.write_keys import WriteKeys
from shopkeeper.clock import Clock
from shopkeeper.customer import interaction, live, write_keys
from shopkeeper.customer.collect import door, pinpoint, sdk_settings
from shopkeeper.customer.collect.calls import Visit
from shopkeeper.customer.collect.contexts import edge_from
from shopkeeper.customer.collect.door import Collected
from shopkeeper.customer.collect.refusals import TRY_AGAIN, Later, Refused, Unreadable
from shopkeeper.customer.live import LiveCall
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


@cache
def live_calls() -> LiveCalls:
    return LiveCalls.from_env()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    call = event["rawPath"].rstrip("/").rpartition("/")[2]
    serve, refuse = _SPECIAL.get(call, (_collect, _problem))
    try:
        return serve(event, door.SHORT.get(call, call))
    except Refused as refused:
        if not isinstance(refused, Later):
            _show(live.turned_away(call, refused, Clock().now()))
        return refuse(refused)
    except Unavailable as error:
        logger.warning("not collected", extra={"call": call, "reason": str(error)})
        return refuse(Later("Nothing is lost: send the same again in a while."))


def _settings(event: dict[str, Any], call: str) -> dict[str, Any]:
    text = event["pathParameters"]["key"]
    key = keys().find(text)
    if key is None or key.secret:
        raise Refused(404, "unknown_key", "There is no such publishable key.")
    protocol = event["headers"].get("x-forwarded-proto", "https")
    asked = sdk_settings.settings(text, protocol, event["requestContext"]["domainName"])
    return _answer(200, "application/json", asked, **{"cache-control": f"public, max-age={SETTINGS_LAST_S}"})


def _collect(event: dict[str, Any], call: str) -> dict[str, Any]:
    if call not in door.CALLS:
        raise Refused(404, "unknown_call", f"There is no call {call}.")
    body = door.read(_raw(event), call)
    visit = _visit(event, body.write_key, importing=call == "import")
    collected = _take(door.judge(body, call, visit), call, visit)
    return _answer(200, "application/json", collected.answer())


def _put_events(event: dict[str, Any], call: str) -> dict[str, Any]:
    """The write key stands where Pinpoint has the id of the application: its SDKs sign what they send with other keys,
    and say nothing else of ours."""
    batch = pinpoint.read(_raw(event))
    visit = _visit(event, event["pathParameters"]["app"])
    places, judged = pinpoint.judge(batch, visit)
    return _answer(202, "application/json", pinpoint.answer(batch, places, _take(judged, call, visit)))


def _take(collected: Collected, call: str, visit: Visit) -> Collected:
    """Nothing is called accepted that the queue has not taken, and nothing that it has taken is called lost."""
    try:
        queue().send([interaction.encode(each) for each in collected.interactions])
    except NotTaken as error:
        collected = collected.without(error.indices)
    _show(live.judged(call, visit, collected))
    refused = collected.refusals()
    accepted = len(collected.interactions)
    logger.info("collected", extra={"call": call, "key": visit.key.origin, "accepted": accepted, "refused": refused})
    if TRY_AGAIN in refused:
        message = "Not all could be taken just now. Send it again in a while: what has a messageId counts once."
        raise Later(message, **collected.answer())
    return collected


def _show(call: LiveCall) -> None:
    """Nobody who sends has to wait for it or fails by it."""
    try:
        live_calls().note(call)
    except Unavailable as error:
        logger.warning("not shown", extra={"reason": str(error)})


def _visit(event: dict[str, Any], in_body: str, *, importing: bool = False) -> Visit:
    """Who is there. Raises Refused for whom nobody knows.

    History takes a secret key. Segment's SDK for Android imports whatever happens, with the key of an app.
    """
    headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
    key = keys().find(write_keys.presented(headers.get("authorization", ""), in_body))
    if key is None:
        raise Refused(401, "unknown_key", "The write key is missing, unknown or revoked.", "writeKey")
    if not key.welcomes(headers.get("origin", "")):
        raise Refused(403, "origin_not_allowed", "This write key is not for pages of that origin.", "origin")
    return Visit(
        key=key,
        request_id=event["requestContext"]["requestId"],
        received_at=Clock().now(),
        edge=edge_from(headers),
        history=importing and key.secret,
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


def _problem(refused: Refused) -> dict[str, Any]:
    """With `code` and `message` beside, the names under which SDKs look for what to log."""
    message = str(refused)
    document = Problem(refused.status, message, [(refused.field, message)] if refused.field else []).document()
    document |= {"code": refused.code, "message": message, **refused.more}
    return _answer(refused.status, problems.MEDIA_TYPE, document, **_patience(refused))


def _exception(refused: Refused) -> dict[str, Any]:
    """As Pinpoint words it, so that its SDKs raise what their callers know. A wrong key is a 403 there."""
    status = 403 if refused.status == 401 else refused.status
    said = {"Message": f"{refused.code}: {refused}"}
    return _answer(status, "application/json", said, **{"x-amzn-errortype": _EXCEPTIONS[status]}, **_patience(refused))


def _patience(refused: Refused) -> dict[str, str]:
    return {"retry-after": RETRY_AFTER_S} if refused.status == 503 else {}


_EXCEPTIONS = {
    400: "BadRequestException",
    403: "ForbiddenException",
    413: "PayloadTooLargeException",
    503: "InternalServerErrorException",
}
_SPECIAL = {"settings": (_settings, _problem), "events": (_put_events, _exception)}
