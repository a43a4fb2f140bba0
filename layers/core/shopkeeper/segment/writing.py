"""Rules written as one Python function, in which what several of them ask is asked once.

What a marketer wrote never becomes source: it is bound to names, and of numbers only whole ones stand in the text.
"""

from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Any, NamedTuple

from shopkeeper.customer.document import Customer
from shopkeeper.segment import asking, flips
from shopkeeper.segment.calendar import NEVER, PAST
from shopkeeper.segment.reads import Reads
from shopkeeper.segment.rule import All, AnyOf, AtLeast, Group, Not, Rule, to_json

Evaluate = Callable[[Customer, int], tuple[int, int | None]]


class Term(NamedTuple):
    """Names in the function: of the truth, and of the instant it may flip at; empty where only news change it."""

    truth: str
    flips_at: str = ""


class Writer:
    """`zone` is that of the workspace; `segments` are those that rules refer to."""

    def __init__(self, zone: tzinfo, segments: Mapping[str, Rule]) -> None:
        self.zone, self.reads = zone, Reads()
        self._segments = segments
        self._lines: list[str] = []
        self._bound: list[Any] = []
        self._names: dict[str, str] = {}
        self._terms: dict[str, Term] = {}

    def bind(self, value: Any) -> str:
        self._bound.append(value)
        return f"k{len(self._bound) - 1}"

    def name(self, what: str, source: Callable[[], str]) -> str:
        """Of something that is worked out once, at the first that asks for it; `source` says how."""
        if what not in self._names:
            written = source()
            self._names[what] = name = f"x{len(self._names)}"
            self._lines.append(f"{name} = {written}")
        return self._names[what]

    def lasting(self, source: str) -> Term:
        """A term that changes with news of the customer alone."""
        truth = f"t{len(self._lines)}"
        self._lines.append(f"{truth} = {source}")
        return Term(truth)

    def timed(self, source: str) -> Term:
        """A term that knows when it may flip: both come of the source."""
        truth, flips_at = (f"{letter}{len(self._lines)}" for letter in "tf")
        self._lines.append(f"{truth}, {flips_at} = {source}")
        return Term(truth, flips_at)

    def term(self, rule: Rule) -> Term:
        key = to_json(rule)
        found = self._terms.get(key)
        if found is None:
            found = self._terms[key] = self._written(rule)
        return found

    def segment(self, segment_id: str) -> Term:
        return self.term(self._segments[segment_id])

    def _written(self, rule: Rule) -> Term:
        if isinstance(rule, Not):
            child = self.term(rule.rule)
            return Term(self.lasting(f"not {child.truth}").truth, child.flips_at)
        if isinstance(rule, Group):
            # The same twice is once in a group of all or any, and counts twice in one of at least so many.
            children = [self.term(child) for child in rule.of]
            return self._group(rule, children)
        return asking.WRITERS[type(rule)](self, rule)

    def _group(self, rule: All | AnyOf | AtLeast, children: list[Term]) -> Term:
        if isinstance(rule, AtLeast) and 1 < rule.k < len(children):
            return self._at_least(rule.k, children)
        is_all = isinstance(rule, All) or (isinstance(rule, AtLeast) and rule.k > 1)
        children = list(dict.fromkeys(children))
        if len(children) == 1:
            return children[0]
        truth = self.lasting(f" {'and' if is_all else 'or'} ".join(child.truth for child in children)).truth
        if not any(child.flips_at for child in children):
            return Term(truth)
        return Term(truth, self._flips_at(truth, children, is_all=is_all))

    def _at_least(self, k: int, children: list[Term]) -> Term:
        if not any(child.flips_at for child in children):
            return self.lasting(f"{' + '.join(child.truth for child in children)} >= {k}")
        pairs = ", ".join(f"({child.truth}, {child.flips_at or 'NEVER'})" for child in children)
        return self.timed(f"{self.bind(flips.at_least)}({k}, ({pairs},))")

    def _flips_at(self, truth: str, children: list[Term], *, is_all: bool) -> str:
        """All hold until the first falls, and otherwise wait for the last that is missing; any the other way round."""
        timed = [child for child in children if child.flips_at]
        steady = [child.truth for child in children if not child.flips_at]
        first = _of("min", [child.flips_at for child in timed])
        skip = "if {0} else" if is_all else "if not {0} else"
        last = _of("max", [f"(PAST {skip.format(child.truth)} {child.flips_at})" for child in timed])
        stuck = f"not ({' and '.join(steady)})" if is_all else " or ".join(steady)
        otherwise = f"NEVER if {stuck} else {last}" if steady else last
        name = f"f{len(self._lines)}"
        self._lines.append(f"{name} = {first} if {truth if is_all else f'not {truth}'} else {otherwise}")
        return name

    def source(self, terms: list[Term]) -> str:
        bits = " | ".join(f"{term.truth} << {place}" for place, term in enumerate(terms)) or "0"
        flips_at = list(dict.fromkeys(term.flips_at for term in terms if term.flips_at))
        ends = [f"flips_at = {_of('min', flips_at) if flips_at else 'NEVER'}"]
        ends.append(f"return {bits}, None if flips_at == NEVER else flips_at")
        bound = "".join(f"k{place}, " for place in range(len(self._bound)))
        body = "\n".join(f"        {line}" for line in [*self._lines, *ends])
        return (
            f"def bind(NEVER, PAST, k):\n    [{bound}] = k\n"
            f"    def evaluate(customer, now):\n{body}\n    return evaluate\n"
        )

    def function(self, terms: list[Term]) -> Evaluate:
        made: dict[str, Any] = {}
        exec(compile(self.source(terms), "<rules>", "exec"), made)  # noqa: S102 - of our own words alone.
        evaluate: Evaluate = made["bind"](NEVER, PAST, tuple(self._bound))
        return evaluate


def _of(which: str, names: list[str]) -> str:
    return f"{which}({', '.join(names)})" if len(names) > 1 else names[0]
