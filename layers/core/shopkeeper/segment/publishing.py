"""How segments come and go: each function gives the edition that follows, or the same one where nothing changes.

A new version is first built beside the one that counts: writers keep it right from then on, a recomputation makes it
right for everybody else, and only then it takes the place of the other. A segment goes through this together with all
its parts, so that no customer is ever seen in parts of different versions.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from shopkeeper.segment.edition import Edition, Slot


class Wanted(NamedTuple):
    """A segment or part that is to be built. `rule` is the ref of its rule, which has so many `nodes`."""

    segment: str
    version: int
    rule: str
    prompt: bool = False
    nodes: int = 0


def family(name: str) -> str:
    """The segment that a part belongs to, and a segment itself."""
    return name.partition("/")[0]


def published(before: Edition, wanted: Iterable[Wanted], since: str) -> Edition:
    """Each of these begins to be built, in the place of what was being built of the same segments."""
    wanted = list(wanted)
    anew = {family(each.segment) for each in wanted}
    kept = [each for each in before.slots if each.phase == "ready" or family(each.segment) not in anew]
    numbers = range(before.next_slot, before.next_slot + len(wanted))
    slots = [
        Slot(number=number, phase="building", since=since, **each._asdict())
        for number, each in zip(numbers, wanted, strict=True)
    ]
    return _after(before, (*kept, *slots), before.next_slot + len(slots))


def switched(before: Edition, built: Collection[int]) -> Edition:
    """What was built takes the place of what counted of the same segments. Slots that are not there any more, because
    a newer version or a deletion came in between, change nothing."""
    turned = {each.number for each in before.slots if each.number in built and each.phase == "building"}
    anew = {family(each.segment) for each in before.slots if each.number in turned}
    kept = (
        replace(each, phase="ready") if each.number in turned else each
        for each in before.slots
        if each.phase == "building" or family(each.segment) not in anew
    )
    return _after(before, tuple(kept), before.next_slot)


def retired(before: Edition, segment_id: str) -> Edition:
    """The segment is gone, with all its parts, whatever was built of it or counted."""
    kept = tuple(each for each in before.slots if family(each.segment) != segment_id)
    return _after(before, kept, before.next_slot)


def gone(before: Edition, after: Edition) -> list[str]:
    """The parts of the Members table of slots that are no more."""
    there = {each.part for each in after.slots}
    return [each.part for each in before.slots if each.part not in there]


def buildable(edition: Edition, is_known: Callable[[Slot], bool]) -> tuple[int, ...]:
    """The slots that a recomputation which begins now can answer for: of each segment that is being built all, if every
    writer knows each of them. `is_known` says that of one."""
    building = families(edition, "building")
    return tuple(each.number for slots in building.values() if all(map(is_known, slots)) for each in slots)


def families(edition: Edition, phase: str) -> Mapping[str, list[Slot]]:
    """The slots of this phase, by the ids of their segments."""
    found: dict[str, list[Slot]] = defaultdict(list)
    for each in edition.slots:
        if each.phase == phase:
            found[family(each.segment)].append(each)
    return found


def slot(edition: Edition, name: str, phase: str) -> Slot | None:
    """Of a segment or part: what counts of it, or what is being built."""
    return next((each for each in edition.slots if each.segment == name and each.phase == phase), None)


def counts(edition: Edition, group: str) -> bool:
    """Whether it is a list that the members of this group are on, or what counts of a segment that they are in."""
    return group.startswith("list:") or any(each.part == group and each.phase == "ready" for each in edition.slots)


def _after(before: Edition, slots: tuple[Slot, ...], next_slot: int) -> Edition:
    if slots == before.slots:
        return before
    return Edition(before.number + 1, next_slot, slots)
