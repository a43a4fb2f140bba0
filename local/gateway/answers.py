"""What a function returned, as the answer to a request."""

import base64
import binascii
import json
from typing import Any

from local.gateway.messages import Headers, Response

INTERNAL_ERROR = Response.message(500, "Internal Server Error")


def response(result: Any) -> Response:
    """What is no answer of payload format 2.0 is taken for the body of one, if it says no status."""
    if not isinstance(result, dict) or "statusCode" not in result:
        body = result if isinstance(result, str) else json.dumps(result)
        return Response(200, [("content-type", "application/json")], body.encode())
    try:
        return Response(int(result["statusCode"]), _headers(result), _body(result))
    except (TypeError, ValueError, AttributeError, binascii.Error):
        return INTERNAL_ERROR


def _headers(result: dict[str, Any]) -> Headers:
    headers = [(name.lower(), _text(value)) for name, value in (result.get("headers") or {}).items()]
    if "content-type" not in dict(headers) and result.get("body"):
        headers.append(("content-type", "text/plain;charset=UTF-8"))
    return headers + [("set-cookie", cookie) for cookie in result.get("cookies") or []]


def _body(result: dict[str, Any]) -> bytes:
    body = result.get("body") or ""
    return base64.b64decode(body, validate=True) if result.get("isBase64Encoded") else body.encode()


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
