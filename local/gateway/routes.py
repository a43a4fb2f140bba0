"""Which route a request takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from local.gateway.authorizer import Authorizer
from local.gateway.cors import Cors

ANY = "ANY"

_EXACT, _PARAMETER, _GREEDY = range(3)


@dataclass(frozen=True, slots=True)
class Route:
    """`path` as in the template, such as `/c/{token}/{n}` or `/v1/{proxy+}`."""

    method: str
    path: str
    function: str
    authorizer: Authorizer | None = None

    @property
    def key(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def segments(self) -> list[str]:
        return self.path.split("/")[1:]

    @property
    def rank(self) -> tuple[list[int], bool]:
        """The lower, the more exact: compared from the left, then a named method before any method."""
        return [_kind(segment) for segment in self.segments], self.method == ANY

    def match(self, path: str) -> Mapping[str, str] | None:
        """The path parameters, or None. `path` is no longer escaped."""
        wanted, given = self.segments, path.split("/")[1:]
        if wanted and _kind(wanted[-1]) == _GREEDY:
            given = [*given[: len(wanted) - 1], "/".join(given[len(wanted) - 1 :])]
        if len(wanted) != len(given):
            return None
        parameters = {}
        for segment, value in zip(wanted, given, strict=True):
            if _kind(segment) == _EXACT:
                if segment != value:
                    return None
            elif value:
                parameters[segment.strip("{}").removesuffix("+")] = value
            else:
                return None
        return parameters


@dataclass(frozen=True, slots=True)
class Api:
    name: str
    routes: tuple[Route, ...]
    cors: Cors | None

    def find(self, method: str, path: str) -> tuple[Route, Mapping[str, str]] | None:
        for route in sorted(self.routes, key=lambda route: route.rank):
            if route.method in (ANY, method):
                parameters = route.match(path)
                if parameters is not None:
                    return route, parameters
        return None

    @property
    def is_closed(self) -> bool:
        return any(route.authorizer for route in self.routes)

    def knows(self, path: str) -> bool:
        return any(route.match(path) is not None for route in self.routes)


def plain(path: str) -> str:
    """The path as an HTTP API matches and passes it on: no longer escaped, and cut at a question mark that was."""
    return unquote(path).partition("?")[0]


def _kind(segment: str) -> int:
    if not segment.startswith("{"):
        return _EXACT
    return _GREEDY if segment.endswith("+}") else _PARAMETER
