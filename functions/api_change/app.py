"""POST, PUT and DELETE /v1/... of the marketer API: imports and write keys.

A POST with an `Idempotency-Key` is done once: the same request again gets the same answer for a day.
"""

import json
import os
from collections.abc import Callable
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopkeeper import clock, ids
from shopkeeper.api import roles
from shopkeeper.api.problems import MEDIA_TYPE, Problem
from shopkeeper.api.roles import ADMIN, MARKETER, Caller
from shopkeeper.aws.clients import Unavailable, outages_named
from shopkeeper.aws.files import Files
from shopkeeper.aws.records import Answers, ImportJobs
from shopkeeper.aws.write_keys import WriteKeys
from shopkeeper.clock import Clock
from shopkeeper.customer import key_request, requests, write_keys
from shopkeeper.customer.importing import request
from shopkeeper.customer.importing.job import Job, view
from shopkeeper.customer.key_request import KeyRequest
from shopkeeper.customer.requests import BadRequest

MAX_KEY = 255
Answer = tuple[int, dict[str, Any]]

logger = Logger(service="api_change")
app = APIGatewayHttpResolver()


@cache
def jobs() -> ImportJobs:
    return ImportJobs.from_env()


@cache
def files() -> Files:
    return Files.from_env()


@cache
def answers() -> Answers:
    return Answers.from_env()


@cache
def keys() -> WriteKeys:
    return WriteKeys.from_env()


@app.post("/v1/imports")
def create_import() -> Response[str]:
    who = allowed(MARKETER, ADMIN)
    wanted = request.read(body(), Clock().now())
    return once(who, lambda: new_import(wanted, wanted.id or derived_id(who)))


@app.post("/v1/keys")
def create_key() -> Response[str]:
    who = allowed(ADMIN)
    wanted = requests.read(KeyRequest, body())
    return once(who, lambda: new_key(wanted), secret="key")  # noqa: S106 - the name of a field.


@app.delete("/v1/keys/<key_id>")
def revoke_key(key_id: str) -> Response[str]:
    allowed(ADMIN)
    if not keys().revoke(key_id):
        raise Problem(404, "There is no such key.")
    return Response(204)


def new_import(wanted: request.Import, import_id: str) -> Answer:
    """Asked for again while it waits for its file, an import gets a fresh upload address."""
    now = Clock().now()
    job = jobs().create(Job(import_id, wanted, created_at=clock.to_text(now)))
    if job.wanted != wanted or job.state != "waiting":
        raise Problem(409, "There is another import with this id.", [("id", "is taken: choose another one")])
    upload = files().upload_address(import_id, now)
    address = {"method": "PUT", "url": upload.url, "expires_at": clock.to_text(upload.expires_at)}
    return 201, view(job) | {"upload": address}


def new_key(wanted: KeyRequest) -> Answer:
    """The key itself is in this one answer and nowhere else."""
    text = write_keys.mint(wanted.kind, os.environ["STAGE"])
    key = write_keys.describe(text, name=wanted.name, created_at=Clock().now())
    keys().put(key)
    return 201, key_request.shown(key) | {"key": text}


def derived_id(who: Caller) -> str:
    key = idempotency_key()
    return (
        ids.digest("import", who.id, key) if key else ids.digest("import", app.current_event.request_context.request_id)
    )


def once(who: Caller, work: Callable[[], Answer], secret: str = "") -> Response[str]:
    """A field named `secret` is not kept, so it is in the first answer only."""
    key = idempotency_key()
    if not key:
        return answered(work())
    place = f"answer#{who.id}#{ids.digest(app.current_event.path, key)}"
    asked = ids.digest(body())
    claim = answers().claim(place, asked, Clock().now())
    if claim.body != asked:
        raise Problem(422, "This Idempotency-Key came with another request before.", [("Idempotency-Key", "is used")])
    if claim.answer:
        status, document = json.loads(claim.answer)
        return answered((status, document))
    status, document = work()
    kept = {name: value for name, value in document.items() if name != secret}
    answers().give(place, json.dumps([status, kept]))
    return answered((status, document))


def allowed(*groups: str) -> Caller:
    who = roles.caller(app.current_event.raw_event)
    who.must_be(*groups)
    return who


def body() -> str:
    return app.current_event.decoded_body or ""


def idempotency_key() -> str:
    key = app.current_event.headers.get("idempotency-key", "")
    if len(key) > MAX_KEY:
        raise Problem(400, "The Idempotency-Key is too long.", [("Idempotency-Key", f"has over {MAX_KEY} characters")])
    return key


def answered(answer: Answer) -> Response[str]:
    return Response(answer[0], "application/json", json.dumps(answer[1]))


def naming_outages(app: APIGatewayHttpResolver, following: NextMiddleware) -> Response[str]:
    with outages_named():
        return following(app)


def explain(problem: Problem) -> Response[str]:
    return Response(problem.status, MEDIA_TYPE, json.dumps(problem.document()))


def explain_fields(error: BadRequest) -> Response[str]:
    return explain(Problem(400, "The request cannot be carried out as it stands.", error.findings))


def explain_outage(error: Unavailable) -> Response[str]:
    logger.warning("not done", extra={"reason": str(error)})
    return explain(Problem(503, "This could not be done just now. Try again in a while."))


@app.not_found
def nowhere(_: Exception) -> Response[str]:
    return explain(Problem(404, "There is nothing at this address."))


app.use([naming_outages])
# An exception without a handler would be logged with all it says.
app.exception_handler(Problem)(explain)
app.exception_handler(BadRequest)(explain_fields)
app.exception_handler(Unavailable)(explain_outage)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
