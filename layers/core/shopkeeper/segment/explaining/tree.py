"""A rule with all that it names, node by node: each with the function that evaluates it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from functools import cached_property

from shopkeeper.customer.document import Customer
from shopkeeper.segment import evaluate, references
from shopkeeper.segment.evaluate import Program
from shopkeeper.segment.leaves import InSegment
from shopkeeper.segment.references import Look
from shopkeeper.segment.rule import Group, Not, Rule, nodes

MOST_TOLD = 300
"""Nodes. Where there are more, with all segments that are named, the insides of these are left out."""


@dataclass(frozen=True)
class Branch:
    """`whole` is the rule with nothing named in it any more; `segment` is the name that it was given by, if any;
    of a rule of a part that goes before, `part` is its id."""

    path: str
    rule: Rule
    whole: Rule
    zone: tzinfo
    of: tuple["Branch", ...] = ()
    segment: str = ""
    part: str = ""
    programs: dict[str, Program] = field(default_factory=dict, repr=False)

    @cached_property
    def program(self) -> Program:
        """The one evaluator, of this rule alone."""
        return evaluate.compile_rule(self.whole, self.zone)

    def holds(self, customer: Customer, at: int) -> bool:
        return self.program.evaluate(customer, at).truth

    def walk(self) -> Iterator["Branch"]:
        yield self
        for each in self.of:
            yield from each.walk()


Places = Mapping[str, tuple[str, str]]
"""See `references.Written.places`."""


def grown(rule: Rule, look: Look, zone: tzinfo, at: str = "rule", places: Places | None = None) -> Branch:
    """`zone` is that of the workspace. Raises BadRequest as `references.inlined` does."""
    whole = references.inlined(rule, look, at)
    is_large = sum(1 for _ in nodes(whole)) > MOST_TOLD
    return _Growing(look, zone, places or {}, is_large=is_large).branch(rule, at)


class _Growing:
    def __init__(self, look: Look, zone: tzinfo, places: Places, *, is_large: bool) -> None:
        self._look, self._zone, self._places, self._is_large = look, zone, places, is_large

    def branch(self, rule: Rule, at: str) -> Branch:
        place, part = self._places.get(at, (at, ""))
        found = self._branch(rule, place)
        return replace(found, part=part) if part else found

    def _branch(self, rule: Rule, at: str) -> Branch:
        if isinstance(rule, InSegment):
            return self._named(rule, at)
        if isinstance(rule, Not):
            child = self.branch(rule.rule, f"{at}.not.rule")
            return Branch(f"{at}.not", rule, rule.model_copy(update={"rule": child.whole}), self._zone, (child,))
        if isinstance(rule, Group):
            here = f"{at}.{rule.op}"
            of = tuple(self.branch(each, f"{here}.of[{n}]") for n, each in enumerate(rule.of))
            whole = rule.model_copy(update={"of": tuple(each.whole for each in of)})
            return Branch(here, rule, whole, self._zone, of)
        return Branch(at, rule, rule, self._zone)

    def _named(self, rule: InSegment, at: str) -> Branch:
        name = references.name_of(rule)
        found = self._look(name)
        if found is None:
            raise KeyError(str(name))
        if self._is_large:
            return Branch(at, rule, references.inlined(found, self._look), self._zone, segment=name.id)
        child = self.branch(found, f"{at}.rule")
        return Branch(at, rule, child.whole, self._zone, (child,), name.id)
