"""Hand an AWS request to the service of moto that answers it, without going through a socket."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ReadTimeoutError
from botocore.handlers import BUILTIN_HANDLERS
from botocore.model import OperationModel
from botocore.parsers import create_parser
from botocore.useragent import UserAgentString
from moto.backends import get_backend
from moto.core import responses
from moto.core.exceptions import HTTPException
from moto.core.request import Request

from local import names
from local.emulator import own
from local.emulator.account import ACCOUNT, PARTITION, REGION, S3_PATH, URL_SUFFIX
from local.emulator.own import Answer
from local.emulator.seam import Seam
from local.faults import FAULTS

_MOTO = frozenset({"dynamodb", "dynamodbstreams", "s3", "secretsmanager", "sns", "sqs"})

SERVICES = _MOTO | {"athena", "sesv2", "states"}


class UnknownServiceError(Exception):
    """A call to a service that the local stack does not run."""


_serving = False


@contextmanager
def serving() -> Iterator[None]:
    """Until the end, clients of boto3 are answered here, whatever address they were given."""
    global _serving
    _serving = True
    try:
        yield
    finally:
        _serving = False


def answer(service: str, method: str, url: str, headers: Mapping[str, str], body: Any) -> Answer:
    """`url` may be one of this machine. Raises UnknownServiceError."""
    if FAULTS.refuses(service):
        return _refusal(service)
    if service in own.services:
        return own.answer(own.services[service], method, urlsplit(url).path, headers, body)
    request = Request.from_primitives(method, _at_aws(service, url), headers, body)
    try:
        status, answered, content = _handler(service, request)(request, request.raw_url, request.headers)
    except HTTPException as error:
        status, answered, content = error.code, dict(error.get_headers()), error.get_body()
    return int(status), answered, content.encode() if isinstance(content, str) else content


def _refusal(service: str) -> Answer:
    why = b"Refused, as asked for at /_local/fail"
    if service == "s3":
        return 503, {}, b"<Error><Code>SlowDown</Code><Message>" + why + b"</Message></Error>"
    if service == "sns":
        error = b"<Error><Code>ServiceUnavailable</Code><Message>" + why + b"</Message></Error>"
        return 503, {}, b"<ErrorResponse>" + error + b"</ErrorResponse>"
    return 503, {}, b'{"__type": "ServiceUnavailable", "message": "' + why + b'"}'


def _at_aws(service: str, url: str) -> str:
    """What a local address is called at AWS: moto reads the service and the region from the host name."""
    parts = urlsplit(url)
    if parts.netloc.endswith(URL_SUFFIX):
        return url
    path = parts.path.removeprefix(S3_PATH) or "/"
    return f"https://{service}.{REGION}.{URL_SUFFIX}{path}" + (f"?{parts.query}" if parts.query else "")


def _handler(service: str, request: Request) -> Callable[..., Any]:
    for pattern, handler in _routes(service):
        if pattern.match(request.base_url):
            return handler
    raise UnknownServiceError(f"{service} has no {request.path}")


@cache
def _routes(service: str) -> list[tuple[re.Pattern[str], Callable[..., Any]]]:
    if service not in _MOTO:
        raise UnknownServiceError(
            f"The local stack does not run {service}. It runs {', '.join(sorted(SERVICES))}; "
            "another one needs its creators in local/kinds and its name in local/emulator/dispatch.py."
        )
    regions = get_backend(service)[ACCOUNT]
    backend = regions[REGION if REGION in regions else PARTITION]  # S3 is kept once, not by region.
    return [(re.compile(url), handler) for url, handler in backend.urls.items()]


def _before_call(event_name: str, model: OperationModel, params: dict[str, Any], **_: Any) -> Any:
    """Answers a call of boto3 before it is signed, sent and retried, which takes longer than to answer it.

    S3 is left to `_before_send`, as its bodies stream; so is a service that may refuse, as clients try again then.
    """
    service = _service(event_name)
    if not _serving or service == "s3" or FAULTS.is_refusing(service) or own.is_unsteady(service):
        return None
    url = urljoin(params["url"], params["url_path"])
    headers = {**params["headers"], "Authorization": _SCOPE.format(service=service)}
    status, answered, body = answer(service, params["method"], url, headers, params["body"])
    raw = {"status_code": status, "headers": HTTPHeaders.from_dict(answered), "body": body}
    parser = _parser(model.service_model.resolved_protocol)
    parsed = parser.parse(raw, model.output_shape)
    if error := model.service_model.shape_for_error_code(parsed.get("Error", {}).get("Code", "")):
        parsed.update(parser.parse(raw, error))  # Such as the item that a condition failed on.
    parsed["ResponseMetadata"]["RetryAttempts"] = 0
    return AWSResponse(url, status, raw["headers"], None), parsed


_SCOPE = f"AWS4-HMAC-SHA256 Credential=local/20200101/{REGION}/{{service}}/aws4_request"
"""All that moto reads of a signature: the region."""

_parser = cache(create_parser)


class _Body(BytesIO):
    """What botocore reads an answer from, instead of the urllib3 response it expects."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def _before_send(event_name: str, request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
    if not _serving:
        return None
    service = _service(event_name)
    try:
        status, headers, body = answer(service, request.method, request.url, request.headers, request.body)
    except own.Unanswered:
        raise ReadTimeoutError(endpoint_url=request.url) from None
    return AWSResponse(request.url, status, headers, _Body(body))


def _service(event_name: str) -> str:
    """Of, for example, `before-send.secrets-manager.GetSecretValue`."""
    return names.service(event_name.split(".")[1])


BUILTIN_HANDLERS.append(("before-call", _before_call))  # After that of local.faults, which must see every call.
BUILTIN_HANDLERS.append(("before-send", _before_send))


def _request_id(headers: dict[str, Any]) -> str:
    headers["x-amzn-requestid"] = str(uuid4())
    return headers["x-amzn-requestid"]


SEAMS = [
    Seam(UserAgentString, "to_string", lambda _: "local", "botocore puts it together anew for each call"),
    Seam(responses, "gen_amzn_requestid_long", _request_id, "moto rolls dice for each of 52 letters"),
    Seam(
        responses, "method_names_from_class", cache(responses.method_names_from_class), "moto asks anew for each call"
    ),
]
