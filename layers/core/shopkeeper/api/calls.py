"""A call of the marketer API, the route it takes and the answer it gets. Routes serve calls and describe themselves.

    routes = Room("lists", "Lists of customers, kept by hand.")

    @routes.post("/v1/lists/{id}/members", groups=EDITORS, status=202)
    def change_members(call: Call, wanted: Members) -> Taken:
        '''The first line says what it does, the rest what else one should know.'''

The model of the body and the form of the answer are those of the signature.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

from shopkeeper.api.adapters import Adapters
from shopkeeper.api.problems import Problem
from shopkeeper.api.roles import Caller
from shopkeeper.customer.requests import BadRequest, Strict

Given = TypeVar("Given")
Findings = Iterable[tuple[str, str]]
Work = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Answer(Generic[Given]):
    """For what is more than a body. An answer without a body has none of a media type either."""

    body: Given
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """Names of `headers` are in small letters. `text` is the body as it came."""

    who: Caller
    now: datetime
    request_id: str
    headers: Mapping[str, str]
    text: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    aws: Adapters


@dataclass(frozen=True, slots=True)
class Parameter:
    """`place` is query or header; `form` is its JSON schema."""

    name: str
    place: str
    about: str
    form: Mapping[str, Any]
    required: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """`groups` may call it, none means everybody. `check` finds fault with a body before anything is done.

    `secret` is a field of the answer that is given once and never kept. `refusals` says when a status is a refusal,
    where that is not the same for all routes. `reads` makes JSON of bodies of other media types.
    """

    method: str
    path: str
    room: str
    work: Work
    about: str
    gives: Any
    body: type[Strict] | None = None
    groups: tuple[str, ...] = ()
    status: int = 200
    parameters: tuple[Parameter, ...] = ()
    refusals: Mapping[int, str] = field(default_factory=dict)
    check: Callable[[Call, Any], Findings] | None = None
    secret: str = ""
    reads: Mapping[str, Callable[[str], str]] = field(default_factory=dict)

    @property
    def once(self) -> bool:
        return self.method == "POST"

    def json(self, call: Call) -> str:
        """The body, which is JSON unless it says otherwise. Raises BadRequest."""
        media_type = call.headers.get("content-type", "").partition(";")[0].strip().lower()
        return self.reads.get(media_type, str)(call.text)

    def serve(self, call: Call, wanted: Strict | None) -> Answer[Any]:
        given = self.work(call) if wanted is None else self.work(call, wanted)
        answer = given if isinstance(given, Answer) else Answer(given)
        return answer if answer.status else Answer(answer.body, self.status, answer.headers)

    def find_fault(self, call: Call, wanted: Strict) -> None:
        """Raises BadRequest."""
        if self.check and (findings := list(self.check(call, wanted))):
            raise BadRequest(findings)


class Room:
    """The routes of one resource."""

    def __init__(self, name: str, about: str) -> None:
        self.name, self.about = name, about
        self.routes: list[Route] = []

    def get(self, path: str, **more: Any) -> Callable[[Work], Work]:
        return self._route("GET", path, more)

    def post(self, path: str, **more: Any) -> Callable[[Work], Work]:
        return self._route("POST", path, more)

    def put(self, path: str, **more: Any) -> Callable[[Work], Work]:
        return self._route("PUT", path, more)

    def patch(self, path: str, **more: Any) -> Callable[[Work], Work]:
        return self._route("PATCH", path, more)

    def delete(self, path: str, **more: Any) -> Callable[[Work], Work]:
        return self._route("DELETE", path, more)

    def _route(self, method: str, path: str, more: dict[str, Any]) -> Callable[[Work], Work]:
        def add(work: Work) -> Work:
            hints = get_type_hints(work)
            gives = hints.pop("return")
            gives = get_args(gives)[0] if get_origin(gives) is Answer else gives
            body = next((hint for hint in hints.values() if hint is not Call), None)
            about = work.__doc__ or ""
            self.routes.append(Route(method, path, self.name, work, about, gives, body, **more))
            return work

        return add


def found(thing: Given | None, what: str) -> Given:
    """Raises Problem 404: `what` is e.g. "import"."""
    if thing is None:
        raise Problem(404, f"There is no such {what}.")
    return thing
