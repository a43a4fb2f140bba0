"""Segments inside segments: a rule with each `in_segment` replaced by the rule it names, and who names whom.

A segment is named by its id, one of its parts by `<id>/<part>`. What is published is kept whole, so whoever evaluates
it looks nothing up; a new version of a segment therefore makes those that name it anew, but for who names an older
version of it by its number.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from shopkeeper.customer.measures.measure import TAIL, TILES
from shopkeeper.customer.measures.registered import Registered
from shopkeeper.customer.requests import BadRequest
from shopkeeper.segment import rule as rules
from shopkeeper.segment.leaves import InSegment
from shopkeeper.segment.leaves.counted import needed
from shopkeeper.segment.rule import All, AnyOf, Group, Not, Rule

MOST_NODES = 2_000
DEEPEST = 64
LARGEST = 262_144  # bytes of a rule with all that it names
MOST_SEGMENTS = 500
MOST_IN_ALL = 10_000  # nodes of all that is built or counts; every function that writes customers compiles them
MOST_MEASURED = 200_000  # bytes that measures of the shop's own may take in a document, at their largest


class Name(NamedTuple):
    """Of a segment or a part. Version 0 is the one that counts."""

    id: str
    version: int = 0

    @property
    def segment(self) -> str:
        return self.id.partition("/")[0]

    @property
    def part(self) -> str:
        """Its id within the segment, "" for the whole of it."""
        return self.id.partition("/")[2]

    def __str__(self) -> str:
        return f"{self.id} (version {self.version})" if self.version else self.id


Look = Callable[[Name], Rule | None]
"""The rule of that name as it was written, or already with all that it names; None where there is none."""


def no_segments(_: Name) -> Rule | None:
    """There are none."""
    return None


@dataclass(frozen=True, slots=True)
class Part:
    """Of the customers of a segment, those for whom `rule` holds and no rule of a part before it; the last part may go
    without a rule, and then has the rest."""

    id: str
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A version of a segment as somebody wrote it."""

    rule: Rule
    parts: tuple[Part, ...] = ()

    def of(self, part: str) -> Rule | None:
        """Who is in this part, "" being the whole segment."""
        if not part:
            return self.rule
        before: list[Rule] = []
        for each in self.parts:
            if each.id == part:
                its = (each.rule,) if each.rule else ()
                return All(op="all", of=(self.rule, *its, *_none_of(before)))
            before += [each.rule] if each.rule else []
        return None

    def places(self, part: str, at: str) -> dict[str, tuple[str, str]]:
        """Where what `of` puts together was written, by where it stands in there, with the part that goes before."""
        number = next(n for n, each in enumerate(self.parts) if each.id == part)
        before = [(n, each.id) for n, each in enumerate(self.parts[:number]) if each.rule]
        own = {f"{at}.all.of[1]": (f"parts.{number}.rule", "")} if self.parts[number].rule else {}
        none = f"{at}.all.of[{1 + len(own)}].not.rule"
        here = [none] if len(before) == 1 else [f"{none}.any.of[{n}]" for n in range(len(before))]
        earlier = {place: (f"parts.{n}.rule", id_) for place, (n, id_) in zip(here, before, strict=True)}
        return {f"{at}.all.of[0]": ("rule", "")} | own | earlier

    def rules(self, segment_id: str) -> dict[str, Rule]:
        """Of the segment and of all its parts, by their names."""
        parts = {f"{segment_id}/{each.id}": self.of(each.id) for each in self.parts}
        return {segment_id: self.rule} | {name: rule for name, rule in parts.items() if rule}


def _none_of(others: list[Rule]) -> tuple[Rule, ...]:
    if not others:
        return ()
    return (Not(op="not", rule=others[0] if len(others) == 1 else AnyOf(op="any", of=tuple(others))),)


def names(rule: Rule) -> Iterator[Name]:
    """What a rule names."""
    return (name_of(node) for _, node, _ in rules.nodes(rule) if isinstance(node, InSegment))


def name_of(node: InSegment) -> Name:
    return Name(node.id, node.version or 0)


def inlined(rule: Rule, look: Look, at: str = "rule", name: str = "") -> Rule:
    """With the rules of all that it names in their place. `at` is the field it stands in, `name` that of the rule
    itself, where it has one.

    Raises BadRequest with the way to each node that names what there is not, or itself in a circle, and to the first
    with which the rule is too deep or too costly.
    """
    work = _Inlining(look)
    whole = work.rule(rule, at, 1, (Name(name),))
    if work.findings:
        raise BadRequest(work.findings)
    if len(rules.to_json(whole)) > LARGEST:
        raise BadRequest([(at, f"is larger than {LARGEST} bytes with all the segments it names")])
    return whole


class _Inlining:
    def __init__(self, look: Look) -> None:
        self.findings: list[tuple[str, str]] = []
        self._look, self._nodes = look, 0

    def rule(self, rule: Rule, at: str, depth: int, way: tuple[Name, ...]) -> Rule:
        """`at` is where the reader of a refusal finds it: inside another segment, at the node that names that one."""
        if isinstance(rule, InSegment):
            return self._named(rule, at, depth, way)
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise BadRequest(
                [(at, f"is too costly: with all the segments it names a rule has at most {MOST_NODES} nodes")]
            )
        if depth > DEEPEST:
            raise _too_deep(at)
        inner = len(way) > 1
        here = at if inner else f"{at}.{rule.op}"
        if isinstance(rule, Not):
            return rule.model_copy(
                update={"rule": self.rule(rule.rule, at if inner else f"{here}.rule", depth + 1, way)}
            )
        if isinstance(rule, Group):
            children = enumerate(rule.of)
            of = (self.rule(each, at if inner else f"{here}.of[{n}]", depth + 1, way) for n, each in children)
            return rule.model_copy(update={"of": tuple(of)})
        return rule

    def _named(self, node: InSegment, at: str, depth: int, way: tuple[Name, ...]) -> Rule:
        name = name_of(node)
        if name in way:
            circle = " -> ".join(str(each) for each in (*way[way.index(name) :], name))
            return self._refused(node, at, f"goes round in a circle: {circle}")
        if len(way) > DEEPEST:
            raise _too_deep(at)
        found = self._look(name)
        if found is None:
            said_in = f", which {way[-1]} names" if len(way) > 1 else ""
            return self._refused(node, at, f"there is no segment {name}{said_in}")
        return self.rule(found, at, depth, (*way, name))

    def _refused(self, node: InSegment, at: str, reason: str) -> Rule:
        self.findings.append((f"{at}.id", reason))
        return node


def _too_deep(at: str) -> BadRequest:
    return BadRequest([(at, f"is too deep: with all the segments it names a rule has at most {DEEPEST} levels")])


def needs(said: Iterable[Rule]) -> dict[str, Registered]:
    """The measures of the shop's own that the rules cannot be told without, by their ids."""
    found = (each for rule in said for _, node, _ in rules.nodes(rule) for each in needed(node))
    return {each.id: each for each in found}


def measured(measures: Iterable[Registered]) -> int:
    """Bytes that these measures may come to in a document: 12 of each, 6 for an instant, 10 for a day."""
    return sum(12 + 6 * TAIL + (10 * TILES if each.tiles else 0) for each in measures)


class Naming:
    """Who names whom. `written` are all segments by their ids, as they count; `look` finds versions of before."""

    def __init__(self, written: Mapping[str, Written], look: Look) -> None:
        self._written, self._look = written, look

    def dependants(self, segment_id: str) -> list[str]:
        """Who is made anew with a new version of this segment: whoever names it, also through others, and not by the
        number of a version. Sorted, without itself."""
        return [each for each in self._others(segment_id) if Name(segment_id) in self._reached(each)]

    def naming(self, segment_id: str) -> list[str]:
        """Who cannot do without this segment, in whichever version. Sorted, without itself."""
        return [each for each in self._others(segment_id) if self.names(self._written[each], segment_id)]

    def names(self, written: Written, segment_id: str) -> bool:
        return any(each.id == segment_id for each in self._from(_all_of(written)))

    def _others(self, segment_id: str) -> list[str]:
        return sorted(self._written.keys() - {segment_id})

    def _reached(self, segment_id: str) -> set[Name]:
        return self._from(_all_of(self._written[segment_id]))

    def _from(self, first: Iterable[Name]) -> set[Name]:
        """Segments, with the numbers of versions where they are named so; a part counts as its segment."""
        seen, left = set[Name](), list(first)
        while left:
            name = left.pop()
            if name not in seen:
                seen.add(name)
                left += self._named_by(name)
        return {Name(each.segment, each.version) for each in seen}

    def _named_by(self, name: Name) -> list[Name]:
        """A new version of a segment comes with all of its parts, so whoever names one part waits for what all name."""
        if not name.version:
            return _all_of(self._written[name.segment]) if name.segment in self._written else []
        found = self._look(name)
        return list(names(found)) if found else []


def _all_of(written: Written) -> list[Name]:
    said = (written.rule, *(each.rule for each in written.parts if each.rule))
    return [name for each in said for name in names(each)]
