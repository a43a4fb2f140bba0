"""Rules compiled: which hold for a customer now, and when might that change by itself?

The one evaluator. As long as nothing new is heard of the customer, the truth stays what it is until `flips_at`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from types import MappingProxyType
from typing import NamedTuple

from shopkeeper.customer.document import Customer
from shopkeeper.segment import rule, writing
from shopkeeper.segment.calendar import NEVER
from shopkeeper.segment.reads import Reads
from shopkeeper.segment.rule import Rule
from shopkeeper.segment.writing import Evaluate

MOST_NODES = 1_000
"""Of rules in one function. Python takes ever more time and memory over longer ones."""
_NONE: Mapping[str, Rule] = MappingProxyType({})
Part = tuple[int, Evaluate]
"""How many rules, and which of them hold."""


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
    parts, reads = list[Part](), Reads()
    for some in _in_parts(rules.values()):
        writer = writing.Writer(zone, {**segments, **rules}, some)
        parts.append((len(some), writer.function([writer.term(rule) for rule in some])))
        reads |= writer.reads
    return Evaluator(tuple(rules), parts[0][1] if len(parts) == 1 else _one_after_another(parts), reads)


def _in_parts(rules: Iterable[Rule]) -> Iterator[list[Rule]]:
    """In their order; one at least, which may be empty."""
    some, nodes = list[Rule](), 0
    for each in rules:
        its = sum(1 for _ in rule.nodes(each))
        if some and nodes + its > MOST_NODES:
            yield some
            some, nodes = [], 0
        some, nodes = [*some, each], nodes + its
    yield some


def _one_after_another(parts: Sequence[Part]) -> Evaluate:
    def evaluate(customer: Customer, now: int) -> tuple[int, int | None]:
        bits, place, flips_at = 0, 0, NEVER
        for many, its in parts:
            its_bits, its_flips_at = its(customer, now)
            bits |= its_bits << place
            place += many
            if its_flips_at is not None and its_flips_at < flips_at:
                flips_at = its_flips_at
        return bits, None if flips_at == NEVER else flips_at

    return evaluate


def compile_rule(rule: Rule, zone: tzinfo = UTC, segments: Mapping[str, Rule] = _NONE) -> Program:
    writer = writing.Writer(zone, segments, [rule])
    return Program(writer.function([writer.term(rule)]), writer.reads)
