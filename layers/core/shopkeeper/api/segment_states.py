"""How far a segment has come, and how many customers it has."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NotRequired

from typing_extensions import TypedDict

from shopkeeper import clock
from shopkeeper.api.calls import Call
from shopkeeper.aws.definitions import Version
from shopkeeper.aws.recomputes import Size
from shopkeeper.customer.walks import SLICES, Slice
from shopkeeper.segment import publishing, recompute
from shopkeeper.segment.edition import Edition, Slot
from shopkeeper.segment.references import needs
from shopkeeper.segment.runs import Run
from shopkeeper.segment.scanning import found_in

Phase = Literal["building", "ready", "replaced", "deleted"]


class Brief(TypedDict):
    """`size` is how many there were at the instant `as_of`; null where they were never counted."""

    phase: Phase
    size: int | None
    as_of: str | None


class PartSize(TypedDict):
    id: str
    size: int | None


class Building(TypedDict):
    """A run takes up what was published by `begins_at`. `waits_for` are measures that are not counted yet of everybody.
    Of the run that builds it `slices_done` have been walked, with so many `customers`."""

    begins_at: NotRequired[str]
    waits_for: list[str]
    run: NotRequired[str]
    customers: NotRequired[int]
    slices: NotRequired[int]
    slices_done: NotRequired[int]


class SegmentState(TypedDict):
    """Of this version: `building` until all customers have been looked through, then `ready`: it is the one that
    counts, until another one is ready. `since` is when it was published.

    A ready one has `building` as well while it is built anew, because a segment that it names has changed.
    """

    phase: Phase
    since: NotRequired[str]
    size: int | None
    as_of: str | None
    parts: list[PartSize]
    building: NotRequired[Building]


@dataclass(frozen=True)
class _Look:
    """At one version of a segment."""

    call: Call
    version: Version

    @cached_property
    def edition(self) -> Edition:
        return self.call.aws.editions.fresh()

    def slot(self, phase: str) -> Slot | None:
        found = publishing.slot(self.edition, self.version.id, phase)
        return found if found and found.version == self.version.number else None

    @property
    def phase(self) -> Phase:
        if self.slot("ready"):
            return "ready"
        if self.slot("building"):
            return "building"
        return "replaced" if self.call.aws.definitions.number(self.version.kind, self.version.id) else "deleted"

    @cached_property
    def sizes(self) -> dict[str, Size]:
        own = f"{self.version.id}/"
        parts = [each.segment for each in self.edition.slots if each.segment.startswith(own)]
        found = self.call.aws.recomputes.newest([self.version.id, *parts])
        return {name: size for name, size in found.items() if size.version == self.version.number}


def state(call: Call, version: Version) -> SegmentState:
    look = _Look(call, version)
    ready, building = look.slot("ready"), look.slot("building")
    size = look.sizes.get(version.id) if ready else None
    shown: SegmentState = {
        "phase": look.phase,
        "size": size.size if size else None,
        "as_of": size.at if size else None,
        "parts": _parts(look, "ready" if ready else "building"),
    }
    if slot := ready or building:
        shown["since"] = slot.since
    if building:
        shown["building"] = _building(call, look.edition, building)
    return shown


def _parts(look: _Look, phase: str) -> list[PartSize]:
    own, version = f"{look.version.id}/", look.version.number
    slots = [each for each in look.edition.slots if each.phase == phase and each.version == version]
    names = [each.segment for each in slots if each.segment.startswith(own)]
    sizes = {name: look.sizes[name].size for name in names if phase == "ready" and name in look.sizes}
    return [{"id": name.removeprefix(own), "size": sizes.get(name)} for name in names]


def _building(call: Call, edition: Edition, slot: Slot) -> Building:
    told: Building = {"waits_for": _waits_for(call, edition, slot)}
    known_at = recompute.known_at(slot)
    if call.now < known_at:
        told["begins_at"] = clock.to_text(known_at)
    desk = call.aws.recomputes.desk()
    run = call.aws.recomputes.run(desk.run) if desk.run else None
    if run and slot.number in run.slots:
        parts = slices(call, run)
        told |= {
            "run": run.id,
            "customers": sum(found_in(each.gathered).customers for each in parts),
            "slices": SLICES,
            "slices_done": sum(each.ended for each in parts),
        }
    return told


def slices(call: Call, run: Run) -> list[Slice]:
    return call.aws.slices.load(run.walk, range(SLICES))


def _waits_for(call: Call, edition: Edition, slot: Slot) -> list[str]:
    needed = needs([call.aws.editions.rules(edition)[slot.rule]])
    if not needed:
        return []
    measures = call.aws.segment_measures
    missing = needed.keys() - measures.counted()
    return sorted(name for name, each in measures.standing().items() if each.id in missing)


def briefs(call: Call, segment_ids: Sequence[str]) -> dict[str, Brief]:
    edition = call.aws.editions.fresh()
    sizes = call.aws.recomputes.newest(segment_ids) if segment_ids else {}
    return {each: _brief(publishing.slot(edition, each, "ready"), sizes.get(each)) for each in segment_ids}


def _brief(ready: Slot | None, size: Size | None) -> Brief:
    counted = size if ready and size and size.version == ready.version else None
    phase: Phase = "ready" if ready else "building"
    return {"phase": phase, "size": counted.size if counted else None, "as_of": counted.at if counted else None}
