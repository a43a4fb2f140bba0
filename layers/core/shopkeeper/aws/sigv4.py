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


class Signer:
    """Signs requests that differ in body and time alone; all that is the same for them is worked out once."""

    def __init__(self, headers: Mapping[str, str], credentials: Credentials, *, region: str, service: str) -> None:
        """`headers` are sent and signed, all of them; `host` must be among them."""
        self._headers = dict(headers)
        if credentials.session_token:
            self._headers["X-Amz-Security-Token"] = credentials.session_token
        self._credentials = credentials
        self._region = region
        self._service = service
        lines = {name.lower(): " ".join(value.split()) for name, value in self._headers.items()} | {"x-amz-date": "\0"}
        self._names = ";".join(sorted(lines))
        written = "".join(f"{name}:{lines[name]}\n" for name in sorted(lines))
        self._before_date, _, self._after_date = written.partition("\0")

    def sign(self, body: bytes, timestamp: str) -> dict[str, str]:
        """The headers to send with this body. `timestamp` is UTC as `20261121T093000Z`."""
        day = timestamp[:8]
        scope = f"{day}/{self._region}/{self._service}/aws4_request"
        request = (
            f"POST\n/\n\n{self._before_date}{timestamp}{self._after_date}\n{self._names}\n"
            f"{hashlib.sha256(body).hexdigest()}"
        )
        text = f"AWS4-HMAC-SHA256\n{timestamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        signature = _key(self._credentials.secret_key, day, self._region, self._service).copy()
        signature.update(text.encode())
        return self._headers | {
            "X-Amz-Date": timestamp,
            "Authorization": f"AWS4-HMAC-SHA256 Credential={self._credentials.access_key}/{scope}, "
            f"SignedHeaders={self._names}, Signature={signature.hexdigest()}",
        }


@lru_cache(maxsize=8)
def _key(secret: str, day: str, region: str, service: str) -> hmac.HMAC:
    """The same for a whole day: to be copied, never fed."""
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, digestmod="sha256")
