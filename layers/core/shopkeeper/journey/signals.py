"""What a run hears, and what it makes of it. Pure.

What has happened is told late, twice and out of order. So a signal is known by its id, counts by when it happened, and
is kept as long as some node may still be moved by it. Who did it, of a hit on a mail, may be told later than the hit.
"""

from collections.abc import Iterable, Iterator, Sequence

from shopkeeper.journey import nodes
from shopkeeper.journey.effects import task_id
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.hearing import Hears, Trigger
from shopkeeper.journey.nodes import Task
from shopkeeper.journey.run import MOST_HEARD, Cause, Heard, Run
from shopkeeper.journey.way import Go, Way

VERDICT_MS = 60 * 60_000
"""So long after a hit it is waited for who did it."""
_JUDGED = "judged"


def hear(way: Way, news: Iterable[Cause]) -> Sequence[Heard]:
    """Takes into the run what it has not heard before; gives what may end it or reach its goal now, oldest first."""
    known = {each.id for each in way.run.heard} | set(way.run.used)
    fresh = {each.id: as_heard(each) for each in news if each.kind in ("signal", "judged") and each.id not in known}
    verdicts = {each.about for each in fresh.values() if each.name == _JUDGED}
    judged_now = [each for each in way.run.heard if each.id in verdicts]
    way.change(heard=_kept(way.graph, way.run, (*way.run.heard, *fresh.values())))
    return sorted((*judged_now, *fresh.values()), key=lambda each: (each.at, each.id))


def as_heard(cause: Cause) -> Heard:
    name = _JUDGED if cause.kind == "judged" else cause.name
    return Heard(cause.id, cause.at, name, cause.props, cause.send, cause.about, cause.verdict)


def _kept(graph: Graph, run: Run, heard: Iterable[Heard]) -> tuple[Heard, ...]:
    kept = (each for each in heard if _matters(graph, run, each))
    return tuple(sorted(kept, key=lambda each: (each.at, each.id))[-MOST_HEARD:])


def _matters(graph: Graph, run: Run, each: Heard) -> bool:
    """Verdicts and outcomes of tasks do whenever they come; who knows what they are about may come later."""
    if each.about:
        return True
    if verdict(run, each) == "waiting" and any(trigger.fits(each.name, each.props) for trigger in graph.listens()):
        return True
    listened = (trigger for node in graph.nodes.values() for trigger in nodes.hears(node))
    return run.is_open and each.at >= run.since and any(trigger.fits(each.name, each.props) for trigger in listened)


def verdict(run: Run, hit: Heard) -> str:
    told = (each.verdict for each in run.heard if each.name == _JUDGED and each.about == hit.id)
    return next(told, hit.verdict)


def counts(trigger: Trigger, heard: Heard, run: Run) -> bool:
    """It is what the trigger means, and was done by who is meant."""
    said = verdict(run, heard)
    return said != "waiting" and (said != "machine" or trigger.machines) and means(trigger, heard, run)


def waits(trigger: Trigger, heard: Heard, run: Run) -> bool:
    """It would count if it turned out to be a person's."""
    return verdict(run, heard) == "waiting" and means(trigger, heard, run)


def means(trigger: Trigger, heard: Heard, run: Run) -> bool:
    return trigger.fits(heard.name, heard.props) and is_about(trigger, heard, run)


def is_about(trigger: Trigger, heard: Heard, run: Run) -> bool:
    """A mail that is meant, where one is."""
    return not trigger.of or heard.send in _sends(trigger.of, run)


def _sends(of: str, run: Run) -> Iterator[str]:
    """The mails of this run that are meant, those of earlier turns of a loop among them."""
    meant = ((node, its.visit) for node, its in run.mails.items() if of in ("*", node))
    return (run.send_id(node, visit) for node, last in meant for visit in range(1, last + 1))


def answer(way: Way, hears: Sequence[Hears], before: int | None) -> Go | None:
    """What ends the wait: the first signal that counts, of those that happened before that instant."""
    for signal in way.run.heard:
        if signal.at < way.run.since or (before is not None and signal.at >= before):
            continue
        for each in hears:
            if any(counts(trigger, signal, way.run) for trigger in each.triggers):
                way.use(signal.id)
                return Go(each.to, each.name)
    return None


def undecided(run: Run, hears: Sequence[Hears], before: int) -> int | None:
    """Until when the verdict on a hit that would be an answer is waited for; None if there is no such hit."""
    triggers = [trigger for each in hears for trigger in each.triggers]
    hits = (each for each in run.heard if run.since <= each.at < before)
    late = (each.at + VERDICT_MS for each in hits if any(waits(trigger, each, run) for trigger in triggers))
    return max(late, default=None)


def outcome(way: Way, task: Task, before: int | None) -> Go | None:
    """What came of the task that this visit has opened, if that leads anywhere."""
    own = task_id(way.run.id, way.run.node, way.run.visit)
    for each in way.run.heard:
        if each.about == own and each.name != _JUDGED and (before is None or each.at < before):
            way.use(each.id)
            if to := task.outcomes.get(str(each.props.get("outcome", ""))):
                return Go(to, str(each.props["outcome"]), is_done=True)
    return None
