"""A rule with all that it names, node by node: each with the function that evaluates it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import cached_property

from shopkeeper.customer.document import Customer
from shopkeeper.segment import evaluate, references
from shopkeeper.segment.evaluate import Program
from shopkeeper.segment.leaves import InSegment
from shopkeeper.segment.references import Look, Name
from shopkeeper.segment.rule import Group, Not, Rule


@dataclass(frozen=True)
class Branch:
    """`whole` is the rule with nothing named in it any more; `segment` is the name that it was given by, if any."""

    path: str
    rule: Rule
    whole: Rule
    zone: tzinfo
    of: tuple["Branch", ...] = ()
    segment: str = ""
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


def grown(rule: Rule, look: Look, zone: tzinfo, at: str = "rule") -> Branch:
    """`zone` is that of the workspace. Raises BadRequest as `references.inlined` does."""
    references.inlined(rule, look, at)
    return _branch(rule, look, zone, at)


def _branch(rule: Rule, look: Look, zone: tzinfo, at: str) -> Branch:
    if isinstance(rule, InSegment):
        name = Name(rule.id, getattr(rule, "version", None) or 0)
        return _named(rule, name, look, zone, at)
    if isinstance(rule, Not):
        child = _branch(rule.rule, look, zone, f"{at}.not.rule")
        return Branch(f"{at}.not", rule, rule.model_copy(update={"rule": child.whole}), zone, (child,))
    if isinstance(rule, Group):
        here = f"{at}.{rule.op}"
        of = tuple(_branch(each, look, zone, f"{here}.of[{n}]") for n, each in enumerate(rule.of))
        return Branch(here, rule, rule.model_copy(update={"of": tuple(each.whole for each in of)}), zone, of)
    return Branch(at, rule, rule, zone)


def _named(rule: InSegment, name: Name, look: Look, zone: tzinfo, at: str) -> Branch:
    found = look(name)
    if found is None:
        raise KeyError(str(name))
    child = _branch(found, look, zone, f"{at}.rule")
    return Branch(at, rule, child.whole, zone, (child,), name.id)
