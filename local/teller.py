"""Speaks HTTP to the stack as everybody does: a marketer, a shop's server, its pages, a reader of mail."""

import json
import urllib.error
import urllib.request
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any


class StoryError(Exception):
    """The stack did not answer as the story needs; the message says where."""


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


_READER = "Mozilla/5.0 (X11; Linux x86_64)"
_opener = urllib.request.build_opener(_Stay)


@dataclass
class Teller:
    """`base` is where the stack is served."""

    base: str
    token: str = ""
    keys: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        status, _, answer = self._open(method, path, body, headers)
        if status >= 300:
            raise StoryError(f"{method} {path} answered {status}: {answer.decode(errors='replace')}")
        return json.loads(answer or b"null")

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """As a marketer."""
        return self.call(method, path, body, authorization=f"Bearer {self.token}")

    def send(self, path: str, body: dict[str, Any], key: str) -> None:
        """As a shop's server or its pages, with a write key."""
        basic = b64encode(f"{self.keys[key]}:".encode()).decode()
        answer = self.call("POST", path, body, authorization=f"Basic {basic}")
        if not answer["success"]:
            raise StoryError(f"POST {path} refused: {answer}")

    def upload(self, url: str, text: str) -> None:
        self._open("PUT", url, text.encode(), {"content-type": "text/csv"})

    def read(self, url: str, method: str = "GET", body: bytes | None = None, **headers: str) -> tuple[int, str]:
        """As a reader of mail does: the status, and where the answer leads, if anywhere."""
        status, named, _ = self._open(method, url, body, {"user_agent": _READER} | headers)
        return status, named.get("location", "")

    def settle(self) -> None:
        self.call("POST", "/_local/settle")

    def _open(self, method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[int, Any, bytes]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        url = path if path.startswith("http") else self.base + path
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(url, data=data, method=method, headers=named)
        try:
            with _opener.open(request) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.headers, answer.read()
