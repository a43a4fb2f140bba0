"""The marketer API as OpenAPI 3.1, made from the routes that serve it."""

import inspect
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from pydantic import TypeAdapter

from shopkeeper.api.calls import Parameter, Room, Route
from shopkeeper.api.once import HEADER
from shopkeeper.api.problems import MEDIA_TYPE
from shopkeeper.api.roles import SERVER
from shopkeeper.api.versions import Head

Json = dict[str, Any]

TITLE = "Shopkeeper"
VERSION = "1"
_REFS = "#/components/schemas/{model}"
_PROBLEM: Json = {
    "type": "object",
    "description": "What went wrong (RFC 9457), in words for people, and which fields are to blame.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "reason"],
                "properties": {
                    "field": {"type": "string", "description": "A dot leads inwards; empty is the body as a whole."},
                    "reason": {"type": "string"},
                },
            },
        },
    },
}
_SAID: Json = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
# The gateway itself says so, before anything of ours is asked.
_TURNED_AWAY: Json = {
    "application/json": {"schema": {"type": "object", "properties": {"message": {"type": "string"}}}},
}
_PEOPLE: Json = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "An access token of the user pool. Its groups say what its holder may do.",
}
_SERVERS = {
    "type": "http",
    "scheme": "basic",
    "description": "A secret write key that may send messages, as the user. It is taken as bearer, too.",
}
_REFUSALS = {
    400: "What was asked cannot be carried out as it stands; the fields at fault are named.",
    401: "The token or key is missing or worth nothing.",
    403: "The caller is in none of the groups that may do this, or the key may not.",
    404: "There is no such thing.",
    422: "This Idempotency-Key came with another request before.",
    503: "This could not be done just now; the same request may be sent again.",
}


def document(rooms: Iterable[Room]) -> Json:
    rooms = list(rooms)
    routes = [route for room in rooms for route in room.routes]
    forms, components = _schemas(routes)
    paths: dict[str, Json] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, forms)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION, "description": "What the people of a business ask and say."},
        "tags": [{"name": room.name, "description": room.about} for room in rooms],
        "paths": paths,
        "components": {
            "schemas": components | {"Problem": _PROBLEM},
            "securitySchemes": {"people": _PEOPLE, "servers": _SERVERS},
        },
    }


def _schemas(routes: list[Route]) -> tuple[Mapping[tuple[Any, str], Json], Json]:
    """The schema of each body and answer by its type and use, and what they share."""
    wanted = (form for route in routes for form in (route.body, route.gives) if _is_form(form))
    types: dict[Any, TypeAdapter[Any]] = {form: TypeAdapter(form) for form in wanted}
    forms, shared = TypeAdapter.json_schemas(
        [(kind, "validation", adapter) for kind, adapter in types.items()],
        ref_template=_REFS,
    )
    return forms, shared["$defs"]  # type: ignore[return-value]


def _is_form(wanted: Any) -> bool:
    return wanted not in (None, type(None))


def _operation(route: Route, forms: Mapping[tuple[Any, str], Json]) -> Json:
    summary, _, rest = inspect.cleandoc(route.about).partition("\n")
    said: Json = {
        "tags": [route.room],
        "operationId": _operation_id(route),
        "summary": summary,
        "description": f"{rest.strip()}\n\n{_who_may(route)}".strip(),
        "security": _security(route),
        "parameters": [*_of_the_path(route), *(_parameter(each) for each in _parameters(route))],
        "responses": dict(_responses(route, forms)),
    }
    if route.body:
        schema = forms[route.body, "validation"]
        needed = any(each.is_required() for each in route.body.model_fields.values())
        content = {media_type: {"schema": schema} for media_type in ("application/json", *route.reads)}
        said["requestBody"] = {"required": needed, "content": content}
    return said


def _operation_id(route: Route) -> str:
    """`GET /v1/imports/{import_id}/errors` is `get_imports_import_id_errors`."""
    return "_".join([route.method.lower(), *re.findall(r"\w+", route.path.removeprefix("/v1/"))])


def _security(route: Route) -> list[Json]:
    return [{"servers" if SERVER in route.groups else "people": []}] if route.groups else []


def _who_may(route: Route) -> str:
    if SERVER in route.groups:
        return "For servers, with a secret write key that may send messages."
    return f"Groups: {', '.join(route.groups)}." if route.groups else "Open to everybody."


def _of_the_path(route: Route) -> Iterable[Json]:
    for name in re.findall(r"{(\w+)}", route.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _parameters(route: Route) -> tuple[Parameter, ...]:
    return (*route.parameters, HEADER) if route.once else route.parameters


def _parameter(each: Parameter) -> Json:
    about = {"name": each.name, "in": each.place, "description": each.about, "schema": dict(each.form)}
    return about | ({"required": True} if each.required else {})


def _responses(route: Route, forms: Mapping[tuple[Any, str], Json]) -> Iterable[tuple[str, Json]]:
    given = {route.status: HTTPStatus(route.status).phrase}
    given |= {status: about for status, about in route.refusals.items() if status < HTTPStatus.BAD_REQUEST}
    for status, about in sorted(given.items()):
        yield str(status), {"description": about} | _body(route, forms) | _etag(route)
    refused = {status: _REFUSALS[status] for status in _refusals(route)} | dict(route.refusals)
    for status, about in sorted(refused.items()):
        if status >= HTTPStatus.BAD_REQUEST:
            yield (
                str(status),
                {"description": about, "content": _TURNED_AWAY if status == HTTPStatus.UNAUTHORIZED else _SAID},
            )


def _body(route: Route, forms: Mapping[tuple[Any, str], Json]) -> Json:
    if not _is_form(route.gives):
        return {}
    return {"content": {"application/json": {"schema": forms[route.gives, "validation"]}}}


def _etag(route: Route) -> Json:
    tagged = isinstance(route.gives, type) and issubclass(route.gives, Head)
    about = {"description": "The version, to be sent as If-Match of a change.", "schema": {"type": "string"}}
    return {"headers": {"ETag": about}} if tagged else {}


def _refusals(route: Route) -> Iterable[int]:
    """What may go wrong with any route of this form."""
    yield 503
    if route.groups:
        yield from (401, 403)
    if route.body or route.parameters or route.once:
        yield 400
    if "{" in route.path and route.method != "PUT":
        yield 404
    if route.once:
        yield 422
