"""Definitions of any kind over the API: PUT makes a version, GET shows one, or lists what there is."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import create_model
from typing_extensions import TypedDict

from shopkeeper import clock
from shopkeeper.api import cursors, matching, pages, roles
from shopkeeper.api.calls import Answer, Call, Parameter, Room, Route, found
from shopkeeper.api.matching import IF_MATCH, IF_NONE_MATCH
from shopkeeper.api.problems import Problem
from shopkeeper.aws.definitions import Entry, Overtaken, TooLarge, Version
from shopkeeper.customer.requests import ID, IS_ID, BadRequest, Strict

TRIES = 20
MOST_VERSIONS = 999_999
_ID = re.compile(ID)
_NUMBER = re.compile(r"[1-9][0-9]{0,5}")
VERSION = Parameter(
    "version",
    "query",
    "Another version than the one that counts.",
    {"type": "integer", "minimum": 1, "maximum": MOST_VERSIONS},
)
Model = TypeVar("Model", bound=Strict)


class Head(Strict):
    """`version` counts from 1 and never changes what it says; `saved_by` is the subject of a token."""

    id: str
    version: int
    saved_at: str
    saved_by: str


class Line(TypedDict):
    """`definition` is without its long parts."""

    id: str
    version: int
    saved_at: str
    definition: dict[str, Any]


class Lines(TypedDict):
    items: list[Line]
    next: str | None


@dataclass(frozen=True, slots=True)
class Made:
    """What is kept beside the content of a version, and the link table of the content version `ref`. `also` are writes
    that are made together with it, or not at all."""

    texts: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] | None = None
    ref: str = ""
    also: Sequence[dict[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Kind(Generic[Model]):
    """`check` asks whether what a definition refers to is there. `long` parts are left out of lists. `any_id`:
    what it is about has been named by others.

    `can_go`: definitions can be deleted, and made anew. `reads` are other media types than JSON, as in Route.

    `make` prepares a version before it is kept, and `more` shows what came of that; `shape` is the form of `more`.
    `stale`: what a version was made of has changed since, so that putting the same once more makes another one.
    """

    name: str
    plural: str
    model: type[Model]
    check: Callable[[Call, Model], Iterable[tuple[str, str]]] = lambda *_: ()
    make: Callable[[Call, Model, str, int], Made] = lambda *_: Made()
    more: Callable[[Call, Version], Mapping[str, Any]] = lambda *_: {}
    shape: Mapping[str, Any] = field(default_factory=dict)
    stale: Callable[[Call, Version], bool] = lambda *_: False
    long: frozenset[str] = frozenset()
    any_id: bool = False
    can_go: bool = False
    reads: Mapping[str, Callable[[str], str]] = field(default_factory=dict)

    def room(self, about: str, *, listing: bool = True) -> Room:
        room = Room(self.plural, about)
        room.routes += [*([_listing(self)] if listing else ()), _reading(self), _putting(self)]
        return room

    @property
    def form(self) -> type[Strict]:
        """Of an answer about one version."""
        fields: dict[str, Any] = {"definition": (self.model, ...)} | {n: (kind, ...) for n, kind in self.shape.items()}
        return create_model(f"{self.name.capitalize()}Version", __base__=Head, **fields)


def _listing(kind: Kind[Any]) -> Route:
    return Route(
        "GET",
        f"/v1/{kind.plural}",
        kind.plural,
        lambda call: _list(kind, call),
        f"List {kind.plural} by id, each as it counts now.",
        Lines,
        groups=roles.GROUPS,
        parameters=pages.PAGE,
    )


def _reading(kind: Kind[Any]) -> Route:
    return Route(
        "GET",
        f"/v1/{kind.plural}/{{id}}",
        kind.plural,
        lambda call: _read(kind, call),
        f"Show {_a(kind.name)}: the version that counts, or another one.",
        kind.form,
        groups=roles.GROUPS,
        parameters=(VERSION,),
    )


def _putting(kind: Kind[Any]) -> Route:
    return Route(
        "PUT",
        f"/v1/{kind.plural}/{{id}}",
        kind.plural,
        lambda call, wanted: put(kind, call, wanted),
        f"Define {_a(kind.name)} under an id of your choice, or make a new version of it.\n\n"
        "A version never changes. What equals the version that counts makes no new one.",
        kind.form,
        kind.model,
        groups=(roles.MARKETER, roles.ADMIN),
        parameters=(IF_MATCH, IF_NONE_MATCH),
        check=lambda call, wanted: [*(() if kind.any_id else _check_id(call)), *kind.check(call, wanted)],
        refusals={201: f"The first version of this {kind.name}.", 412: "Another version counts by now."},
        reads=kind.reads,
    )


def _list(kind: Kind[Any], call: Call) -> Lines:
    entries, last = call.aws.definitions.listed(kind.name, pages.limit(call), *pages.after(call))
    return {"items": [_line(entry) for entry in entries], "next": cursors.cursor_for([last]) if last else None}


def _line(entry: Entry) -> Line:
    return {"id": entry.id, "version": entry.number, "saved_at": entry.saved_at, "definition": json.loads(entry.shown)}


def _read(kind: Kind[Any], call: Call) -> Answer[Any]:
    version = version_asked(kind, call)
    is_there = version is None and call.aws.definitions.number(kind.name, call.path["id"])
    return shown(kind, call, found(version, "version" if is_there else kind.name))


def version_asked(kind: Kind[Any], call: Call) -> Version | None:
    """Raises Problem 400 for what is no number of a version."""
    asked = number_asked(call)
    if asked is None:
        return call.aws.definitions.newest(kind.name, call.path["id"])
    return call.aws.definitions.stored(kind.name, call.path["id"], asked)


def number_asked(call: Call) -> int | None:
    """Raises Problem 400 for what is no number of a version."""
    asked = call.query.get("version")
    if asked is None:
        return None
    if not _NUMBER.fullmatch(asked):
        raise Problem(400, "There is no such version.", [("version", f"is a whole number from 1 to {MOST_VERSIONS}")])
    return int(asked)


def shown(kind: Kind[Any], call: Call, version: Version, status: int = 200) -> Answer[Any]:
    head = {
        "id": version.id,
        "version": version.number,
        "saved_at": version.saved_at,
        "saved_by": version.saved_by,
        "definition": json.loads(version.content),
    }
    return Answer(head | dict(kind.more(call, version)), status, {"ETag": matching.etag(version.number)})


def put(kind: Kind[Any], call: Call, wanted: Strict) -> Answer[Any]:
    content = wanted.model_dump(mode="json", by_alias=True, exclude_none=True)
    for _ in range(TRIES):
        before = call.aws.definitions.newest(kind.name, call.path["id"])
        if before and json.loads(before.content) == content and not kind.stale(call, before):
            # Also where If-Match names the version before: then this is the same request once more.
            return shown(kind, call, before)
        matching.check(call, before.number if before else 0)
        try:
            after = _save(kind, call, wanted, content, before)
        except Overtaken:
            continue
        return shown(kind, call, after, 200 if before else 201)
    raise Problem(503, f"Too many others are changing this {kind.name}. Try again in a while.")


def _save(kind: Kind[Any], call: Call, wanted: Strict, content: Any, before: Version | None) -> Version:
    """Raises Overtaken; BadRequest for what cannot be kept."""
    number = before.number + 1 if before else _first(kind, call)
    made = kind.make(call, wanted, call.path["id"], number)
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    after = Version(kind.name, call.path["id"], number, text, clock.to_text(call.now), call.who.id, made.texts)
    brief = {name: value for name, value in content.items() if name not in kind.long}
    try:
        call.aws.definitions.save(after, json.dumps(brief, ensure_ascii=False), made.links, made.ref, made.also)
    except TooLarge:
        raise BadRequest([("", "is larger than can be kept: shorten it, or move pictures out of it")]) from None
    return after


def _first(kind: Kind[Any], call: Call) -> int:
    """A number never means anything else, also of what was deleted."""
    return call.aws.definitions.last(kind.name, call.path["id"]) + 1 if kind.can_go else 1


def _check_id(call: Call) -> Iterable[tuple[str, str]]:
    if not _ID.fullmatch(call.path["id"]):
        yield "id", IS_ID


def missing(call: Call, kind: str, definition_id: str, at: str) -> Iterable[tuple[str, str]]:
    """Finds fault with a reference, standing in the field `at`, to what is not defined."""
    if not call.aws.definitions.number(kind, definition_id):
        yield at, f"there is no {kind} {definition_id}"


def _a(name: str) -> str:
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
