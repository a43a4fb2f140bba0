"""What a run listens for, what it has heard of it, and why that does not count."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from shopkeeper.customer.instants import from_ms, to_ms
from shopkeeper.journey import signals
from shopkeeper.journey.doors import entering
from shopkeeper.journey.doors.entering import Told
from shopkeeper.journey.explaining import words
from shopkeeper.journey.explaining.forms import Against, Happened, Listening
from shopkeeper.journey.explaining.seen import Seen
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.hearing import Hears, Trigger
from shopkeeper.journey.nodes import Task, Wait, WaitFor
from shopkeeper.journey.rows import Row
from shopkeeper.journey.run import Heard
from shopkeeper.segment.explaining import wording
from shopkeeper.segment.explaining.forms import Explanation

MOST_SHOWN = 10


class Ear(NamedTuple):
    """Of one run. What happened at `since` or later counts, and before `until`, 0 for any time; `because` says why from
    then. What was told before the run began is none of its business. What has `moved` it is all that is meant, where
    that is how it came to its end or its goal."""

    seen: Seen
    row: Row
    graph: Graph
    since: int = 0
    until: int = 0
    because: str = ""
    moved: str = ""

    @property
    def hits(self) -> Iterator[Told]:
        began, used = self.row.run.entered_at, self.row.run.used
        told = (each for each in self.seen.told if to_ms(each.news.received_at) >= began or self._counts(each, began))
        return (each for each in told if not self.moved or entering.cause_id(each.news) in used)

    def _counts(self, told: Told, began: int) -> bool:
        """It came before the run, and its answer counts all the same."""
        return 0 < self.since <= to_ms(told.news.at) < began


def waits_for(seen: Seen, row: Row, graph: Graph) -> list[Listening]:
    """At the node it stands on."""
    node, run = graph.nodes.get(row.run.node), row.run
    if not run.is_open or not isinstance(node, Task | Wait | WaitFor):
        return []
    because = "the last mail was planned then" if run.mails else "what happened before that led here"
    ear = Ear(seen, row, graph, run.since, run.until, because)
    return [_listening(ear, each, f"nodes.{run.node}.{each.name}") for each in node.hears]


def exits(seen: Seen, row: Row, graph: Graph) -> list[Listening]:
    """What would end it; of one that has ended that alone which did, if it was any of these."""
    ear, reason = Ear(seen, row, graph, moved="" if row.run.is_open else "ended it"), row.run.reason
    said = (Hears(name=each.reason, to="exit", triggers=each.triggers, rule=each.rule) for each in graph.exits)
    found = (_listening(ear, each, f"exit_when.{place}") for place, each in enumerate(said))
    return [each for each in found if not ear.moved or (each["name"] == reason and each["happened"])]


def goal(seen: Seen, row: Row, graph: Graph) -> Listening | None:
    run, said = row.run, graph.goal
    if said is None:
        return None
    hears = Hears(name="goal", to="exit" if said.exits else "", triggers=said.triggers, rule=said.rule)
    moved = "reached the goal" if run.goal_at else ""
    found = _listening(Ear(seen, row, graph, until=run.goal_until, moved=moved), hears, "goal")
    if run.goal_at:
        return {**found, "says": f"The goal was reached on {seen.moment(run.goal_at)}."}
    if run.status == "over" or seen.now >= run.goal_until:
        return {**found, "says": f"The goal was not reached by {seen.moment(min(run.goal_until, seen.now))}."}
    return {**found, "says": f"The goal counts if it is reached before {seen.moment(run.goal_until)}. {found['says']}"}


def _listening(ear: Ear, hears: Hears, at: str) -> Listening:
    events = {each.event for each in hears.triggers}
    news = [each for each in ear.hits if each.news.name in events][:MOST_SHOWN]
    happened = [_happened(ear, hears.triggers, each) for each in news]
    rule = ear.seen.rule(ear.graph, hears.rule, at)
    asks = [words.trigger(each) for each in hears.triggers]
    said = [each["says"] for each in happened[:3]] or [f"{wording.joined(asks, 'or')} has not happened."] * bool(asks)
    if rule and not ear.moved:
        said.append(_by_rule(rule, hears, ear.row))
    return {
        "name": hears.name,
        "asks": asks,
        "to": hears.to,
        "says": " ".join(said),
        "rule": rule,
        "happened": happened,
    }


def _by_rule(rule: Explanation, hears: Hears, row: Row) -> str:
    if rule["holds"] and hears.name in row.run.held_true:
        return f"Its rule held already when the run came here, and has to become true anew. {rule['summary']}"
    return f"Its rule {rule['summary'][:1].lower()}{rule['summary'][1:]}"


def _happened(ear: Ear, triggers: Sequence[Trigger], told: Told) -> Happened:
    against = list(_against(ear, [each for each in triggers if each.event == told.news.name], told))
    at = ear.seen.moment(to_ms(told.news.at))
    why = "; ".join(each["says"] for each in against)
    says = f"“{told.news.name}” on {at} {f'does not count: {why}' if against else ear.moved or _counts(ear.row, told)}."
    return {
        "name": told.news.name,
        "at": told.news.at,
        "told_at": told.news.received_at,
        "message_id": told.news.message_id,
        "counts": not against,
        "says": says,
        "against": against,
    }


def _counts(row: Row, told: Told) -> str:
    """What has come is looked at by the leg that comes next."""
    is_waiting = entering.cause_id(told.news) in {each.id for each in row.inbox}
    return "counts, and will be looked at within a minute" if is_waiting else "counts"


def _against(ear: Ear, triggers: Sequence[Trigger], told: Told) -> Iterator[Against]:
    cause = entering.signal(told, [ear.graph])
    if cause is None or ear.moved:
        return
    if cause.id in ear.row.run.used:
        yield {"says": "it has moved this run already, and does so once", "evidence": {"cause": cause.id}}
        return
    yield from _too_early_or_late(ear, told)
    hit = signals.as_heard(cause)
    if not any(signals.counts(each, hit, ear.row.run) for each in triggers):
        yield from next((found for each in triggers if (found := list(_unfit(ear, each, hit, told)))), [])


def _too_early_or_late(ear: Ear, told: Told) -> Iterator[Against]:
    at, moment = to_ms(told.news.at), ear.seen.moment
    if at < ear.since:
        says = f"answers count from {moment(ear.since)} on{f', as {ear.because}' * bool(ear.because)}"
        yield {"says": says, "evidence": {"at": told.news.at, "since": from_ms(ear.since)}}
    if ear.until and at >= ear.until:
        says = f"its time was over on {moment(ear.until)}"
        yield {"says": says, "evidence": {"at": told.news.at, "until": from_ms(ear.until)}}


def _unfit(ear: Ear, trigger: Trigger, hit: Heard, told: Told) -> Iterator[Against]:
    yield from words.failing(trigger, told.props)
    for is_unfit, says, evidence in _of_mails(ear, trigger, hit):
        if is_unfit():
            yield {"says": says, "evidence": evidence}


def _of_mails(ear: Ear, trigger: Trigger, hit: Heard) -> Iterator[tuple[Callable[[], bool], str, dict[str, str]]]:
    said, run = signals.verdict(ear.row.run, hit), ear.row.run
    mail = "any mail of this run" if trigger.of == "*" else f"the mail of {trigger.of}"
    yield lambda: not signals.is_about(trigger, hit, run), f"it is not about {mail}", {"send_id": hit.send}
    yield lambda: said == "machine" and not trigger.machines, "a machine did it, and no person", {"verdict": said}
    yield lambda: said == "waiting", "it is not known yet whether a person did it", {"verdict": said}
