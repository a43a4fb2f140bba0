"""HTTP APIs, whose routes stand in the OpenAPI document that the SAM translator writes."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from local.evaluate import TemplateError
from local.gateway.authorizer import Authorizer
from local.gateway.cors import Cors
from local.gateway.routes import ANY, Api, Route
from local.kinds.kind import WORDS, Kind, Properties, Resource, refuse_unknown

if TYPE_CHECKING:
    from local.world import World

_FUNCTION = re.compile(r":function:([^/]+)/invocations$")
_ANY_METHOD = "x-amazon-apigateway-any-method"
_INTEGRATION = "x-amazon-apigateway-integration"
_AUTHORIZER = "x-amazon-apigateway-authorizer"
_CORS = "x-amazon-apigateway-cors"


def _create(world: "World", name: str, properties: Properties) -> Resource:
    document = properties["Body"]
    refuse_unknown(f"the Body of {name}", document, {"components", "info", "openapi", "paths", "tags", _CORS})
    schemes = document.get("components", {}).get("securitySchemes", {})
    authorizers = {scheme: _authorizer(scheme, entry) for scheme, entry in schemes.items()}
    cors = Cors.read(document[_CORS]) if _CORS in document else None
    world.apis.append(Api(name, tuple(_routes(document["paths"], authorizers)), cors))
    return Resource(ref=name, attributes={"ApiEndpoint": world.base_url})


def _routes(paths: Mapping[str, Any], authorizers: Mapping[str, Authorizer]) -> Iterator[Route]:
    for path, methods in paths.items():
        for method, operation in methods.items():
            key = ANY if method == _ANY_METHOD else method.upper()
            yield Route(key, path, _function(key, path, operation), _wanted(operation, authorizers))


def _function(method: str, path: str, operation: Mapping[str, Any]) -> str:
    integration = operation[_INTEGRATION]
    found = _FUNCTION.search(integration["uri"])
    if not found or integration["type"] != "aws_proxy" or integration["payloadFormatVersion"] != "2.0":
        raise TemplateError(f"{method} {path} does not lead to a function with payload format 2.0")
    return found[1]


def _wanted(operation: Mapping[str, Any], authorizers: Mapping[str, Authorizer]) -> Authorizer | None:
    for requirement in operation.get("security", []):
        for scheme, scopes in requirement.items():
            if scheme == "NONE":
                return None
            if scopes:
                raise TemplateError(f"scopes of {scheme} are not checked locally")
            return authorizers[scheme]
    return None


def _authorizer(scheme: str, entry: Mapping[str, Any]) -> Authorizer:
    wish = entry[_AUTHORIZER]
    if wish["type"] != "jwt" or wish["identitySource"] != "$request.header.Authorization":
        raise TemplateError(f"{scheme} is not a JWT authorizer that reads the header Authorization")
    return Authorizer(wish["jwtConfiguration"]["issuer"], tuple(wish["jwtConfiguration"]["audience"]))


API = Kind(_create, heeds=frozenset({"Body"}), ignores={"Description": WORDS})
