"""Nodes of a graph, of nodes as they are written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shopkeeper.customer.instants import ms_of
from shopkeeper.journey import nodes, untils
from shopkeeper.journey.definition import nodes as acts
from shopkeeper.journey.definition import spans, waiting, ways
from shopkeeper.journey.definition.hearing import Listening
from shopkeeper.journey.definition.journey import Journey
from shopkeeper.journey.definition.kinds import AnyNode
from shopkeeper.journey.definition.waiting import Hours, Listens, Wait
from shopkeeper.journey.hearing import Hears, Test, Trigger
from shopkeeper.journey.nodes import Node
from shopkeeper.journey.untils import Span, Until
from shopkeeper.mail.offers import Offered
from shopkeeper.mail.variants import Variant
from shopkeeper.segment.leaves.values import Property

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LOCAL = " local"


@dataclass(frozen=True, slots=True)
class Makes:
    """`ref` names a rule, which stands in that field, as the graph does; `pinned` is the version of a template that
    counts now."""

    said: Journey
    ref: Callable[[Any, str], str]
    pinned: Callable[[str], int]

    def node(self, key: str) -> Node:
        said = self.said.nodes[key]
        return _MAKERS[type(said)](self, said, f"nodes.{key}")

    def hears(self, said: Listens, at: str) -> tuple[Hears, ...]:
        return tuple(
            Hears(
                name=name,
                to=said.on[name],
                triggers=triggers(each),
                rule=self.rule(each, f"{at}.{said.field}.{name}"),
                fresh=bool(each.fresh),
            )
            for name, each in said.signals.items()
        )

    def rule(self, said: Listening, at: str) -> str:
        return "" if said.rule is None else self.ref(said.rule, f"{at}.rule")


def triggers(said: Listening) -> tuple[Trigger, ...]:
    return tuple(
        Trigger(event=each.event, where=tests(each.where), of=each.of or "", machines=each.machines)
        for _, each in said.triggers()
    )


def tests(said: Sequence[Property]) -> tuple[Test, ...]:
    return tuple(Test(prop=each.prop, cmp=each.cmp, value=each.value, values=each.values or ()) for each in said)


def span(said: str | None) -> Span:
    return spans.read(said) if said else Span()


def seconds(said: str | None) -> int:
    return spans.seconds(said) if said else 0


def days(said: Hours) -> tuple[int, ...]:
    return tuple(sorted({_WEEKDAYS.index(each) + 1 for each in said.days}))


def _late(said: str | None) -> int | None:
    return None if said is None else spans.seconds(said)


def _message(makes: Makes, said: acts.MessageNode, _: str) -> Node:
    message, whole = said.message, makes.said
    offer = message.offer

    def content(template: str) -> str:
        return f"{template}#{makes.pinned(template)}" if message.content == "pinned" else template

    return nodes.Message(
        next=said.next,
        template=content(message.template) if message.template else "",
        variants=tuple(Variant(id=v.id, template=content(v.template), share=v.share) for v in message.variants or ()),
        offer=Offered(name=offer.id, when_out=offer.when_out) if offer else None,
        topic=message.topic or whole.topic or "",
        brand=message.brand or whole.brand or "",
        mail_class=message.class_ or whole.class_,
        expires_after=seconds(message.expires_after),
        not_sent=said.not_sent or "",
        late_after=_late(said.late_after),
        on_error=said.on_error or "",
    )


def _effects(_: Makes, said: acts.EffectsNode, __: str) -> Node:
    return nodes.Effects(
        next=said.next,
        on=tuple(_switch(each) for each in said.effects.on),
        off=tuple(_switch(each) for each in said.effects.off),
        late_after=_late(said.late_after),
        on_error=said.on_error or "",
    )


def _switch(said: acts.Switch) -> nodes.Switch:
    if said.audience:
        return nodes.Switch(channel="audience", name=said.audience, content=said.content or "")
    return nodes.Switch(channel="slot", name=said.slot or "", content=said.content or "")


def _task(makes: Makes, said: waiting.TaskNode, at: str) -> Node:
    return nodes.Task(
        queue=said.task.queue,
        script=said.task.script or "",
        due=seconds(said.task.due),
        outcomes={name: said.on[name] for name in said.task.outcomes if name in said.on},
        hears=makes.hears(said, at),
        timeout=span(said.timeout),
        otherwise=said.else_,
        late_after=_late(said.late_after),
    )


def _webhook(_: Makes, said: acts.WebhookNode, __: str) -> Node:
    return nodes.Webhook(
        next=said.next,
        connector=said.webhook.connector,
        event=said.webhook.event or "",
        props=said.webhook.properties,
        late_after=_late(said.late_after),
        on_error=said.on_error or "",
    )


def _wait(makes: Makes, said: waiting.WaitNode, at: str) -> Node:
    return nodes.Wait(next=said.next, until=until(said.wait), hears=makes.hears(said, at))


def until(said: Wait) -> Until:
    if said.for_:
        return untils.For(span=span(said.for_), since=said.from_ or "node")
    if said.until:
        return _instant(said.until)
    if said.window:
        return untils.Window(days=days(said.window), from_=said.window.from_, to=said.window.to)
    if said.trait is None:
        raise ValueError("a wait that waits for nothing")
    how, trait = span(said.trait.before or said.trait.after), said.trait
    return untils.OfTrait(
        path=trait.path, span=how, before=bool(trait.before), time=trait.time, missing=trait.missing or ""
    )


def _instant(text: str) -> Until:
    if text.endswith(_LOCAL):
        return untils.Local(time=text.removesuffix(_LOCAL))
    return untils.At(instant=ms_of(datetime.fromisoformat(text)))


def _wait_for(makes: Makes, said: waiting.WaitForNode, at: str) -> Node:
    return nodes.WaitFor(hears=makes.hears(said, at), timeout=span(said.timeout), otherwise=said.else_)


def _branch(makes: Makes, said: ways.BranchNode, at: str) -> Node:
    cases = (
        nodes.Case(rule=makes.ref(case.when, f"{at}.branch.{place}.when"), to=case.to)
        for place, case in enumerate(said.branch)
    )
    return nodes.Branch(cases=tuple(cases), otherwise=said.else_)


def _split(_: Makes, said: ways.SplitNode, __: str) -> Node:
    arms = (nodes.Arm(name=arm.name, share=arm.bp, to=arm.to) for arm in said.split.arms)
    return nodes.Split(salt=said.split.salt, arms=tuple(arms))


def _list(_: Makes, said: acts.ListNode, __: str) -> Node:
    change = said.list
    return nodes.ChangeList(next=said.next, list_id=change.add or change.remove or "", is_on=bool(change.add))


def _event(_: Makes, said: acts.EventNode, __: str) -> Node:
    return nodes.Tell(next=said.next, name=said.event.name, props=said.event.properties)


def _start(_: Makes, said: acts.StartNode, __: str) -> Node:
    return nodes.Start(next=said.next, journey=said.start.journey, props=said.start.properties)


def _repeat(_: Makes, said: ways.RepeatNode, __: str) -> Node:
    return nodes.Repeat(to=said.repeat.to, most=said.repeat.most, next=said.next)


_MAKERS: Mapping[type[AnyNode], Callable[[Makes, Any, str], Node]] = {
    acts.MessageNode: _message,
    acts.EffectsNode: _effects,
    waiting.TaskNode: _task,
    acts.WebhookNode: _webhook,
    waiting.WaitNode: _wait,
    waiting.WaitForNode: _wait_for,
    ways.BranchNode: _branch,
    ways.SplitNode: _split,
    ways.GoalNode: lambda _, said, __: nodes.Reach(next=said.next),
    acts.TraitNode: lambda _, said, __: nodes.SetTrait(next=said.next, traits=said.trait),
    acts.ListNode: _list,
    acts.EventNode: _event,
    acts.StartNode: _start,
    ways.RepeatNode: _repeat,
    ways.ExitNode: lambda _, said, __: nodes.Exit(reason=said.exit.reason),
}
