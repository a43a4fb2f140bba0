"""Whether an address that S3 was signed for is good: moto takes any."""

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from time import time
from urllib.parse import unquote

from local.emulator.account import REGION, SECRET_KEY
from local.gateway.messages import Request

_EXPIRES = "X-Amz-Expires"
_SIGNATURE = "X-Amz-Signature"


def fault(request: Request) -> str:
    """The code and the message that S3 would give as its reason to refuse; empty if the address is good."""
    stated = dict(re.findall(r"([^=&]+)=([^&]*)", request.query))
    if not {_EXPIRES, _SIGNATURE, "X-Amz-Date", "X-Amz-SignedHeaders"} <= stated.keys():
        return "AccessDenied: the address is not signed"
    signed_at = datetime.strptime(stated["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    if signed_at + timedelta(seconds=int(stated[_EXPIRES])) < datetime.fromtimestamp(time(), UTC):
        return "AccessDenied: Request has expired"
    if not hmac.compare_digest(_signature(request, stated), stated[_SIGNATURE]):
        return "SignatureDoesNotMatch: the address or a signed header was changed"
    return ""


def _signature(request: Request, stated: dict[str, str]) -> str:
    query = "&".join(sorted(part for part in request.query.split("&") if not part.startswith(f"{_SIGNATURE}=")))
    names = unquote(stated["X-Amz-SignedHeaders"])
    headers = "".join(f"{name}:{request.header(name).strip()}\n" for name in names.split(";"))
    canonical = "\n".join([request.method, request.path, query, headers, names, "UNSIGNED-PAYLOAD"])
    day = stated["X-Amz-Date"][:8]
    scope = f"{day}/{REGION}/s3/aws4_request"
    told = "\n".join(["AWS4-HMAC-SHA256", stated["X-Amz-Date"], scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{SECRET_KEY}".encode()
    for part in (day, REGION, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, told.encode(), "sha256").hex()
