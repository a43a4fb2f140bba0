"""What tracking takes from an HTTP request. Where it came from, and what its user agent says, is told
with the hit for as long as it takes to say whether a person made it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from shopkeeper import tokens
from shopkeeper.keyring import KeyRing

METHODS = ("GET", "HEAD")


class Request(NamedTuple):
    """`headers` has lower-case names; `token` and `n` are path segments as they came."""

    method: str
    request_id: str
    headers: Mapping[str, str]
    token: str
    n: str
    ip: str = ""

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> "Request":
        """Reads an event of API Gateway in payload format 2.0."""
        context = event["requestContext"]
        path = event.get("pathParameters") or {}
        return cls(
            context["http"]["method"],
            context["requestId"],
            event.get("headers") or {},
            path.get("token", ""),
            path.get("n", ""),
            context["http"].get("sourceIp", ""),
        )

    def read_token(self, kind: tokens.Kind, ring: KeyRing | None) -> tokens.Token:
        """Raises tokens.BadTokenError. Without a key ring only the form can be checked."""
        if ring is None:
            return tokens.read_unchecked(self.token, kind)
        return tokens.read(self.token, kind, ring)
