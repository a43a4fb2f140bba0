"""Rules in the bodies of requests: what is wrong with them, and what they refer to."""

from collections.abc import Iterator, Sequence
from typing import Any

from shopkeeper.api import measures, segment_rules
from shopkeeper.api.calls import Call
from shopkeeper.api.problems import Problem
from shopkeeper.api.segment_rules import Kept
from shopkeeper.customer.requests import BadRequest
from shopkeeper.segment import references, rule
from shopkeeper.segment.edition import Phase
from shopkeeper.segment.leaves.counted import needed
from shopkeeper.segment.publishing import slot
from shopkeeper.segment.references import Look, Name
from shopkeeper.segment.rule import Rule


def faults(call: Call, said: Any, at: str) -> Iterator[tuple[str, str]]:
    """`at` is the field that the rule stands in."""
    try:
        read = rule.read(said, at)
    except BadRequest as refused:
        yield from refused.findings
        return
    for path, node, _ in rule.nodes(read, at):
        yield from segment_rules.list_missing(call, path, node)
        for each in needed(node):
            if why := measures.uncounted(call, each):
                yield path, why
    yield from _segments(call, read, at)


def _segments(call: Call, read: Rule, at: str) -> Iterator[tuple[str, str]]:
    try:
        references.inlined(read, Kept(call).look, at)
    except BadRequest as refused:
        yield from refused.findings


def ready(call: Call) -> Look:
    """The whole rules of segments as they count. Raises Problem 409 for one whose first version is still being built,
    as the measures that it takes may not be counted yet."""
    return _counting(call, ("ready",))


def counting(call: Call) -> Look:
    """The same, and of one whose first version is still being built that one."""
    return _counting(call, ("ready", "building"))


def _counting(call: Call, phases: Sequence[Phase]) -> Look:
    edition, kept = call.aws.editions.at_least(0).edition, Kept(call)

    def found(name: Name) -> Rule | None:
        if name.version:
            return kept.look(name)
        slots = (found for phase in phases if (found := slot(edition, name.id, phase)))
        held = next(slots, None)
        if held is None and kept.look(name):
            raise Problem(409, f"The segment {name} is still being built.")
        return call.aws.editions.rules(edition)[held.rule] if held else None

    return found
