"""Segments: customers of whom a rule holds, kept true by themselves; and their parts, which are treated differently."""

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints
from typing_extensions import TypedDict

from shopkeeper.api import (
    cursors,
    matching,
    pages,
    roles,
    segment_naming,
    segment_publishing,
    segment_states,
    untold,
)
from shopkeeper.api.calls import Answer, Call, Room, found
from shopkeeper.api.problems import Problem
from shopkeeper.api.segment_preview import room as explaining
from shopkeeper.api.segment_rules import KIND as NAME
from shopkeeper.api.segment_states import Brief, SegmentState
from shopkeeper.api.untold import FieldWarning
from shopkeeper.api.versions import TRIES, Kind
from shopkeeper.aws.definitions import Entry, Overtaken, Version
from shopkeeper.customer.requests import Id, Lines, Strict, Text
from shopkeeper.segment import publishing
from shopkeeper.segment.said import Said

MOST_PARTS = 20


class SegmentPart(Strict):
    """Those of the segment of whom `rule` holds, and no rule of a part before it. The last one may go without: it has
    the rest."""

    id: Id
    name: Text | None = None
    rule: Said | None = None


def _few(given: tuple[SegmentPart, ...]) -> tuple[SegmentPart, ...]:
    if len(given) > MOST_PARTS:
        raise ValueError(f"are {MOST_PARTS} at most")
    return given


# Not `max_length`, which would count those that are refused as well.
Parts = Annotated[tuple[SegmentPart, ...], AfterValidator(_few), Field(json_schema_extra={"maxItems": MOST_PARTS})]


class Segment(Strict):
    """A `prompt` one changes at the very instant; others may do so up to two hours after midnight, where it is midnight
    that changes them. A part is named `<id>/<part>` where a segment is asked for."""

    name: Text | None = None
    description: Annotated[Lines, StringConstraints(max_length=2_000)] | None = None
    rule: Said
    prompt: bool = False
    parts: Parts = ()


def _faults(call: Call, wanted: Segment) -> Iterator[tuple[str, str]]:
    yield from _parts(wanted)
    yield from segment_publishing.faults(call, call.path["id"], wanted)


def _parts(wanted: Segment) -> Iterator[tuple[str, str]]:
    known: set[str] = set()
    for place, each in enumerate(wanted.parts):
        if each.id in known:
            yield f"parts.{place}.id", f"{each.id} is there already"
        known.add(each.id)
        if each.rule is None and place + 1 < len(wanted.parts):
            yield f"parts.{place}.rule", "is missing: only the last part may have the rest"


def _more(call: Call, version: Version) -> Mapping[str, Any]:
    return {"state": segment_states.state(call, version), "warnings": untold.warnings(call, _rules(version))}


def _rules(version: Version) -> Mapping[str, Any]:
    said = json.loads(version.content)
    parts = enumerate(said.get("parts") or ())
    return {"rule": said["rule"]} | {f"parts.{n}.rule": each["rule"] for n, each in parts if each.get("rule")}


KIND = Kind(
    NAME,
    "segments",
    Segment,
    check=_faults,
    make=segment_publishing.made,
    more=_more,
    shape={"state": SegmentState, "warnings": list[FieldWarning]},
    can_go=True,
)


class SegmentLine(TypedDict):
    """`rule` and `parts` are left out; `state` is that of the version that counts, or of the first one while it is
    built."""

    id: str
    version: int
    saved_at: str
    name: str | None
    state: Brief


class SegmentLines(TypedDict):
    items: list[SegmentLine]
    next: str | None


room = Room("segments", explaining.about)


@room.get("/v1/segments", groups=roles.GROUPS, parameters=pages.PAGE)
def list_segments(call: Call) -> SegmentLines:
    """List segments by id, each with how many customers it had when they were last counted."""
    entries, last = call.aws.definitions.listed(NAME, pages.limit(call), *pages.after(call))
    states = segment_states.briefs(call, [each.id for each in entries])
    items = [_line(entry, states[entry.id]) for entry in entries]
    return {"items": items, "next": cursors.cursor_for([last]) if last else None}


def _line(entry: Entry, state: Brief) -> SegmentLine:
    name = json.loads(entry.shown).get("name")
    return {"id": entry.id, "version": entry.number, "saved_at": entry.saved_at, "name": name, "state": state}


@room.delete(
    "/v1/segments/{id}",
    groups=(roles.MARKETER, roles.ADMIN),
    status=204,
    parameters=(matching.IF_MATCH,),
    refusals={409: "Others refer to it; the answer says who.", 412: "Another version counts by now."},
)
def delete_segment(call: Call) -> Answer[None]:
    """Delete a segment and its parts. What was said of it stays, and a new version can be made of it.

    Refused as long as other segments, phases, or campaigns that are not over refer to it.
    """
    segment_id = call.path["id"]
    for _ in range(TRIES):
        version = found(call.aws.definitions.newest(NAME, segment_id), NAME)
        matching.check(call, version.number)
        before = call.aws.editions.fresh()
        if naming := list(segment_naming.naming(call, segment_id)):
            raise Problem(409, f"Others refer to the segment {segment_id}.", naming)
        try:
            segment_publishing.withdraw(call, version, publishing.retired(before, segment_id), before)
        except Overtaken:
            continue
        return Answer(None, 204)
    raise Problem(503, "Too many others are changing segments. Try again in a while.")


room.routes += [*KIND.room("", listing=False).routes, *explaining.routes]
