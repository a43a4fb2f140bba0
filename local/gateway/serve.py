"""From a request to its answer: the API, the route, who asks, the function."""

from collections.abc import Mapping

from local.functions import EventTooLargeError, Function, FunctionError
from local.gateway import answers
from local.gateway.authorizer import TokenError, refusal
from local.gateway.cors import is_preflight
from local.gateway.events import event
from local.gateway.messages import Request, Response
from local.gateway.routes import Api, Route, plain

MAX_BODY_BYTES = 10 * 1024 * 1024

NOT_FOUND = Response.message(404, "Not Found")
TOO_LONG = Response.message(413, "Request Too Long")


class Gateway:
    """All APIs on one address: a path of one that is open to everybody never reaches one that asks for a token."""

    def __init__(self, apis: list[Api], functions: Mapping[str, Function]) -> None:
        self._apis = sorted(apis, key=lambda api: api.is_closed)
        self._functions = functions

    def answer(self, request: Request) -> Response:
        path = plain(request.path)
        api = next((api for api in self._apis if api.knows(path)), None)
        if api is None:
            return NOT_FOUND
        if api.cors and is_preflight(request):
            return api.cors.preflight(request)
        response = self._route(request, api, path)
        return api.cors.apply(request, response) if api.cors else response

    def _route(self, request: Request, api: Api, path: str) -> Response:
        found = api.find(request.method, path)
        if found is None:
            return NOT_FOUND
        if len(request.body) > MAX_BODY_BYTES:
            return TOO_LONG
        route, parameters = found
        try:
            claims = route.authorizer.check(request.header("authorization")) if route.authorizer else None
        except TokenError as error:
            return Response.message(401, "Unauthorized", list(refusal(error).items()))
        return self._call(event(request, api, route, path, parameters, claims), route)

    def _call(self, event: dict[str, object], route: Route) -> Response:
        try:
            result = self._functions[route.function].invoke(event)
        except EventTooLargeError:
            return TOO_LONG
        except FunctionError:
            return answers.INTERNAL_ERROR
        return answers.response(result)
