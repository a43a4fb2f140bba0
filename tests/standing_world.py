"""Editions of segments as tests write them."""

from datetime import UTC

from shopkeeper.segment import rule
from shopkeeper.segment.edition import Edition, Slot, current, ref

NEVER_PUBLISHED = "2026-11-20T00:00:00.000Z"


def nowhere(before, after, now_ms, cause):
    """For tests of those who write customers, in a shop without segments."""
    return after


def edition_of(ready=(), building=(), number=1, zone=UTC, prompt=False):
    """`ready` and `building` are rules as JSON by the name of their segment."""
    said = [(name, its, "ready") for name, its in dict(ready).items()]
    said += [(name, its, "building") for name, its in dict(building).items()]
    rules = [rule.read(its) for _, its, _ in said]
    slots = tuple(
        Slot(
            number=place,
            segment=name,
            version=1,
            rule=ref(its),
            phase=phase,
            since=NEVER_PUBLISHED,
            prompt=prompt,
        )
        for place, ((name, _, phase), its) in enumerate(zip(said, rules, strict=True), start=1)
    )
    return current(Edition(number, len(slots) + 1, slots), {ref(each): each for each in rules}, zone)


class FakeEditions:
    """`held` is the newest there is; `known` what this one has read of it."""

    def __init__(self, held):
        self.held = self.known = held
        self.reads = 0

    def at_least(self, number):
        if self.known.edition.number < number:
            self.known, self.reads = self.held, self.reads + 1
        return self.known
