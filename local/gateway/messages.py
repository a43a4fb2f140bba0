"""An HTTP request as it came in, and the answer to it."""

import json
from dataclasses import dataclass, field
from typing import Any

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Request:
    """`target` is what stands in the request line: path and query, still escaped."""

    method: str
    target: str
    headers: Headers
    body: bytes = b""
    source_ip: str = "127.0.0.1"

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    def header(self, name: str) -> str:
        """All its values, joined with commas; empty if there is none."""
        return ",".join(value for key, value in self.headers if key.lower() == name)


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: Headers = field(default_factory=list)
    body: bytes = b""

    @classmethod
    def json(cls, status: int, content: Any, headers: Headers | None = None) -> "Response":
        return cls(status, [("content-type", "application/json"), *(headers or [])], json.dumps(content).encode())

    @classmethod
    def message(cls, status: int, text: str, headers: Headers | None = None) -> "Response":
        """As API Gateway words what it answers itself."""
        return cls.json(status, {"message": text}, headers)

    def plus(self, headers: Headers) -> "Response":
        return Response(self.status, [*self.headers, *headers], self.body)
