"""Signature Version 4 for `POST /` with a body: what the JSON protocols of AWS need, and no more.

Written by hand because botocore takes longer to import than a whole hit takes to answer; a test compares each byte
with botocore's own signer.
"""

import hashlib
import hmac
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple


class Credentials(NamedTuple):
    access_key: str
    secret_key: str
    session_token: str = ""


def sign(
    headers: Mapping[str, str], body: bytes, credentials: Credentials, *, region: str, service: str, timestamp: str
) -> dict[str, str]:
    """The headers to send: the given ones (`host` must be among them), all signed, and those of the signature.

    `timestamp` is UTC as `20261121T093000Z`.
    """
    signed = dict(headers)
    signed["X-Amz-Date"] = timestamp
    if credentials.session_token:
        signed["X-Amz-Security-Token"] = credentials.session_token
    canonical = {name.lower(): " ".join(value.split()) for name, value in signed.items()}
    names = sorted(canonical)
    listed = ";".join(names)
    lines = "".join(f"{name}:{canonical[name]}\n" for name in names)
    request = f"POST\n/\n\n{lines}\n{listed}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{timestamp[:8]}/{region}/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{timestamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = _signing_key(credentials.secret_key, timestamp[:8], region, service).copy()
    signature.update(text.encode())
    signed["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, SignedHeaders={listed}, "
        f"Signature={signature.hexdigest()}"
    )
    return signed


@lru_cache(maxsize=8)
def _signing_key(secret: str, day: str, region: str, service: str) -> hmac.HMAC:
    """The same for a whole day: to be copied, never fed."""
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, digestmod="sha256")
