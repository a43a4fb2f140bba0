"""One HTTP request, for stories."""

import json as jsonlib
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from typing import Any
from urllib.parse import urlsplit

_PATIENCE_S = 120


@dataclass(frozen=True, slots=True)
class Reply:
    """`headers` finds names in any case; `headers.get_all` gives those that stand there several times."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return jsonlib.loads(self.body)


def ask(method: str, url: str, headers: Mapping[str, str], json: Any, body: bytes | None) -> Reply:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = dict(headers)
    if json is not None:
        sent.setdefault("content-type", "application/json")
        body = jsonlib.dumps(json).encode()
    connection = HTTPConnection(parts.netloc, timeout=_PATIENCE_S)
    try:
        connection.request(method, target, body=body, headers=sent)
        response = connection.getresponse()
        return Reply(response.status, response.headers, response.read())
    finally:
        connection.close()
