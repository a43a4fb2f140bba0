"""GET /shopkeeper.js -> our snippet for the pages of a shop, as it stands beside this file."""

import base64
import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

SOURCE = Path(__file__).with_name("shopkeeper.js")
# For an hour nobody asks; for a day more the old one serves while the browser asks whether there is a new one.
CACHING = "public, max-age=3600, stale-while-revalidate=86400"


class Script(NamedTuple):
    text: str
    packed: str
    etag: str


@cache
def script() -> Script:
    """`packed` is gzip in base64. The tag is a weak one, because it stands for both."""
    source = SOURCE.read_bytes()
    packed = base64.b64encode(gzip.compress(source, 9, mtime=0)).decode()
    return Script(source.decode(), packed, f'W/"{hashlib.sha256(source).hexdigest()[:16]}"')


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
    if _has_it(headers.get("if-none-match", "")):
        return {"statusCode": 304, "headers": _headers()}
    if "gzip" not in headers.get("accept-encoding", ""):
        return {"statusCode": 200, "headers": _headers(), "body": script().text}
    packed = _headers() | {"content-encoding": "gzip"}
    return {"statusCode": 200, "headers": packed, "body": script().packed, "isBase64Encoded": True}


def _has_it(tags: str) -> bool:
    ours = script().etag.removeprefix("W/")
    return any(tag.strip().removeprefix("W/") in (ours, "*") for tag in tags.split(","))


def _headers() -> dict[str, str]:
    return {
        "content-type": "text/javascript; charset=utf-8",
        "cache-control": CACHING,
        "etag": script().etag,
        "vary": "accept-encoding",
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "cross-origin",
    }
