"""Rules compiled for pages: which hold for each customer, and when might that change by itself?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from types import MappingProxyType
from typing import Any

import numpy as np

from shopkeeper.customer.document import Stored
from shopkeeper.segment.calendar import NEVER
from shopkeeper.segment.columnar import dates, happened, known, summed, verdicts
from shopkeeper.segment.columnar.asked import Ask, Asked
from shopkeeper.segment.columnar.page import Layout, Page
from shopkeeper.segment.columnar.rows import by_row
from shopkeeper.segment.columnar.verdicts import Instants, Truths, Verdicts
from shopkeeper.segment.evaluate import compile_rule
from shopkeeper.segment.leaves import (
    Abandoned,
    Anniversary,
    Bucket,
    Consent,
    Count,
    Date,
    Engaged,
    First,
    InList,
    InSegment,
    Last,
    Outcome,
    Place,
    Regular,
    Rfm,
    Total,
    Trait,
)
from shopkeeper.segment.leaves import (
    Sequence as Followed,
)
from shopkeeper.segment.reads import Reads
from shopkeeper.segment.rule import All, AnyOf, AtLeast, Group, Not, Rule, to_json

_AT_ONCE = 62
_POWERS = 1 << np.arange(_AT_ONCE)
_NONE: Mapping[str, Rule] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Said:
    """Of each customer of a page: bit n of `bits` is for the nth rule; `flips_at`, in milliseconds since 1970, is when
    the first may flip, None being never. Of who is `unusual` neither means anything."""

    bits: Sequence[int]
    flips_at: Sequence[int | None]
    unusual: Sequence[bool]


class PageEvaluator:
    def __init__(self, asks: Sequence[tuple[str, Ask]], layout: Layout) -> None:
        self._asks, self._layout = asks, layout

    def page(self, customers: Sequence[Stored]) -> Page:
        return self._layout.page(customers)

    def evaluate(self, page: Page, now: int | Sequence[int]) -> Said:
        """`now` is in milliseconds since 1970: of all of them, or of each."""
        if not len(page):
            return Said((), (), ())
        asked = Asked(page, np.broadcast_to(np.array(now, np.int64), (len(page),)))
        said = [asked.once(key, ask) for key, ask in self._asks]
        found = np.array(said, np.int64).reshape(len(said), len(page))
        flips_at = np.abs(found).min(axis=0, initial=NEVER)
        return Said(_bits(found > 0), _instants(flips_at), (asked.unusual | page.unusual).tolist())


def _bits(truths: Truths) -> list[int]:
    """Of each customer; so many of them at once as a number of the machine holds."""
    some = (truths[first : first + _AT_ONCE] for first in range(0, max(1, len(truths)), _AT_ONCE))
    words: list[list[int]] = [(_POWERS[: len(each), None] * each).sum(axis=0).tolist() for each in some]
    if len(words) == 1:
        return words[0]
    return [sum(word << _AT_ONCE * place for place, word in enumerate(its)) for its in zip(*words, strict=True)]


def _instants(flips_at: Instants) -> list[int | None]:
    return [None if each == NEVER else each for each in flips_at.tolist()]


class Compiler:
    """`zone` is that of the workspace; `segments` are those that rules refer to."""

    def __init__(self, zone: tzinfo, segments: Mapping[str, Rule]) -> None:
        self.zone = zone
        self._segments = segments

    def rule(self, rule: Rule) -> tuple[str, Ask]:
        """With what it is known by: the same rule is asked once."""
        return to_json(rule), self._asked(rule)

    def by_row(self, leaf: Any) -> Ask:
        return by_row(compile_rule(leaf, self.zone, self._segments))

    def _asked(self, rule: Rule) -> Ask:
        if isinstance(rule, InSegment):
            return self._asked(self._segments[f"{rule.id}@{rule.version}" if rule.version else rule.id])
        if isinstance(rule, Not):
            its = self.rule(rule.rule)
            return lambda asked: verdicts.contrary(asked.once(*its))
        if isinstance(rule, Group):
            return self._group(rule)
        if isinstance(rule, Engaged | Outcome) or (isinstance(rule, Total) and rule.parts):
            return self._asked(All(op="all", of=rule.parts) if rule.is_all else AnyOf(op="any", of=rule.parts))
        return _LEAVES.get(type(rule), Compiler.by_row)(self, rule)

    def _group(self, group: Group) -> Ask:
        its = [self.rule(each) for each in group.of]

        def children(asked: Asked) -> list[Verdicts]:
            return [asked.once(*each) for each in its]

        if isinstance(group, AtLeast) and 1 < group.k < len(its):
            return lambda asked: verdicts.at_least(group.k, children(asked))
        if isinstance(group, All) or (isinstance(group, AtLeast) and group.k > 1):
            return lambda asked: verdicts.all_of(children(asked))
        return lambda asked: verdicts.any_of(children(asked))


def _count(c: Compiler, leaf: Count) -> Ask:
    return summed.count(c, leaf) if leaf.by_days else happened.count(c, leaf)


# All others have no columns.
_LEAVES: Mapping[type, Callable[[Compiler, Any], Ask]] = {
    Abandoned: happened.abandoned,
    Anniversary: dates.anniversary,
    Bucket: known.bucket,
    Consent: known.consent,
    Count: _count,
    Date: dates.date,
    First: happened.first,
    Followed: happened.sequence,
    InList: known.in_list,
    Last: happened.last,
    Place: known.place,
    Regular: summed.regular,
    Rfm: known.rfm,
    Total: summed.total,
    Trait: known.trait,
}


def compile_all(
    rules: Mapping[str, Rule], reads: Reads, zone: tzinfo = UTC, segments: Mapping[str, Rule] = _NONE
) -> PageEvaluator:
    """As `segment.evaluate.compile_all`, whose `reads` of the same rules are passed."""
    compiler = Compiler(zone, {**segments, **rules})
    return PageEvaluator([compiler.rule(each) for each in rules.values()], Layout(reads))
