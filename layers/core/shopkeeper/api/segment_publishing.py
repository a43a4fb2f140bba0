"""A version of a segment is published: it begins to be built, and with it whatever refers to it.

The rules are there before the edition that names them, and the clock is told before the edition moves; the edition and
the version of the segment move together. So whoever dies anywhere on the way has published nothing, or all.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from shopkeeper import clock
from shopkeeper.api import measures, segment_naming
from shopkeeper.api.calls import Call
from shopkeeper.api.segment_rules import KIND, Kept, lists_there, written
from shopkeeper.api.versions import Made
from shopkeeper.aws.definitions import Version
from shopkeeper.customer.backfilling import WAIT
from shopkeeper.customer.measures import Registered
from shopkeeper.customer.requests import BadRequest
from shopkeeper.segment import planning, publishing, references, rule, runs
from shopkeeper.segment.edition import Edition, ref
from shopkeeper.segment.publishing import Wanted
from shopkeeper.segment.references import Look, Name, Naming, Part, Written
from shopkeeper.segment.rule import Rule


class _Part(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def rule(self) -> Any: ...


class Said(Protocol):
    """A segment as a request says it."""

    @property
    def rule(self) -> Any: ...
    @property
    def prompt(self) -> bool: ...
    @property
    def parts(self) -> tuple[_Part, ...]: ...


def faults(call: Call, segment_id: str, said: Any) -> Iterator[tuple[str, str]]:
    """Of its rules, each with the way to the node."""
    kept = Kept(call)
    try:
        own = _own(said)
        _check_lists(call, own)
        _family(segment_id, own, _looking(kept.look, segment_id, own))
    except BadRequest as refused:
        yield from refused.findings
        return
    yield from _parts_missed(call, kept, segment_id, own)


def _parts_missed(call: Call, kept: Kept, segment_id: str, own: Written) -> Iterator[tuple[str, str]]:
    """Parts that the version which counts has and this one has not."""
    before = kept.version(segment_id)
    if before:
        gone = written(before).rules(segment_id).keys() - own.rules(segment_id).keys()
        for kind, id_ in segment_naming.naming_parts(call, gone):
            yield "parts", f"lack one that is named by {kind} {id_}"


def made(call: Call, said: Any, segment_id: str, number: int) -> Made:
    """Raises BadRequest for what others no longer bear since it was found to be in order."""
    own, kept = _own(said), Kept(call)
    before = call.aws.editions.fresh()
    look = _looking(kept.look, segment_id, own)
    all_written = segment_naming.all_written(call) | {segment_id: own}
    anew = _family(segment_id, own, look)
    wanted = list(_wanted(anew, number, prompt=said.prompt))
    for other in Naming(all_written, look).dependants(segment_id):
        rules = _dependant(other, all_written[other], look)
        anew |= rules
        wanted += _again(kept, other, rules)
    after = publishing.published(before, wanted, clock.to_text(call.now))
    _check_room(call, after, anew)
    call.aws.editions.put_rules(anew.values())
    call.aws.segment_measures.ensure(references.needs(anew.values()))
    at = call.now + WAIT
    planning.change(call.aws.recomputes, lambda desk: runs.awaited(desk, at, publishing.gone(before, after)))
    return Made(also=(call.aws.editions.write(after),))


def withdraw(call: Call, version: Version, after: Edition, before: Edition) -> None:
    """Raises Overtaken."""
    gone = publishing.gone(before, after)
    if gone:
        planning.change(call.aws.recomputes, lambda desk: runs.leaving(desk, gone))
    also = () if after is before else (call.aws.editions.write(after),)
    call.aws.definitions.withdraw(KIND, version.id, version.number, also)


def _own(said: Said) -> Written:
    """Raises BadRequest with all that is wrong, of each rule."""
    findings: list[tuple[str, str]] = []
    read: dict[str, Rule] = {}
    for at, each in _rules_of(said):
        try:
            read[at] = rule.read(each, at)
        except BadRequest as refused:
            findings += refused.findings
    if findings:
        raise BadRequest(findings)
    parts = (Part(each.id, read.get(f"parts.{place}.rule")) for place, each in enumerate(said.parts))
    return Written(read["rule"], tuple(parts))


def _rules_of(said: Said) -> Iterator[tuple[str, Any]]:
    yield "rule", said.rule
    for place, each in enumerate(said.parts):
        if each.rule is not None:
            yield f"parts.{place}.rule", each.rule


def _check_lists(call: Call, own: Written) -> None:
    rules = {"rule": own.rule} | {f"parts.{place}.rule": each.rule for place, each in enumerate(own.parts) if each.rule}
    if found := [fault for at, its in rules.items() for fault in lists_there(call, its, at)]:
        raise BadRequest(found)


def _looking(look: Look, segment_id: str, own: Written) -> Look:
    """With what is being published in the place of what counts."""

    def found(name: Name) -> Rule | None:
        if name.segment == segment_id and not name.version:
            return own.of(name.part)
        return look(name)

    return found


def _family(segment_id: str, own: Written, look: Look) -> dict[str, Rule]:
    """The whole rules of a segment and of its parts, by their names. Raises BadRequest."""
    whole = {segment_id: references.inlined(own.rule, look, "rule", segment_id)}
    for place, each in enumerate(own.parts):
        name, at = f"{segment_id}/{each.id}", f"parts.{place}"
        if each.rule:
            references.inlined(each.rule, look, f"{at}.rule", name)
        if its := own.of(each.id):
            whole[name] = references.inlined(its, look, at, name)
    return whole


def _dependant(other: str, own: Written, look: Look) -> dict[str, Rule]:
    try:
        return _family(other, own, look)
    except BadRequest as refused:
        reasons = "; ".join(reason for _, reason in refused.findings)
        raise BadRequest([("rule", f"the segment {other} refers to this one, and then {reasons}")]) from None


def _again(kept: Kept, other: str, rules: Mapping[str, Rule]) -> Iterator[Wanted]:
    """What refers to it is built anew as the version it is."""
    if version := kept.version(other):
        yield from _wanted(rules, version.number, prompt=json.loads(version.content).get("prompt", False))


def _wanted(rules: Mapping[str, Rule], number: int, *, prompt: bool) -> Iterator[Wanted]:
    for name, its in rules.items():
        yield Wanted(name, number, ref(its), prompt, sum(1 for _ in rule.nodes(its)))


def _check_room(call: Call, after: Edition, anew: Mapping[str, Rule]) -> None:
    """Raises BadRequest for one that is too many for all writers."""
    if len({each.segment for each in after.slots}) > references.MOST_SEGMENTS:
        raise BadRequest(
            [("", f"is one too many: there are at most {references.MOST_SEGMENTS} segments with their parts")]
        )
    if sum(each.nodes for each in after.slots) > references.MOST_IN_ALL:
        most = f"{references.MOST_IN_ALL:,}"
        raise BadRequest([("rule", f"is too costly: all segments, also those being built, have at most {most} nodes")])
    standing = {each.id: each for each in call.aws.segment_measures.standing().values()}
    needed = references.needs(anew.values())
    if missing := needed.keys() - standing.keys():
        _check_measures([*standing.values(), *(needed[each] for each in missing)])


def _check_measures(wanted: list[Registered]) -> None:
    if len(wanted) > measures.MOST:
        raise BadRequest([("rule", f"takes a measure too many: there are at most {measures.MOST}")])
    if references.measured(wanted) > references.MOST_MEASURED:
        most = references.MOST_MEASURED // 1_000
        raise BadRequest([("rule", f"is too costly: all measures together may come to {most} KB of each customer")])
