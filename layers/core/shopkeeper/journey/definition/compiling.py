"""Of a journey that is as it should be, the graph that runs follow."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shopkeeper.customer import recurring
from shopkeeper.journey import graph, nodes
from shopkeeper.journey.definition import leading, terms
from shopkeeper.journey.definition.journey import Journey
from shopkeeper.journey.definition.making import Makes, days, seconds, span, tests, triggers
from shopkeeper.journey.definition.waiting import Hours
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.hearing import Trigger
from shopkeeper.segment import edition, rule
from shopkeeper.segment.references import Look, inlined


@dataclass(slots=True)
class _Rules:
    """Each with all the segments that it names in their places."""

    look: Look
    held: dict[str, str] = field(default_factory=dict)

    def ref(self, said: Any, at: str) -> str:
        """Raises BadRequest."""
        whole = inlined(rule.read(said, at), self.look, at)
        name = edition.ref(whole)
        self.held[name] = rule.to_json(whole)
        return name


def compiled(said: Journey, journey: str, version: int, look: Look, pinned: Callable[[str], int]) -> Graph:
    """`look` finds segments by their names, `pinned` the version of a template that counts. Raises BadRequest."""
    rules = _Rules(look)
    makes = Makes(said, rules.ref, pinned)
    made = {key: makes.node(key) for key in said.nodes}
    if any(to == leading.EXIT for node in said.nodes.values() for _, to in leading.ways(node)):
        made[leading.EXIT] = nodes.Exit()
    return Graph(
        journey=journey,
        version=version,
        entry=_entry(said, rules),
        first=said.first,
        nodes=made,
        exits=tuple(_ends(makes, each, f"exit_when.{place}") for place, each in enumerate(said.exit_when)),
        goal=_goal(makes, said.goal) if said.goal else None,
        hold_out=graph.HoldOut(salt=said.holdout.salt, share=said.holdout.bp) if said.holdout else None,
        terms=_terms(said),
        rules=rules.held,
    )


def _entry(said: Journey, rules: _Rules) -> graph.Entry:
    again = said.reentry
    return graph.Entry(
        sources=tuple(_SOURCES[type(each)](each) for each in said.entry),
        key=said.key or "",
        audience="" if said.audience is None else rules.ref(said.audience, "audience"),
        reentry=graph.Reentry(policy=again.policy, span=span(again.span), most=again.most or 0),
    )


def _date(said: terms.OnDate) -> graph.Source:
    how = span(said.before or said.after)
    return graph.OnDate(path=said.trait, span=how, before=bool(said.before), time=said.time, yearly=said.yearly)


_SOURCES: Mapping[type[terms.Source], Callable[[Any], graph.Source]] = {
    terms.OnEvent: lambda said: graph.OnEvent(trigger=Trigger(event=said.event, where=tests(said.where))),
    terms.OnSegment: lambda said: graph.OnSegment(segment=said.segment, entered=said.on == "segment.entered"),
    terms.OnList: lambda said: graph.OnList(list_id=said.list, added=said.on == "list.added"),
    terms.OnDate: _date,
    terms.OnRecurrence: lambda said: (
        graph.OnRecurrence(path=said.trait) if said.trait else graph.OnRecurrence(recurring=recurring.of(said))
    ),
    terms.OnBusinessEvent: lambda said: graph.OnBusinessEvent(name=said.business_event),
    terms.OnCall: lambda _: graph.OnCall(),
}


def _ends(makes: Makes, said: terms.Ends, at: str) -> graph.Ends:
    return graph.Ends(reason=said.reason, triggers=triggers(said), rule=makes.rule(said, at))


def _goal(makes: Makes, said: terms.Goal) -> graph.Goal:
    return graph.Goal(
        within=span(said.within),
        triggers=triggers(said),
        rule=makes.rule(said, "goal"),
        exits=said.exits,
        attribution=said.attribution,
    )


def _terms(said: Journey) -> graph.Terms:
    quiet, caps = said.quiet, said.caps
    return graph.Terms(
        priority=said.priority,
        quiet=_hours(quiet.hours if quiet else ()),
        open=_hours(said.open),
        closed=tuple(sorted(set(said.closed))),
        when_quiet=quiet.when_quiet if quiet else "defer",
        max_defer=seconds(quiet.max_defer) if quiet else 0,
        caps=tuple(graph.Cap(most=each.max, per=seconds(each.per)) for each in (caps.of if caps else ())),
        when_capped=caps.when_capped if caps else "skip",
        on_error=said.on_error,
        late_after=seconds(said.late_after),
    )


def _hours(said: Iterable[Hours]) -> tuple[graph.Hours, ...]:
    return tuple(graph.Hours(from_=each.from_, to=each.to, days=days(each)) for each in said)
