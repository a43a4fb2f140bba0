"""What each kind of node does with a run that stands on it. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from shopkeeper.journey import beginning, caps, converting, effects, leaving, nodes, standing
from shopkeeper.journey.legs import mailing
from shopkeeper.journey.nodes import Node
from shopkeeper.journey.run import Mailed, On, Opened
from shopkeeper.journey.untils import OfTrait
from shopkeeper.journey.way import PAUSED_MS, PLANNED, Go, Move, Out, Stay, Way

SPLIT = "Journey Split"
_ACTS = (
    nodes.Message,
    nodes.Effects,
    nodes.Task,
    nodes.Webhook,
    nodes.SetTrait,
    nodes.ChangeList,
    nodes.Tell,
    nodes.Start,
)
_SOONEST_MS = 1_000


def step(way: Way) -> Move:
    node = way.graph.nodes[way.run.node]
    if isinstance(node, _ACTS) and not way.run.is_at_task:  # Open already: it was no pause that kept it.
        if kept := _kept(way):
            return kept
        if _is_late(way, node):
            return Go(_past(node), "late")
    return _STEPS[type(node)](way, node)


def _kept(way: Way) -> Stay | None:
    """By a pause, by what is broken here, or as long as a pause that is over has put it off."""
    if way.facts.going == "paused" or way.run.node in way.facts.broken:
        way.change(paused_at=way.run.paused_at or way.now)
        return Stay(way.now + max(PAUSED_MS, way.now - way.run.paused_at))
    return Stay(way.run.put_off) if way.run.put_off > way.now else None


def _is_late(way: Way, node: Node) -> bool:
    """A pause, or what was broken here, has kept the run for longer than this may be put off."""
    if not way.run.paused_at or way.facts.resume != "skip_due" or not hasattr(node, "late_after"):
        return False
    late_after = way.graph.terms.late_after if node.late_after is None else node.late_after
    return 0 < late_after * 1000 < way.now - way.run.node_at


def _past(node: Node) -> str:
    """Where a run goes that is not to do this."""
    if isinstance(node, nodes.Task):
        return node.otherwise
    return getattr(node, "not_sent", "") or getattr(node, "next", "")


def _message(way: Way, node: nodes.Message) -> Move:
    run = way.run
    send_id = run.send_id(run.node, run.visit)
    verdict = caps.full(way.graph.terms, node, run, way.now) or way.facts.may_mail(node, send_id)
    if verdict.say == "later":
        return _put_off(way, node, verdict.at)
    if verdict.say == "never":
        return Go(_past(node), f"not_sent:{verdict.reason}")
    way.make(effects.Mail, send_id=send_id)
    way.change(mails={**run.mails, run.node: Mailed(run.visit, way.now)}, since=way.now)
    if variant := mailing.drawn_at(run.node, node, run):
        _expose(way, run.node, variant.id, 1)
    return Go(node.next, PLANNED)


def _put_off(way: Way, node: nodes.Message, until: int) -> Move:
    held_at, most = way.run.held_at or way.now, way.graph.terms.max_defer * 1000
    if most and until > held_at + most:
        return Go(_past(node), "not_sent:other:deferred")
    way.change(held_at=held_at)
    return Stay(max(until, way.now + _SOONEST_MS))


def _effects(way: Way, node: nodes.Effects) -> Move:
    for each in node.off:
        leaving.switch_off(way, each.channel, each.name)
    for place, each in enumerate(node.on):
        kind = effects.Audience if each.channel == "audience" else effects.Slot
        way.make(kind, place, name=each.name, content=each.content)
        others = (on for on in way.run.on if (on.channel, on.name) != (each.channel, each.name))
        way.change(on=(*others, On(each.channel, each.name, way.run.node, way.run.visit, place)))
    return Go(node.next, "done")


def _task(way: Way, node: nodes.Task) -> Move:
    """An answer that has come already needs no task. What nobody will ever be asked to do is not waited for; should it
    be handed over one day after all, it is cancelled."""
    move, opened = standing.stand(way, node, Go(node.otherwise, "timeout")), Opened(way.run.node, way.run.visit)
    if isinstance(move, Stay) and not way.run.is_at_task:
        due_at = way.now + node.due * 1000 if node.due else 0
        way.make(effects.Task, queue=node.queue, script=node.script, due_at=due_at)
        way.change(tasks=(*way.run.tasks, opened))
    elif isinstance(move, Stay) and _task_key(way) in way.failed:
        move = Go(node.otherwise, "failed")
    if isinstance(move, Go) and way.run.is_at_task:
        if not move.is_done:
            way.make(effects.Task, is_end=True)
        way.change(tasks=tuple(each for each in way.run.tasks if each != opened))
    return move


def _task_key(way: Way) -> str:
    run = way.run
    return effects.Task(run=run.id, node=run.node, visit=run.visit).key


def _webhook(way: Way, node: nodes.Webhook) -> Move:
    way.make(effects.Webhook, connector=node.connector, event=node.event, props=node.props)
    return Go(node.next, "done")


def _wait(way: Way, node: nodes.Wait) -> Move:
    if isinstance(node.until, OfTrait) and standing.lacks(way, node):
        return Go(node.until.missing or node.next, "missing")
    return standing.stand(way, node, Go(node.next, "over"))


def _wait_for(way: Way, node: nodes.WaitFor) -> Move:
    return standing.stand(way, node, Go(node.otherwise, "timeout"))


def _branch(way: Way, node: nodes.Branch) -> Move:
    to = next((each.to for each in node.cases if way.facts.holds(each.rule).truth), node.otherwise)
    return Go(to, to)


def _split(way: Way, node: nodes.Split) -> Move:
    """An arm that was drawn at the entry and is there no more is drawn anew."""
    leads = {each.name: each.to for each in node.arms}
    drawn = way.run.arms.get(node.salt, "")
    arm = drawn if drawn in leads else beginning.arm(node, way.run.customer)
    way.change(arms={**way.run.arms, node.salt: arm})
    _expose(way, node.salt, arm)
    return Go(leads[arm], arm)


def _expose(way: Way, split: str, arm: str, place: int = 0) -> None:
    """Tells of what a lot has brought the customer."""
    props = {"journey": way.run.journey, "run": way.run.id, "split": split, "arm": arm}
    way.make(effects.Tell, place, name=SPLIT, at=way.now, own=True, props=props)


def _reach(way: Way, node: nodes.Reach) -> Move:
    if not way.run.goal_at:
        converting.converted(way, way.now)
    return Go(node.next, "reached")


def _set_trait(way: Way, node: nodes.SetTrait) -> Move:
    way.make(effects.SetTraits, traits=node.traits)
    return Go(node.next, "done")


def _change_list(way: Way, node: nodes.ChangeList) -> Move:
    way.make(effects.ChangeList, list_id=node.list_id, is_on=node.is_on)
    return Go(node.next, "done")


def _tell(way: Way, node: nodes.Tell) -> Move:
    way.make(effects.Tell, name=node.name, at=way.now, props=node.props)
    return Go(node.next, "done")


def _start(way: Way, node: nodes.Start) -> Move:
    way.make(effects.Start, journey=node.journey, at=way.now, props=node.props)
    return Go(node.next, "done")


def _repeat(way: Way, node: nodes.Repeat) -> Move:
    turns = way.run.loops.get(way.run.node, 0)
    if turns >= node.most:
        return Go(node.next, "enough")
    way.change(loops={**way.run.loops, way.run.node: turns + 1})
    return Go(node.to, "again")


def _exit(_way: Way, node: nodes.Exit) -> Move:
    return Out(node.reason)


_STEPS: Mapping[type, Callable[[Way, Any], Move]] = {
    nodes.Message: _message,
    nodes.Effects: _effects,
    nodes.Task: _task,
    nodes.Webhook: _webhook,
    nodes.Wait: _wait,
    nodes.WaitFor: _wait_for,
    nodes.Branch: _branch,
    nodes.Split: _split,
    nodes.Reach: _reach,
    nodes.SetTrait: _set_trait,
    nodes.ChangeList: _change_list,
    nodes.Tell: _tell,
    nodes.Start: _start,
    nodes.Repeat: _repeat,
    nodes.Exit: _exit,
}
