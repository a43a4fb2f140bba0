"""The segments as they count: all writers of customers evaluate one numbered edition of them.

An edition is a list of slots. A slot is one segment version as it was built, with its whole rule; its number is given
once, and never to another one. So where a customer stands is told by a few numbers, and what those mean never changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Literal, Protocol

import msgspec

from shopkeeper import ids
from shopkeeper.customer.document import Customer
from shopkeeper.customer.glancing import Glance
from shopkeeper.segment import references
from shopkeeper.segment.evaluate import Evaluator, compile_all
from shopkeeper.segment.rule import Rule, to_json

Phase = Literal["building", "ready"]


class Overtaken(Exception):
    """Somebody else has made the next edition."""


class Slot(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`segment` is the id of a segment, or `<id>/<part>`. While it is `building`, writers keep it right and nobody asks
    it. `since` is when it was published. A `prompt` one changes at the very instant; others may in the hours after
    midnight, where it is midnight that changes them. `rule` is the `ref` of its rule, which has so many `nodes`."""

    number: int
    segment: str
    version: int
    rule: str
    phase: Phase
    since: str
    prompt: bool = False
    nodes: int = 0

    @property
    def part(self) -> str:
        """Of the Members table."""
        return f"segment:{self.segment}@{self.number}"


class Edition(msgspec.Struct, frozen=True):
    """Number 0 is that of a shop without segments. Of one segment, one slot is ready at most, and one building."""

    number: int = 0
    next_slot: int = 1
    slots: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True)
class Current:
    """An edition, its rules by its slots, and all of them as one function; `zone` is that of the workspace. `known`
    are its slots by their numbers. `needs` are, by slot, the ids of the measures of the shop's own without which it
    cannot be told, where there are any. `glance` reads of a customer what it takes to say where it stands, and where it
    belongs. `is_prompt`: one of its slots is."""

    edition: Edition
    rules: Mapping[str, Rule]
    evaluator: Evaluator
    zone: tzinfo
    known: Mapping[int, Slot]
    needs: Mapping[int, frozenset[str]]
    glance: Glance
    is_prompt: bool

    def slots(self, customer: Customer, now_ms: int) -> tuple[tuple[int, ...], int | None]:
        """Where the customer stands, in ascending order, and when that may change by itself; None is never."""
        bits, flips_at = self.evaluator.evaluate(customer, now_ms)
        return self.named(bits), flips_at

    def named(self, bits: int) -> tuple[int, ...]:
        """The slots that these bits of the rules stand for, in ascending order."""
        return tuple([number for place, number in enumerate(self.known) if bits >> place & 1])


class Editions(Protocol):
    def at_least(self, number: int) -> Current:
        """At most 60 s old, and never older than this one."""


def ref(rule: Rule) -> str:
    """The same of the same rule."""
    return ids.digest("rule", to_json(rule))


def current(edition: Edition, rules: Mapping[str, Rule], zone: tzinfo) -> Current:
    """`rules` are those of its slots, by their refs."""
    named = {str(each.number): rules[each.rule] for each in edition.slots}
    evaluator = compile_all(named, zone)
    needs = {int(number): needed for number, its in named.items() if (needed := frozenset(references.needs([its])))}
    known = {each.number: each for each in edition.slots}
    is_prompt = any(each.prompt for each in edition.slots)
    return Current(edition, named, evaluator, zone, known, needs, evaluator.reads.glance, is_prompt)
