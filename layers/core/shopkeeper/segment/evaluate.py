"""Rules compiled: which hold for a customer now, and when might that change by itself?

The one evaluator. As long as nothing new is heard of the customer, the truth stays what it is until `flips_at`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from types import MappingProxyType
from typing import NamedTuple

from shopkeeper.customer.document import Customer
from shopkeeper.segment import writing
from shopkeeper.segment.reads import Reads
from shopkeeper.segment.rule import Rule
from shopkeeper.segment.writing import Evaluate

_NONE: Mapping[str, Rule] = MappingProxyType({})


class Verdict(NamedTuple):
    """`flips_at` is in milliseconds since 1970; None is never. It may be early, never late."""

    truth: bool
    flips_at: int | None


@dataclass(frozen=True, slots=True)
class Evaluator:
    """Of a customer, at an instant in milliseconds since 1970, `evaluate` says in one go which of the rules hold, and
    when the first of them might flip, None being never. Bit n is for `ids[n]`."""

    ids: tuple[str, ...]
    evaluate: Evaluate
    reads: Reads


@dataclass(frozen=True, slots=True)
class Program:
    """Of a single rule."""

    _evaluate: Evaluate
    reads: Reads

    def evaluate(self, customer: Customer, now: int) -> Verdict:
        """`now` is in milliseconds since 1970."""
        bits, flips_at = self._evaluate(customer, now)
        return Verdict(bits == 1, flips_at)


def compile_all(rules: Mapping[str, Rule], zone: tzinfo = UTC, segments: Mapping[str, Rule] = _NONE) -> Evaluator:
    """`zone` is the workspace's. Rules refer to each other by their ids, and to `segments`; not in a circle."""
    writer = writing.Writer(zone, {**segments, **rules}, rules.values())
    terms = [writer.term(rule) for rule in rules.values()]
    return Evaluator(tuple(rules), writer.function(terms), writer.reads)


def compile_rule(rule: Rule, zone: tzinfo = UTC, segments: Mapping[str, Rule] = _NONE) -> Program:
    writer = writing.Writer(zone, segments, [rule])
    return Program(writer.function([writer.term(rule)]), writer.reads)
