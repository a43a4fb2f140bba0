"""Rules written as one Python function: what several of them ask is asked once, and nothing is that cannot matter.

What a marketer wrote never becomes source: it is bound to names, and of numbers only whole ones stand in the text.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from datetime import tzinfo
from typing import Any

from shopkeeper.customer.document import Customer
from shopkeeper.customer.measures import Measure
from shopkeeper.segment import asking, calendar
from shopkeeper.segment.calendar import NEVER, PAST
from shopkeeper.segment.leaves import InSegment
from shopkeeper.segment.lines import Lines
from shopkeeper.segment.reads import Reads
from shopkeeper.segment.rule import All, AtLeast, Group, Not, Rule, to_json
from shopkeeper.segment.terms import Term

Evaluate = Callable[[Customer, int], tuple[int, int | None]]
_DEEPEST = 40
"""So far blocks stand in each other; Python takes a hundred."""
_MOST_DAYS = 32
_GIVEN = {
    "NEVER": NEVER,
    "PAST": PAST,
    "YES": (True, NEVER),
    "NO": (False, NEVER),
    "NOTHING": Measure(),
    "left": bisect_left,
    "right": bisect_right,
}


class Writer:
    """`zone` is that of the workspace; `segments` are those that `rules`, which are to be written, refer to."""

    def __init__(self, zone: tzinfo, segments: Mapping[str, Rule], rules: Iterable[Rule]) -> None:
        self.zone, self.reads = zone, Reads()
        self._segments = segments
        self._lines = Lines()
        self._bound: list[Any] = []
        self._by_day: dict[str, Callable[[int], Any]] = {}
        self._names: dict[str, str] = {}
        self._days: dict[int, tuple[Any, ...]] = {}
        self._terms: dict[str, Term] = {}
        self._set: set[str] = set()
        self._late: set[str] = set()
        asked = dict[str, list[Rule]]()
        for rule in rules:
            self._note(rule, asked)
        for found in asked.values():
            if len(found) > 1 and isinstance(found[0], Group):  # Ahead of all else: it stands here once for all.
                self.term(found[0])

    def bind(self, value: Any) -> str:
        self._bound.append(value)
        return f"k{len(self._bound) - 1}"

    def name(self, what: str, source: Callable[[], str]) -> str:
        """Of something that is worked out once, by the first that asks for it; `source` says how."""
        name = self._names.setdefault(what, f"x{len(self._names)}")
        self._once(name, lambda: self._lines.write(f"{name} = {source()}"))
        return name

    def daily(self, what: str, worked_out: Callable[[int], Any]) -> str:
        """Of something that stays the same all day in the zone of the workspace; it is told an instant of that day."""
        name = self._names.setdefault(what, f"x{len(self._names)}")
        self._by_day[name] = worked_out
        return name

    def lasting(self, source: str) -> Term:
        """A term that changes with news of the customer alone."""
        name = self._fresh("t")
        self._lines.write(f"{name} = {source}")
        return Term(name)

    def timed(self, source: str) -> Term:
        """A term that knows when it may flip: both come of the source."""
        name, flips_at = self._fresh("t"), self._fresh("f")
        self._lines.write(f"{name}, {flips_at} = {source}")
        return Term(name, flips_at)

    def term(self, rule: Rule) -> Term:
        if isinstance(rule, Not):
            return self.term(rule.rule).contrary
        key = to_json(rule)
        found = self._terms.get(key)
        if found is None:
            found = self._terms[key] = self._written(rule)
            self._set.add(found.name)
            self._lines.know(found.name)
        self._once(found.name, lambda: self._again(found, rule))
        return found

    def segment(self, leaf: InSegment) -> Term:
        return self.term(self._named(leaf))

    def _named(self, leaf: InSegment) -> Rule:
        return self._segments[f"{leaf.id}@{leaf.version}" if leaf.version else leaf.id]

    def _again(self, found: Term, rule: Rule) -> None:
        fresh = self._written(rule)
        if fresh.name != found.name:
            self._lines.write(f"{found.name} = {fresh.name}")
            if found.flips_at:
                self._lines.write(f"{found.flips_at} = {fresh.flips_at}")

    def _once(self, name: str, write: Callable[[], Any]) -> None:
        """The name has its value from here on. Where an earlier line may have been passed over, it is asked."""
        if self._lines.knows(name):
            return
        if name in self._set:
            self._late.add(name)
            with self._lines.block(f"if {name} is None:"):
                write()
        else:
            write()
            self._set.add(name)
        self._lines.know(name)

    def _note(self, rule: Rule, asked: dict[str, list[Rule]]) -> None:
        """Under its text, those within it before it."""
        text = to_json(rule)
        if text not in asked:
            for child in self._within(rule):
                self._note(child, asked)
        asked.setdefault(text, []).append(rule)

    def _within(self, rule: Rule) -> tuple[Rule, ...]:
        if isinstance(rule, InSegment):
            return (self._named(rule),)
        return (rule.rule,) if isinstance(rule, Not) else rule.of if isinstance(rule, Group) else ()

    def _fresh(self, letter: str) -> str:
        self._names[f"{letter} {len(self._names)}"] = name = f"{letter}{len(self._names)}"
        return name

    def _written(self, rule: Rule) -> Term:
        if not isinstance(rule, Group):
            return asking.WRITERS[type(rule)](self, rule)
        if isinstance(rule, AtLeast) and 1 < rule.k < len(rule.of):
            # The same twice is once in a group of all or any, and counts twice in one of at least so many.
            return self._at_least(rule.k, [self.term(child) for child in rule.of])
        is_all = isinstance(rule, All) or (isinstance(rule, AtLeast) and rule.k > 1)
        children = sorted({to_json(child): child for child in rule.of}.values(), key=asking.effort)
        return self.term(children[0]) if len(children) == 1 else self._group(children, is_all=is_all)

    def _at_least(self, k: int, children: list[Term]) -> Term:
        many, name, flips_at = self._fresh("n"), self._fresh("t"), self._fresh("f")
        self._lines.write(f"{many} = {' + '.join(child.truth for child in children)}")
        self._lines.write(f"{name} = {many} >= {k}")
        if not any(child.flips_at for child in children):
            return Term(name)
        # It changes when enough of the true ones, or of the false ones, may have changed.
        same = (f"{c.flips_at} if {c.truth} == {name} else NEVER" if c.flips_at else "NEVER" for c in children)
        self._lines.write(f"{flips_at} = sorted(({', '.join(same)}))[{many} - {k} if {name} else {k - 1} - {many}]")
        return Term(name, flips_at)

    def _group(self, rules: list[Rule], *, is_all: bool) -> Term:
        """One after the other, as long as what comes can matter: what settles it for good ends the matter."""
        name, flips_at = self._fresh("t"), self._fresh("f")
        settled = self._lines.write("")
        timed, left = list[Term](), list[str]()
        with ExitStack() as inside:
            for rule in rules:
                child = self.term(rule)
                timed += [child] if child.flips_at else []
                goes_on = _goes_on(child, is_all=is_all)
                if self._lines.depth < _DEEPEST:
                    inside.enter_context(self._lines.block(f"if {goes_on}:"))
                else:
                    left.append(f"({goes_on})")
            if left:
                inside.enter_context(self._lines.block(f"if {' and '.join(left)}:"))
            self._unsettled(name, flips_at, timed, is_all=is_all)
        indent = self._lines.written[settled]
        self._lines.written[settled] = f"{indent}{name} = {not is_all}" + (f"; {flips_at} = NEVER" if timed else "")
        return Term(name, flips_at if timed else "")

    def _unsettled(self, name: str, flips_at: str, timed: list[Term], *, is_all: bool) -> None:
        """All hold until the first falls, and otherwise wait for the last that is missing; any the other way round."""
        if not timed:
            self._lines.write(f"{name} = {is_all}")
            return
        self._lines.write(
            f"{name} = {' and '.join(c.truth for c in timed) if is_all else ' or '.join(c.truth for c in timed)}"
        )
        first = _of("min", [child.flips_at for child in timed])
        skip = "if {0} else" if is_all else "if not {0} else"
        last = _of("max", [f"(PAST {skip.format(child.truth)} {child.flips_at})" for child in timed])
        lasts = name if is_all else f"not {name}"
        self._lines.write(f"{flips_at} = {first} if {lasts} else {last}" if len(timed) > 1 else f"{flips_at} = {first}")

    def source(self, terms: list[Term]) -> str:
        instants = dict.fromkeys(term.flips_at for term in terms if term.flips_at)
        ends = [f"if {term.truth}: bits |= {1 << place}" for place, term in enumerate(terms)]
        ends += [f"if {instant} < flips_at: flips_at = {instant}" for instant in instants]
        ends.append("return bits, None if flips_at == NEVER else flips_at")
        starts = ["bits, flips_at = 0, NEVER"]
        if self._late:
            starts.append(f"{' = '.join(sorted(self._late))} = None")
        if self._by_day:
            starts.append("its = held")
            starts.append("if not its[0] <= now < its[1]: held = its = today(now)")
            starts.append(f"_, _, {', '.join(self._by_day)}, = its")
        bound = "".join(f"k{place}, " for place in range(len(self._bound)))
        lines = [*starts, *self._lines.written, *ends]
        body = "\n".join(f"        {line}" for line in lines)
        return (
            f"def bind({', '.join(_GIVEN)}, k, today):\n    [{bound}] = k\n    held = 1, 0\n"
            f"    def evaluate(customer, now):\n        nonlocal held\n{body}\n    return evaluate\n"
        )

    def function(self, terms: list[Term]) -> Evaluate:
        made: dict[str, Any] = {}
        exec(compile(self.source(terms), "<rules>", "exec"), made)  # noqa: S102 - of our own words alone.
        evaluate: Evaluate = made["bind"](*_GIVEN.values(), tuple(self._bound), self._today)
        return evaluate

    def _today(self, now: int) -> tuple[Any, ...]:
        """From when until before when they hold, and the daily names. Who is asked today is mostly asked ahead, too."""
        day = calendar.day(now, self.zone)
        if day not in self._days:
            values = (worked_out(now) for worked_out in self._by_day.values())
            its = calendar.start(day, self.zone), calendar.start(day + 1, self.zone), *values
            self._days = {**dict([*self._days.items()][-_MOST_DAYS:]), day: its}
        return self._days[day]


def _goes_on(child: Term, *, is_all: bool) -> str:
    """What is missing for good settles a group of all, what holds for good one of any."""
    open_ = child.truth if is_all else child.contrary.truth
    return f"{open_} or {child.flips_at} != NEVER" if child.flips_at else open_


def _of(which: str, names: list[str]) -> str:
    return f"{which}({', '.join(names)})" if len(names) > 1 else names[0]
