"""GET /v1/... of the marketer API: a customer's picture and timeline, imports, write keys."""

import json
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopkeeper import clock
from shopkeeper.api import cursors, roles
from shopkeeper.api.problems import MEDIA_TYPE, Problem
from shopkeeper.aws.clients import Unavailable, outages_named
from shopkeeper.aws.customers import Customers
from shopkeeper.aws.files import Files
from shopkeeper.aws.identities import Identities
from shopkeeper.aws.interactions import Interactions
from shopkeeper.aws.records import ImportJobs
from shopkeeper.aws.write_keys import WriteKeys
from shopkeeper.clock import Clock
from shopkeeper.customer import document, identity, key_request, timeline, view
from shopkeeper.customer.document import Customer
from shopkeeper.customer.importing import job
from shopkeeper.customer.importing.job import Job
from shopkeeper.customer.timeline import Position

logger = Logger(service="api_read")
app = APIGatewayHttpResolver()


@cache
def customers() -> Customers:
    return Customers.from_env()


@cache
def identities() -> Identities:
    return Identities.from_env()


@cache
def interactions() -> Interactions:
    return Interactions.from_env()


@cache
def jobs() -> ImportJobs:
    return ImportJobs.from_env()


@cache
def files() -> Files:
    return Files.from_env()


@cache
def keys() -> WriteKeys:
    return WriteKeys.from_env()


@app.get("/v1/customers/<customer>")
def read_customer(customer: str) -> Response[str]:
    allowed(*roles.GROUPS)
    return answered(view.customer(found(customer)))


@app.get("/v1/customers/<customer>/timeline")
def read_timeline(customer: str) -> Response[str]:
    allowed(*roles.GROUPS)
    query = app.current_event.query_string_parameters
    limit, after = cursors.limit_of(query.get("limit")), position(query.get("cursor"))
    seen = found(customer)
    until = after.at if after else ""
    subjects = (interactions().newest(subject, until, limit + 1) for subject in timeline.subjects_of(seen))
    page = timeline.page(seen.customer_id, subjects, after, limit)
    follows = cursors.cursor_for(page.next) if page.next else None
    return answered({"items": timeline.shown(page.rows), "next": follows})


@app.get("/v1/imports")
def list_imports() -> Response[str]:
    allowed(*roles.GROUPS)
    query = app.current_event.query_string_parameters
    cursor = query.get("cursor")
    before = cursors.parts_of(cursor, 1)[0] if cursor else ""
    listed, last = jobs().newest(cursors.limit_of(query.get("limit")), before)
    follows = cursors.cursor_for([last]) if last else None
    return answered({"items": [job.view(each) for each in listed], "next": follows})


@app.get("/v1/imports/<import_id>")
def read_import(import_id: str) -> Response[str]:
    allowed(*roles.GROUPS)
    return answered(job.view(found_job(import_id)))


@app.get("/v1/imports/<import_id>/errors")
def read_errors(import_id: str) -> Response[str]:
    """Leads on to the file itself, which may be larger than an answer can be."""
    allowed(roles.MARKETER, roles.ADMIN)
    wanted = found_job(import_id)
    if wanted.state != "done":
        raise Problem(409, wanted.error or "The file has not been read to its end yet.")
    address = files().errors_address(wanted.id, Clock().now())
    body = {"url": address.url, "expires_at": clock.to_text(address.expires_at)}
    return Response(303, "application/json", json.dumps(body), {"Location": address.url, "Cache-Control": "no-store"})


@app.get("/v1/keys")
def list_keys() -> Response[str]:
    allowed(roles.MARKETER, roles.ADMIN)
    return answered({"items": [key_request.shown(key) for key in keys().listed()]})


def found_job(import_id: str) -> Job:
    known = jobs().job(import_id)
    if known is None:
        raise Problem(404, "There is no such import.")
    return known


def found(name: str) -> Customer:
    """By customer id, or by who they are: `user:42`, `email:jo@example.com`, `anon:f00`. Raises Problem 404."""
    customer_id = customer_of(name) if identity.kind_of(name) in identity.KINDS else name
    stored = customers().load([customer_id]).get(customer_id) if customer_id else None
    if stored is None:
        raise Problem(404, "There is no such customer.")
    return document.load(stored)


def customer_of(name: str) -> str:
    who = identity.identity_of(name)
    known = identities().load([who]).get(who)
    return identity.resolve(known, clock.to_text(Clock().now())) if known else ""


def position(cursor: str | None) -> Position | None:
    return Position(*cursors.parts_of(cursor, len(Position._fields))) if cursor else None


def allowed(*groups: str) -> None:
    roles.caller(app.current_event.raw_event).must_be(*groups)


def answered(body: dict[str, Any]) -> Response[str]:
    return Response(200, "application/json", json.dumps(body, ensure_ascii=False))


def naming_outages(app: APIGatewayHttpResolver, following: NextMiddleware) -> Response[str]:
    with outages_named():
        return following(app)


def explain(problem: Problem) -> Response[str]:
    return Response(problem.status, MEDIA_TYPE, json.dumps(problem.document()))


def explain_outage(error: Unavailable) -> Response[str]:
    logger.warning("not read", extra={"reason": str(error)})
    return explain(Problem(503, "This could not be read just now. Try again in a while."))


@app.not_found
def nowhere(_: Exception) -> Response[str]:
    return explain(Problem(404, "There is nothing at this address."))


app.use([naming_outages])
# An exception without a handler would be logged with all it says.
app.exception_handler(Problem)(explain)
app.exception_handler(Unavailable)(explain_outage)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
