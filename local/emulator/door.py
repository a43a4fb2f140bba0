"""AWS over HTTP, for a client that signs its requests itself, and for uploads to a signed address."""

import re

from local import names
from local.emulator import dispatch, presigned
from local.emulator.account import S3_PATH
from local.gateway.messages import Request, Response

_SCOPE = re.compile(r"^AWS4-HMAC-SHA256 Credential=[^/]+/\d{8}/[^/]+/([^/]+)/aws4_request")

# Pinpoint's SDKs sign what they send, and what they send is for the bundle.
_TAKEN_OVER = {"mobiletargeting"}

# curl and others call any upload a form, and moto then reads the file as its fields.
_MISTAKEN_FOR_A_FORM = {"content-type"}


def is_for_aws(request: Request) -> bool:
    signed = _SCOPE.match(request.header("authorization"))
    return request.path.startswith(f"{S3_PATH}/") or bool(signed and signed[1] not in _TAKEN_OVER)


def answer(request: Request) -> Response:
    signed = _SCOPE.match(request.header("authorization"))
    service = names.service(signed[1]) if signed else "s3"
    if not signed and (reason := presigned.fault(request)):
        code, _, message = reason.partition(": ")
        text = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        return Response(403, [("content-type", "application/xml")], text.encode())
    left_out = {"host", *_MISTAKEN_FOR_A_FORM} if service == "s3" and request.method == "PUT" else {"host"}
    headers = {name: value for name, value in request.headers if name.lower() not in left_out}
    try:
        status, answered, body = dispatch.answer(service, request.method, request.target, headers, request.body)
    except dispatch.UnknownServiceError as error:
        return Response.message(501, str(error))
    kept = [(name, str(value)) for name, value in answered.items() if name.lower() not in ("content-length", "date")]
    return Response(status, kept, body)
