"""Takes each request to its route: who is asking, what they say; one answer, or a problem that says why not."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware

from shopkeeper.api import roles
from shopkeeper.api.adapters import Adapters
from shopkeeper.api.calls import Answer, Call, Route
from shopkeeper.api.once import once
from shopkeeper.api.problems import MEDIA_TYPE, Problem
from shopkeeper.api.roles import Caller
from shopkeeper.aws.clients import Unavailable, outages_named
from shopkeeper.clock import Clock
from shopkeeper.customer import requests, write_keys
from shopkeeper.customer.requests import BadRequest

_ANYBODY = Caller("", frozenset())
_LONGEST_NAME = 1000  # bytes; DynamoDB takes a little more in a key


def resolver(
    routes: Iterable[Route], adapters: Adapters, note: Callable[[Unavailable], None]
) -> APIGatewayHttpResolver:
    """`note` writes down that AWS could not be asked; nothing else of a request is ever logged."""
    app = APIGatewayHttpResolver()
    for route in routes:
        rule = route.path.replace("{", "<").replace("}", ">")
        app.route(rule, route.method)(_serving(app, route, adapters))
    app.use([_naming_outages])
    app.not_found(_nowhere)
    # An exception without a handler would be logged with all it says.
    app.exception_handler(Problem)(_explain)
    app.exception_handler(BadRequest)(_explain_fields)
    app.exception_handler(Unavailable)(_explaining_outages(note))
    return app


def _serving(app: APIGatewayHttpResolver, route: Route, adapters: Adapters) -> Callable[..., Response[str]]:
    def serve(**path: str) -> Response[str]:
        return _written(_serve(route, _call(app, route, path, adapters)))

    return serve


def _call(app: APIGatewayHttpResolver, route: Route, path: dict[str, str], adapters: Adapters) -> Call:
    event = app.current_event
    if any(len(named.encode()) > _LONGEST_NAME for named in path.values()):
        raise Problem(404, "There is nothing of that name.")
    return Call(
        who=_who(route, event.raw_event, adapters),
        now=Clock().now(),
        request_id=event.request_context.request_id,
        headers={name.lower(): value for name, value in event.headers.items()},
        text=_text(app),
        path=path,
        query=_query(event.query_string_parameters, route),
        aws=adapters,
    )


def _who(route: Route, event: dict[str, Any], adapters: Adapters) -> Caller:
    """Raises Problem 401 and 403."""
    if not route.groups:
        return _ANYBODY
    if roles.SERVER in route.groups:
        said = {name.lower(): value for name, value in event["headers"].items()}.get("authorization", "")
        key = write_keys.presented(said, "")
        return roles.server(adapters.keys.find(key) if key else None)
    who = roles.caller(event)
    who.must_be(*route.groups)
    return who


def _text(app: APIGatewayHttpResolver) -> str:
    try:
        return app.current_event.decoded_body or ""
    except UnicodeDecodeError:
        raise Problem(400, "The body is not text in UTF-8.") from None


def _query(said: dict[str, str], route: Route) -> dict[str, str]:
    """A misspelt parameter would be answered with something else than what was asked for, such as page one again."""
    known = [parameter.name for parameter in route.parameters]
    unknown = [(name, "is no parameter here") for name in said if known and name not in known]
    if unknown:
        raise Problem(400, f"This takes {', '.join(known)}.", unknown)
    return said


def _serve(route: Route, call: Call) -> Answer[Any]:
    wanted = requests.read(route.body, route.json(call)) if route.body else None
    if wanted is not None:
        route.find_fault(call, wanted)
    if not route.once:
        return route.serve(call, wanted)
    path = route.path.format_map(call.path)
    return once(call, path, lambda: route.serve(call, wanted), route.secret)


def _written(answer: Answer[Any]) -> Response[str]:
    headers: dict[str, Any] = dict(answer.headers)
    if answer.body is None:
        return Response(answer.status, headers=headers)
    return Response(answer.status, "application/json", json.dumps(answer.body, ensure_ascii=False), headers)


def _naming_outages(app: APIGatewayHttpResolver, following: NextMiddleware) -> Response[str]:
    with outages_named():
        return following(app)


def _explain(problem: Problem) -> Response[str]:
    return Response(problem.status, MEDIA_TYPE, json.dumps(problem.document()))


def _explain_fields(error: BadRequest) -> Response[str]:
    of_all = [reason for field, reason in error.findings if not field]
    detail = f"The body {of_all[0]}." if of_all else "The request cannot be carried out as it stands."
    return _explain(Problem(400, detail, error.findings))


def _explaining_outages(note: Callable[[Unavailable], None]) -> Callable[[Unavailable], Response[str]]:
    def explain(error: Unavailable) -> Response[str]:
        note(error)
        return _explain(Problem(503, "This could not be done just now. Try again in a while."))

    return explain


def _nowhere(_: Exception) -> Response[str]:
    return _explain(Problem(404, "There is nothing at this address."))
