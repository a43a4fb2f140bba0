"""In which segments and on which lists a customer is, by their names."""

import json
from collections.abc import Mapping
from typing import NamedTuple

from typing_extensions import TypedDict

from shopkeeper.api.calls import Call
from shopkeeper.aws.definitions import Entry
from shopkeeper.customer.document import Customer
from shopkeeper.customer.standing import slots_of
from shopkeeper.segment.edition import Slot
from shopkeeper.segment.publishing import family

_MOST = 500  # There are no more segments; of more lists some go by their ids.


class InSegment(TypedDict):
    """`name` is that of the segment, and of the `part` of it if it is one. `since` is null for some seconds after the
    customer came in."""

    segment: str
    part: str | None
    name: str
    version: int
    since: str | None


class Memberships(NamedTuple):
    """`list_names` are by id; of some lists they may be missing."""

    segments: list[InSegment]
    list_names: Mapping[str, str]


def of(call: Call, seen: Customer) -> Memberships:
    return Memberships(_segments(call, seen), _list_names(call, seen))


def _segments(call: Call, seen: Customer) -> list[InSegment]:
    """Those that count, by their ids."""
    held = slots_of(seen.document.standing)
    if not held:
        return []
    slots = [each for each in call.aws.editions.fresh().slots if each.number in held]
    ready = sorted((each for each in slots if each.phase == "ready"), key=lambda each: each.segment)
    since = call.aws.members.since(seen.customer_id, [each.part for each in ready])
    defined = _defined(call, "segment")
    return [_in_segment(each, defined.get(family(each.segment), {}), since.get(each.part)) for each in ready]


def _list_names(call: Call, seen: Customer) -> Mapping[str, str]:
    if not any(stay.is_on for stay in seen.document.lists.values()):
        return {}
    return {list_id: str(said["name"]) for list_id, said in _defined(call, "list").items()}


def _in_segment(slot: Slot, said: Mapping[str, object], since: str | None) -> InSegment:
    segment, _, part = slot.segment.partition("/")
    names = [str(said.get("name", segment))]
    if part:
        names.append(_part_name(said, part))
    return {
        "segment": segment,
        "part": part or None,
        "name": ": ".join(names),
        "version": slot.version,
        "since": since,
    }


def _part_name(said: Mapping[str, object], part: str) -> str:
    parts = said.get("parts")
    named = {each["id"]: each.get("name", part) for each in parts} if isinstance(parts, list) else {}
    return str(named.get(part, part))


def _defined(call: Call, kind: str) -> dict[str, dict[str, object]]:
    entries: list[Entry] = call.aws.definitions.listed(kind, _MOST)[0]
    return {each.id: json.loads(each.shown) for each in entries}
