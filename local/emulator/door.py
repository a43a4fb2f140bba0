"""AWS over HTTP, for a client that signs its requests itself, and for uploads to a signed address."""

import re

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto.core.request import normalize_request

from local.emulator import dispatch
from local.emulator.account import S3_PATH
from local.gateway.messages import Request, Response

_SCOPE = re.compile(r"^AWS4-HMAC-SHA256 Credential=[^/]+/\d{8}/[^/]+/([^/]+)/aws4_request")


def is_for_aws(request: Request) -> bool:
    return request.path.startswith(f"{S3_PATH}/") or bool(_SCOPE.match(request.header("authorization")))


def answer(request: Request) -> Response:
    signed = _SCOPE.match(request.header("authorization"))
    service = "s3" if request.path.startswith(f"{S3_PATH}/") else signed[1] if signed else ""
    try:
        status, headers, body = dispatch.answer(service, normalize_request(_prepared(service, request)))
    except dispatch.UnknownServiceError as error:
        return Response.message(501, str(error))
    kept = [(name, str(value)) for name, value in headers.items() if name.lower() not in ("content-length", "date")]
    return Response(status, kept, body)


def _prepared(service: str, request: Request) -> AWSPreparedRequest:
    path = request.target.removeprefix(S3_PATH) or "/"
    headers = HTTPHeaders()
    for name, value in request.headers:
        if name.lower() != "host":
            headers.add_header(name, value)
    return AWSPreparedRequest(
        request.method, dispatch.address(service, path), headers, request.body, stream_output=False
    )
