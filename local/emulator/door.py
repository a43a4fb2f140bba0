"""AWS over HTTP, for a client that signs its requests itself, and for uploads to a signed address."""

import re

from local.emulator import dispatch
from local.emulator.account import S3_PATH
from local.gateway.messages import Request, Response

_SCOPE = re.compile(r"^AWS4-HMAC-SHA256 Credential=[^/]+/\d{8}/[^/]+/([^/]+)/aws4_request")


def is_for_aws(request: Request) -> bool:
    return request.path.startswith(f"{S3_PATH}/") or bool(_SCOPE.match(request.header("authorization")))


def answer(request: Request) -> Response:
    signed = _SCOPE.match(request.header("authorization"))
    service = signed[1] if signed else "s3"
    headers = {name: value for name, value in request.headers if name.lower() != "host"}
    try:
        status, answered, body = dispatch.answer(service, request.method, request.target, headers, request.body)
    except dispatch.UnknownServiceError as error:
        return Response.message(501, str(error))
    kept = [(name, str(value)) for name, value in answered.items() if name.lower() not in ("content-length", "date")]
    return Response(status, kept, body)
