"""A rule compiled: does it hold for a customer now, and when might that change by itself?

The one evaluator. As long as nothing new is heard of the customer, the truth stays what it is until `flips_at`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shopkeeper.customer.document import Customer
from shopkeeper.segment import windows
from shopkeeper.segment.conditions import Condition, condition
from shopkeeper.segment.leaves import Count, InList, Rolling, Total, Trait
from shopkeeper.segment.rule import All, AnyOf, Not, Rule, nodes
from shopkeeper.segment.windows import NEVER, Flip, Test


class Verdict(NamedTuple):
    """`flips_at` is in milliseconds since 1970; None is never. It may be early, never late."""

    truth: bool
    flips_at: int | None


@dataclass(frozen=True, slots=True)
class Reads:
    """What of a customer the verdict depends on: names of events, the outermost names of traits, ids of lists."""

    events: frozenset[str]
    traits: frozenset[str]
    lists: frozenset[str]


@dataclass(frozen=True, slots=True)
class Program:
    test: Test
    reads: Reads

    def evaluate(self, customer: Customer, now: int) -> Verdict:
        """`now` is in milliseconds since 1970."""
        truth, flips_at = self.test(customer, now)
        return Verdict(truth, None if flips_at == NEVER else flips_at)


def compile_rule(rule: Rule) -> Program:
    found = [node for _, node, _ in nodes(rule)]
    reads = Reads(
        events=frozenset(node.measure.event for node in found if isinstance(node, Count | Total)),
        traits=frozenset(node.path.partition(".")[0] for node in found if isinstance(node, Trait)),
        lists=frozenset(node.id for node in found if isinstance(node, InList)),
    )
    return Program(_compiled(rule), reads)


def _compiled(rule: Rule) -> Test:
    if isinstance(rule, All | AnyOf):
        children = [_compiled(child) for child in rule.of]
        return at_least(len(children) if isinstance(rule, All) else 1, children)
    if isinstance(rule, Not):
        return complement(_compiled(rule.rule))
    if isinstance(rule, Count) and isinstance(rule.window, Rolling):
        return windows.counted_within(rule.measure.event, rule.cmp, rule.n, rule.window.milliseconds)
    return lasting(condition(rule))


def at_least(k: int, children: Sequence[Test]) -> Test:
    """Of `m` children, t true: it changes when enough of the true ones, or of the false ones, may have changed."""

    def test(customer: Customer, now: int) -> Flip:
        verdicts = [child(customer, now) for child in children]
        holding = sum(truth for truth, _ in verdicts)
        truth = holding >= k
        flips = sorted(flips_at for its, flips_at in verdicts if its == truth)
        return truth, flips[holding - k if truth else k - holding - 1]

    return test


def complement(child: Test) -> Test:
    def test(customer: Customer, now: int) -> Flip:
        truth, flips_at = child(customer, now)
        return not truth, flips_at

    return test


def lasting(holds: Condition) -> Test:
    """Changes only with news of the customer."""
    return lambda customer, _now: (holds(customer), NEVER)
