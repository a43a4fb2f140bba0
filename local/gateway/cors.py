"""Cross-origin requests, answered by the gateway where an API is set up for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.evaluate import TemplateError
from local.gateway.messages import Headers, Request, Response

_KNOWN = {"allowOrigins", "allowMethods", "allowHeaders", "exposeHeaders", "maxAge"}


@dataclass(frozen=True, slots=True)
class Cors:
    origins: tuple[str, ...]
    methods: tuple[str, ...]
    headers: tuple[str, ...]
    exposed: tuple[str, ...]
    max_age_s: int

    @classmethod
    def read(cls, wish: Mapping[str, Any]) -> "Cors":
        unknown = wish.keys() - _KNOWN
        if unknown:
            raise TemplateError(f"CORS option {', '.join(sorted(unknown))} is not run locally")
        lists = ("allowOrigins", "allowMethods", "allowHeaders", "exposeHeaders")
        origins, methods, headers, exposed = (tuple(wish.get(key, ())) for key in lists)
        return cls(origins, methods, headers, exposed, int(wish.get("maxAge", 0)))

    def preflight(self, request: Request) -> Response:
        """Says nothing to an origin or a method that is not welcome, which a browser takes as a no."""
        wanted = request.header("access-control-request-method")
        if not self.origin(request) or (wanted not in self.methods and "*" not in self.methods):
            return Response(204)
        allowed = [
            ("access-control-allow-methods", ",".join(self.methods)),
            ("access-control-allow-headers", ",".join(self.headers)),
            ("access-control-max-age", str(self.max_age_s)),
        ]
        return Response(204, [*self.origin(request), *allowed])

    def apply(self, request: Request, response: Response) -> Response:
        """What a function says about CORS is dropped, as API Gateway does where it is configured itself."""
        kept = [(name, value) for name, value in response.headers if not name.startswith("access-control-")]
        origin = self.origin(request)
        exposed = [("access-control-expose-headers", ",".join(self.exposed))] if origin and self.exposed else []
        return Response(response.status, [*kept, *origin, *exposed], response.body)

    def origin(self, request: Request) -> Headers:
        origin = request.header("origin")
        if not origin or not {"*", origin} & set(self.origins):
            return []
        return [("access-control-allow-origin", "*" if "*" in self.origins else origin)]


def is_preflight(request: Request) -> bool:
    asks = request.header("origin") and request.header("access-control-request-method")
    return request.method == "OPTIONS" and bool(asks)
