"""Leaving a journey, by whichever road: why, and what has to be ended then. Pure.

What a run has switched on is switched off, the last first, and open tasks are cancelled. Mails that have not gone are
called off where a run ends before its time, or when what would have ended it comes behind its end. A goal goes on being
watched.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from msgspec.structs import replace

from shopkeeper.journey import effects, signals
from shopkeeper.journey.effects import Effect
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.legs import mailing
from shopkeeper.journey.run import Cause, Heard, On, Run
from shopkeeper.journey.way import Way

ERASED = "erased"
"""The reason of runs that are erased themselves, once they have switched off what was on."""
ENTERED, LEFT = "Journey Entered", "Journey Left"
GOAL, HELD_OUT = "goal", "held_out"
_LEFT = 1  # Its place among what a run tells once.
_ENDS: Mapping[str, type[effects.Audience] | type[effects.Slot]] = {"audience": effects.Audience, "slot": effects.Slot}


def reason(way: Way, news: Iterable[Cause], fresh: Iterable[Heard]) -> str | None:
    """Why the run ends now, wherever it stands; None if it goes on."""
    if way.facts.gone or way.facts.going == "stopped":
        return way.facts.gone or "stopped"
    return _by_hand(news) or _failed(way) or _ended(way, fresh) or _ruled_out(way)


def _by_hand(news: Iterable[Cause]) -> str | None:
    asked = (each for each in news if each.kind == "by_hand" and each.name == "exit")
    return next((str(each.props.get("reason", "by_hand")) for each in asked), None)


def _failed(way: Way) -> str | None:
    """Of an effect of this run that will never be carried out, where its node says so."""
    for each in way.failed:
        run, _, node, *_ = (*each.split("/"), "", "", "")
        said = getattr(way.graph.nodes.get(node), "on_error", "") or way.graph.terms.on_error
        if run == way.run.id and said == "exit":
            return "failed"
    return None


def _ended(way: Way, fresh: Iterable[Heard]) -> str | None:
    for signal in fresh:
        for each in way.graph.exits:
            if any(signals.counts(trigger, signal, way.run) for trigger in each.triggers):
                way.use(signal.id)
                return each.reason
    return None


def _ruled_out(way: Way) -> str | None:
    return next((each.reason for each in way.graph.exits if each.rule and way.facts.holds(each.rule).truth), None)


def ends(graph: Graph, run: Run, inbox: Iterable[Cause]) -> bool:
    """Whether what has come ends the run, though no leg has looked at it: what a last look at its mail asks besides.
    Rules, and hits on mails, are left to the leg."""
    news = [each for each in inbox if not each.verdict]
    triggers = [trigger for each in graph.exits for trigger in each.triggers]
    triggers += graph.goal.triggers if graph.goal and graph.goal.exits else ()
    heard = [signals.as_heard(each) for each in news if each.kind == "signal"]
    return bool(_by_hand(news)) or any(signals.counts(trigger, each, run) for trigger in triggers for each in heard)


def close(way: Way, why: str) -> None:
    """Before its end: mails that have not gone are called off as well."""
    finish(way, why, _called_off(way, [node for node, each in way.run.mails.items() if not each.is_settled]))


def recall(way: Way) -> None:
    """The run has come to its end, and what would have ended it comes now: what still may go is called off."""
    way.made.extend(_called_off(way, _still_to_go(way)))


def minds_exits(way: Way) -> bool:
    return way.run.is_open or (way.run.status == "watching" and bool(_still_to_go(way)))


def _still_to_go(way: Way) -> Mapping[str, int]:
    """The nodes whose mails may go yet, for all that the run knows, and until when."""
    usual = timedelta(hours=mailing.USUAL_HOURS) // timedelta(milliseconds=1)
    own = {node: getattr(way.graph.nodes.get(node), "expires_after", 0) * 1000 for node in way.run.mails}
    mails = {node: each for node, each in way.run.mails.items() if not each.is_settled}
    until = {node: each.planned_at + (own[node] or usual) for node, each in mails.items()}
    return {node: at for node, at in until.items() if way.now < at}


def _called_off(way: Way, called_off: Iterable[str]) -> list[Effect]:
    run, mails = way.run, dict(way.run.mails)
    made = list[Effect]()
    for node in called_off:
        visit = mails[node].visit
        made.append(effects.Mail(run=run.id, node=node, visit=visit, send_id=run.send_id(node, visit), is_end=True))
        mails[node] = replace(mails[node], is_called_off=True)
    way.change(mails=mails)
    return made


def finish(way: Way, why: str, ends: Sequence[Effect] = ()) -> None:
    """What was switched on, opened or is among `ends` ends, and is told. The last letter of a journey still goes."""
    run = way.run
    for each in reversed(run.on):
        _off(way, each)
    for task in run.tasks:
        way.made.append(effects.Task(run=run.id, node=task.node, visit=task.visit, is_end=True))
    way.made.extend(ends)
    way.note(why)
    way.tell(LEFT, _LEFT, reason=why, node=run.node)
    way.leave_node()
    way.change(status="over", left_at=way.now, reason=why, on=(), tasks=())
    watch(way)


def watch(way: Way) -> None:
    """Of a run that has ended: until its goal can no longer be reached, and while what ends it may call off a mail."""
    goes_on = not way.facts.gone and bool(watched_until(way))
    way.change(status="watching" if goes_on else "over")
    if way.facts.gone == ERASED:
        way.change(reason=ERASED)
    if not goes_on and (way.facts.gone or way.run.goal_at or not way.graph.goal):
        way.change(heard=())  # Else a hit may still turn out to be a person's.


def watched_until(way: Way) -> int:
    """0 where there is nothing to be watched."""
    awaits_goal = way.graph.goal and not way.run.goal_at and way.now < way.run.goal_until
    ends = list(_still_to_go(way).values()) if way.graph.exits else []
    return max([*ends, way.run.goal_until if awaits_goal else 0])


def switch_off(way: Way, channel: str, name: str) -> None:
    """What this run has switched on; what others have is none of its business."""
    for each in way.run.on:
        if (each.channel, each.name) == (channel, name):
            _off(way, each)
    way.change(on=tuple(each for each in way.run.on if (each.channel, each.name) != (channel, name)))


def _off(way: Way, on: On) -> None:
    kind = _ENDS[on.channel]
    ended: effects.Audience | effects.Slot = kind(
        run=way.run.id, node=on.node, visit=on.visit, place=on.place, name=on.name, is_end=True
    )
    way.made.append(ended)
