"""Customers inside other versions of a journey: who goes over into which, seen before and while it is done."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from typing_extensions import TypedDict

from shopkeeper import clock
from shopkeeper.api import journeys, roles
from shopkeeper.api.calls import Call, found
from shopkeeper.api.problems import Problem
from shopkeeper.api.versions import MOST_VERSIONS
from shopkeeper.aws.journeys import KIND
from shopkeeper.customer.requests import Strict
from shopkeeper.journey import migrating
from shopkeeper.journey.definition import spans
from shopkeeper.journey.definition.hearing import Key
from shopkeeper.journey.definition.spans import Timed
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.insiders import moving
from shopkeeper.journey.insiders.moving import Migration, Phase
from shopkeeper.journey.migrating import Asked
from shopkeeper.journey.state import State

MOST_MOVES = 20
LONGEST_SPREAD = 7 * 86_400
WHO = (roles.MARKETER, roles.ADMIN)
_NEVER = {409: "Nobody is inside: the journey was never published, or has been stopped. Or another version is live."}
room = journeys.room


def _not_too_long(said: str) -> str:
    if spans.seconds(said) > LONGEST_SPREAD:
        raise ValueError("is longer than seven days")
    return said


Number = Annotated[int, Field(ge=1, le=MOST_VERSIONS)]


class Movement(Strict):
    """`moves` sends those who stand on a node elsewhere than to the node of the same key; `spread` is how long it takes
    to tell all, so that they do not all go on at once."""

    moves: Annotated[dict[Key, Key], Field(max_length=MOST_MOVES)] = {}
    spread: Annotated[Timed, AfterValidator(_not_too_long)] | None = None


class Migrate(Movement):
    """With `preview` it is only counted who would go where. Without, `version` has to be the one that is live."""

    version: Number
    inside: Literal["migrate", "exit"] = "migrate"
    preview: bool = True


class Stood(TypedDict):
    """So many `customers` stood on a node of a version, null for who was just coming in or is left out. They land on
    `to`, where they `arrive` unless they stood there before; null is out of the journey. `moved`, `left` and `behind`
    are what has become of them: gone over, left for it, still where they were though told so often."""

    version: int
    node: str | None
    customers: int
    to: str | None
    arrive: bool
    moved: int
    left: int
    behind: int


class MigrationView(TypedDict):
    """`gone` had left by themselves before it was their turn; null until that is known. `overtaken` is a migration
    during which another version was published, or the journey stopped: it tells nobody any more."""

    number: int
    version: int
    inside: Literal["migrate", "exit"]
    moves: dict[str, str]
    spread_seconds: int
    preview: bool
    state: Phase
    asked_at: str
    asked_by: str
    ended_at: str | None
    customers: int
    moved: int
    left: int
    gone: int | None
    behind: int
    nodes: list[Stood]


def faults(call: Call, number: int, inside: str, wanted: Movement) -> Iterator[tuple[str, str]]:
    if inside == "finish" and wanted.spread:
        yield "spread", "goes with inside: migrate or exit, where somebody goes over or leaves"
    if inside != "migrate":
        yield from ((f"moves.{key}", "goes with inside: migrate alone") for key in wanted.moves)
        return
    state = call.aws.journeys.state(call.path["id"])
    known = {key for each in _others(state, number) for key in _graph(call, each).nodes}
    ahead = _graph(call, number).nodes
    for key, to in wanted.moves.items():
        if key not in known:
            yield f"moves.{key}", "is a node of no version that somebody may stand in"
        if to not in ahead:
            yield f"moves.{key}", f"leads to {to}, which is no node of version {number}"


def _others(state: State | None, number: int) -> list[int]:
    return [each for each in (state.versions if state else ()) if each != number]


def begin(call: Call, asked: Asked, *, spread: str | None, preview: bool = False) -> Migration:
    """It goes on by the clock."""
    made = Migration(
        journey=call.path["id"],
        asked=asked,
        asked_at=clock.to_text(call.now),
        asked_by=call.who.id,
        preview=preview,
        spread=spans.seconds(spread) if spread else 0,
    )
    call.aws.migrations.save(made)
    moving.start(call.aws.slices, made, call.now)
    return made


def asked(call: Call, version: int, inside: str, wanted: Movement) -> Asked:
    number = call.aws.migrations.number(call.path["id"])
    return Asked(number=number, version=version, moves=wanted.moves, leaves=inside == "exit")


def _check(call: Call, wanted: Migrate) -> Iterator[tuple[str, str]]:
    if call.aws.definitions.stored(KIND, call.path["id"], wanted.version):
        yield from faults(call, wanted.version, wanted.inside, wanted)


@room.post("/v1/journeys/{id}/migrations", groups=WHO, status=202, refusals=_NEVER, check=_check)
def migrate(call: Call, wanted: Migrate) -> MigrationView:
    """Count who would go where if a version were published with `inside`, or take them over into the live one.

    It goes on by itself, from five seconds later on; look at it as `migrations/<number>`.
    """
    found(call.aws.definitions.stored(KIND, call.path["id"], wanted.version), "version")
    state = call.aws.journeys.state(call.path["id"])
    if state is None or state.going == "stopped" or not (wanted.preview or state.live == wanted.version):
        raise Problem(409, _NEVER[409])
    said = asked(call, wanted.version, wanted.inside, wanted)
    return _shown(call, begin(call, said, spread=wanted.spread, preview=wanted.preview))


@room.get("/v1/journeys/{id}/migrations/{number}", groups=WHO)
def read(call: Call) -> MigrationView:
    """Show how far a migration has come, up to 90 days after it was asked for."""
    number = call.path["number"]
    held = call.aws.migrations.load(call.path["id"], int(number)) if number.isdecimal() else None
    return _shown(call, found(held, "migration"))


def _shown(call: Call, its: Migration) -> MigrationView:
    moved, left, behind, customers = (sum(each.values()) for each in (its.moved, its.left, its.behind, its.standing))
    is_known = its.phase == "done" and not its.preview
    return {
        "number": its.asked.number,
        "version": its.asked.version,
        "inside": "exit" if its.asked.leaves else "migrate",
        "moves": dict(its.asked.moves),
        "spread_seconds": its.spread,
        "preview": its.preview,
        "state": its.phase,
        "asked_at": its.asked_at,
        "asked_by": its.asked_by,
        "ended_at": its.ended_at or None,
        "customers": customers,
        "moved": moved,
        "left": left,
        "gone": max(customers - moved - left - behind, 0) if is_known else None,
        "behind": behind,
        "nodes": [_stood(call, its, line) for line in sorted({*its.standing, *its.moved, *its.left, *its.behind})],
    }


def _stood(call: Call, its: Migration, line: str) -> Stood:
    version, _, node = line.partition("/")
    new = _graph(call, its.asked.version)
    to = migrating.lands(its.asked, _graph(call, int(version)), new, node)
    return {
        "version": int(version),
        "node": node or None,
        "customers": its.standing.get(line, 0),
        "to": to.node if to else None,
        "arrive": to is not None and not to.stays,
        "moved": its.moved.get(line, 0),
        "left": its.left.get(line, 0),
        "behind": its.behind.get(line, 0),
    }


def _graph(call: Call, version: int) -> Graph:
    return call.aws.journeys.graph(call.path["id"], version)
