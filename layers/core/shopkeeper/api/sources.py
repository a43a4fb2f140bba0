"""Sources: queries of the business's own data that keep a list, or tell traits."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

from typing_extensions import TypedDict

from shopkeeper import clock
from shopkeeper.api import lists
from shopkeeper.api.calls import Answer, Call, found
from shopkeeper.api.imports import Download
from shopkeeper.api.problems import Problem
from shopkeeper.api.roles import ADMIN, MARKETER
from shopkeeper.api.versions import Kind, Made
from shopkeeper.aws.athena import OFF
from shopkeeper.aws.definitions import Version
from shopkeeper.customer.requests import Strict
from shopkeeper.customer.sources import definition
from shopkeeper.customer.sources.definition import Source
from shopkeeper.customer.sources.ports import Overtaken
from shopkeeper.customer.sources.reading import errors_name
from shopkeeper.customer.sources.state import Counts, Phase, State
from shopkeeper.customer.sources.waking import message

TRIES = 5


class RunView(TypedDict):
    """What a run found: who entered and left, or whose traits are new, changed, unchanged; `told` of what is new."""

    number: int
    rows: int
    refused: int
    entered: int
    changed: int
    unchanged: int
    left: int
    told: int
    scanned_bytes: int


class TroubleView(TypedDict):
    """What the last run met. `retried` soon, or only at its next time."""

    at: str
    text: str
    retried: bool


class StateView(TypedDict):
    """`as_of` is when the query was asked whose result counts now, `age_s` how long ago that is.

    `run` is the one under way, `last` the last one that came to its end.
    """

    phase: Phase
    origin: str
    as_of: str | None
    age_s: int | None
    next_at: str | None
    run: RunView | None
    last: RunView | None
    finished_at: str | None
    trouble: TroubleView | None


class RunNow(Strict):
    """`whole` tells everything again, also what has not changed; `leaving` lets any number leave the list."""

    whole: bool = False
    leaving: Literal["any"] | None = None


def _faults(call: Call, wanted: Source) -> Iterator[tuple[str, str]]:
    if not call.aws.settings.get("SOURCE_WORKGROUP"):
        yield "", OFF
    before = call.aws.definitions.newest(definition.KIND, call.path["id"])
    yield from definition.faults(wanted, _source(before) if before else None, call.now)
    if wanted.mode == "membership" and wanted.list:
        yield from _list_faults(call, wanted.list)


def _list_faults(call: Call, list_id: str) -> Iterator[tuple[str, str]]:
    kept = call.aws.definitions.newest("list", list_id)
    if kept is None:
        yield "list", f"there is no list {list_id}: define it with this source as its `source`"
    elif lists.source_of(kept) != call.path["id"]:
        yield "list", f"{list_id} is not this source's: define another one with this source as its `source`"


def _planned(call: Call, wanted: Source, source_id: str, _: int) -> Made:
    """Due before the definition is there: whoever looks after it earlier finds nothing to do."""
    _change(call, source_id, lambda state: state.planned(wanted.schedule, call.now) if state.is_resting else state)
    return Made()


def _change(call: Call, source_id: str, change: Any) -> State:
    for _ in range(TRIES):
        state = call.aws.source_states.get(source_id) or State(source_id)
        try:
            changed: State = call.aws.source_states.put(change(state))
        except Overtaken:
            continue
        return changed
    raise Problem(503, "Too many others are changing this source. Try again in a while.")


def _more(call: Call, version: Version) -> Mapping[str, Any]:
    state = call.aws.source_states.get(version.id) or State(version.id)
    return {"state": shown(state, _source(version), call.aws.settings, call.now)}


def _source(version: Version) -> Source:
    return Source.model_validate_json(version.content)


KIND = Kind(
    definition.KIND,
    "sources",
    Source,
    check=_faults,
    make=_planned,
    more=_more,
    shape={"state": StateView},
    long=frozenset(("query",)),
)
room = KIND.room("Queries of the business's own data that keep a list or tell traits, and what came of them.")


@room.post(
    "/v1/sources/{id}/run",
    groups=(MARKETER, ADMIN),
    status=202,
    refusals={409: "It is running already."},
)
def run_source(call: Call, wanted: RunNow) -> StateView:
    """Ask the query now."""
    version = found(call.aws.definitions.newest(definition.KIND, call.path["id"]), definition.KIND)
    leaving = wanted.leaving == "any"

    def asked_for(state: State) -> State:
        if not state.is_resting:
            raise Problem(409, "It is running already.")
        return state.asked_for(call.now, whole=wanted.whole, leaving=leaving)

    state = _change(call, version.id, asked_for)
    call.aws.sources.send([message(version.id)])
    return shown(state, _source(version), call.aws.settings, call.now)


@room.get(
    "/v1/sources/{id}/errors",
    groups=(MARKETER, ADMIN),
    status=303,
    refusals={409: "No result has been read to its end yet."},
)
def read_source_errors(call: Call) -> Answer[Download]:
    """Lead on to the file of rows that were refused of the last result that was read."""
    found(call.aws.definitions.newest(definition.KIND, call.path["id"]), definition.KIND)
    state = call.aws.source_states.get(call.path["id"])
    if state is None or not state.read:
        raise Problem(409, "No result has been read to its end yet.")
    address = call.aws.files.errors_address(errors_name(state.id, state.read), call.now)
    body = Download(url=address.url, expires_at=clock.to_text(address.expires_at))
    return Answer(body, headers={"Location": address.url, "Cache-Control": "no-store"})


def shown(state: State, source: Source, settings: Mapping[str, str], now: datetime) -> StateView:
    as_of = state.last.as_of if state.last else ""
    where = [source.catalog or "", source.database or settings.get("SOURCE_DATABASE", "")]
    return {
        "phase": state.phase,
        "origin": "/".join(["athena:" + settings.get("SOURCE_WORKGROUP", ""), *filter(None, where)]),
        "as_of": as_of or None,
        "age_s": int((now - clock.from_text(as_of)).total_seconds()) if as_of else None,
        "next_at": (state.next_at or None) if state.is_resting else None,
        "run": None if state.is_resting else _run(state.run.number, state.run.counts),
        "last": _run(state.last.number, state.last.counts) if state.last else None,
        "finished_at": state.finished_at or None,
        "trouble": {"at": state.trouble.at, "text": state.trouble.text, "retried": state.trouble.retried}
        if state.trouble
        else None,
    }


def _run(number: int, counts: Counts) -> RunView:
    return {
        "number": number,
        "rows": counts.rows,
        "refused": counts.refused,
        "entered": counts.entered,
        "changed": counts.changed,
        "unchanged": counts.unchanged,
        "left": counts.left,
        "told": counts.told,
        "scanned_bytes": counts.scanned,
    }
