"""The event of a request, in payload format 2.0."""

import base64
import os
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from local.emulator.account import ACCOUNT
from local.gateway.messages import Request
from local.gateway.routes import Api, Route

_TEXT_TYPES = frozenset({"application/json", "application/xml", "application/javascript"})


def event(
    request: Request, api: Api, route: Route, path: str, parameters: Mapping[str, str], claims: Mapping[str, str] | None
) -> dict[str, Any]:
    """`path` is no longer escaped; `claims` are those of the token, None where nobody has to show one."""
    found: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": path,
        "rawQueryString": request.query,
        "headers": _headers(request),
        "requestContext": _context(request, api, route, path, claims),
        "isBase64Encoded": False,
    }
    cookies = [part.strip() for part in request.header("cookie").split(";") if part.strip()]
    optional = {"cookies": cookies, "queryStringParameters": _query(request.query), "pathParameters": dict(parameters)}
    found |= {name: value for name, value in optional.items() if value}
    if request.body:
        found |= _body(request)
    return found


def _headers(request: Request) -> dict[str, str]:
    """In lower case, joined with commas. Cookies stand elsewhere in the event."""
    names = dict.fromkeys(name.lower() for name, _ in request.headers)
    found = {name: request.header(name) for name in names if name != "cookie"}
    host, _, port = found.get("host", "").partition(":")
    return found | {
        "host": host + (f":{port}" if port else ""),
        "x-amzn-trace-id": f"Root=1-{int(time.time()):08x}-{os.urandom(12).hex()}",
        "x-forwarded-for": request.source_ip,
        "x-forwarded-port": port or "80",
        "x-forwarded-proto": "http",
    }


def _query(query: str) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return {name: ",".join(values) for name, values in found.items()}


def _body(request: Request) -> dict[str, Any]:
    """Text where API Gateway takes the type for text, which a form is not; anything else in base64."""
    kind = request.header("content-type").partition(";")[0].strip().lower()
    if (kind.startswith("text/") or kind in _TEXT_TYPES) and not request.header("content-encoding"):
        try:
            return {"body": request.body.decode(), "isBase64Encoded": False}
        except UnicodeDecodeError:
            pass
    return {"body": base64.b64encode(request.body).decode(), "isBase64Encoded": True}


def _context(request: Request, api: Api, route: Route, path: str, claims: Mapping[str, str] | None) -> dict[str, Any]:
    now = time.time()
    context: dict[str, Any] = {
        "accountId": ACCOUNT,
        "apiId": api.name,
        "domainName": request.header("host"),
        "domainPrefix": request.header("host").partition(".")[0],
        "http": {
            "method": request.method,
            "path": path,
            "protocol": "HTTP/1.1",
            "sourceIp": request.source_ip,
            "userAgent": request.header("user-agent"),
        },
        "requestId": base64.b64encode(os.urandom(11)).decode(),
        "routeKey": route.key,
        "stage": "$default",
        "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "timeEpoch": int(now * 1000),
    }
    if claims is not None:
        context["authorizer"] = {"jwt": {"claims": dict(claims), "scopes": None}}
    return context
