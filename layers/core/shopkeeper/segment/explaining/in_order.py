"""Leaves about what came after what, told from the newest instants of both."""

from collections.abc import Iterator
from typing import NamedTuple

from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.measures.measure import PROMISED
from shopkeeper.segment import leaves, spans
from shopkeeper.segment.explaining import counted, happenings, times, wording
from shopkeeper.segment.explaining.telling import Shift, Sight, Told
from shopkeeper.segment.explaining.times import Stay
from shopkeeper.segment.leaves.values import Measure


def tail(sight: Sight, measure: Measure) -> tuple[int, ...]:
    its = counted.kept(sight, measure, measure.registered())
    return its.tail if its else ()


class _Pair(NamedTuple):
    """`b` came after `a`, and is in the window from the one instant until before the other."""

    a: int
    b: int
    enter: int
    leave: int


def _pairs(sight: Sight, leaf: leaves.Sequence) -> Iterator[_Pair]:
    """Newest first, each `b` with the newest `a` before it."""
    span, earlier = spans.span(leaf.window, sight.zone), tail(sight, leaf.a)[:PROMISED]
    for b in tail(sight, leaf.b)[:PROMISED]:
        before = [a for a in earlier if a < b < a + leaf.within.milliseconds]
        if before:
            enter, leave = span.stay(b)
            yield _Pair(max(before), b, max(b, enter), leave)


def sequence(sight: Sight, leaf: leaves.Sequence) -> Told:
    a, b, pairs = happenings.of(leaf.a), happenings.of(leaf.b), list(_pairs(sight, leaf))
    found = next((each for each in pairs if each.enter <= sight.now < each.leave), None)
    spoken = (
        f"{b.did}{b.narrowed}",
        f"less than {wording.lasting(leaf.within.seconds)} after {wording.a(a.one)}{a.narrowed}",
    )
    within = times.within(leaf.window, sight.zone)
    stays = [
        Stay(f"the {b.one} of {times.dated(each.b, leaf.window, sight.zone)}", each.enter, each.leave) for each in pairs
    ]
    return Told(
        asks=" ".join(spoken) + within,
        says=_followed(sight, found, a.one, b.did)
        if found
        else f"no {b.one} came so soon after {wording.a(a.one)}{within}",
        seen={"a": from_ms(found.a), "b": from_ms(found.b)} if found else {},
        needs=f"{wording.a(b.one)} {spoken[1]} is needed",
        news=f"{wording.a(b.one)} soon after {wording.a(a.one)}",
        ends="",
        why=lambda shift: times.why(stays, shift.at, leaf.window, sight.zone),
    )


def _followed(sight: Sight, pair: _Pair, one: str, did: str) -> str:
    return f"{did} on {sight.moment(pair.b)}, {wording.roughly(pair.b - pair.a)} after the {one} of {sight.day(pair.a)}"


def abandoned(sight: Sight, leaf: leaves.Abandoned) -> Told:
    did, without, grace = happenings.of(leaf.did), happenings.of(leaf.without), wording.lasting(leaf.grace.seconds)
    last = next((at for at in tail(sight, leaf.did) if at <= sight.now), None)
    since = next((at for at in tail(sight, leaf.without) if last is not None and last <= at <= sight.now), None)
    seen = {"did": last, "without": since}
    return Told(
        asks=f"{did.did}{did.narrowed}, and {without.did_not}{without.narrowed} for {grace} since",
        says=_left(sight, leaf, last, since),
        seen={name: from_ms(at) for name, at in seen.items() if at is not None},
        needs=f"asked for: {grace} without {wording.a(without.one)}",
        news=f"{wording.a(did.one)}, and {grace} without {wording.a(without.one)}",
        ends=f"{wording.a(without.one)}, or one more {did.one}",
        why=lambda shift: _why_left(sight, leaf, shift),
    )


def _left(sight: Sight, leaf: leaves.Abandoned, last: int | None, since: int | None) -> str:
    did, without = happenings.of(leaf.did), happenings.of(leaf.without)
    if last is None:
        return f"{did.did_not}{did.narrowed} so far"
    told = f"{did.did}{did.narrowed} on {sight.moment(last)}"
    if since is not None:
        return f"{told}, and {without.did}{without.narrowed} on {sight.moment(since)}"
    return f"{told}, {wording.roughly(sight.now - last)} ago, and {without.did_not}{without.narrowed} since"


def _why_left(sight: Sight, leaf: leaves.Abandoned, shift: Shift) -> str:
    did, without = happenings.of(leaf.did), happenings.of(leaf.without)
    if shift.to:
        return f"{wording.passed(leaf.grace.seconds)} since the {did.one}, without {wording.a(without.one)}"
    dated = without.one if shift.at in tail(sight, leaf.without) else did.one
    return f"{wording.a(dated)} is dated for {sight.moment(shift.at)}"
