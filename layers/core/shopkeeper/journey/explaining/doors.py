"""What speaks against something having brought a customer in: in the order in which the door of journeys asks."""

from collections.abc import Iterator
from typing import NamedTuple

from shopkeeper.customer.instants import from_ms, to_ms
from shopkeeper.journey import waits
from shopkeeper.journey.doors import entering
from shopkeeper.journey.doors.entering import OLDEST_MS, Told
from shopkeeper.journey.explaining.forms import Against, AgainView
from shopkeeper.journey.explaining.seen import Seen
from shopkeeper.journey.graph import EVERYBODY, Graph
from shopkeeper.journey.rows import Row
from shopkeeper.journey.run import Run
from shopkeeper.segment.explaining import wording
from shopkeeper.segment.facts import share


class Knock(NamedTuple):
    """What may have brought somebody in: it happened `at`, and `cause` is what a run would know it by. `key` is None
    where it does not say what keys the runs."""

    name: str
    id: str
    at: int
    told_at: int
    cause: str
    key: str | None
    is_history: bool = False

    @classmethod
    def of(cls, told: Told, graph: Graph) -> "Knock":
        news = told.news
        key, is_history = entering.keyed(graph, told), news.source == "import"
        instants = to_ms(news.at), to_ms(news.received_at)
        return cls(news.name, news.message_id, *instants, entering.cause_id(news), key, is_history)


class Entry(NamedTuple):
    """One time that somebody was in. `left_at` is 0 as long as they are."""

    n: int
    entered_at: int
    left_at: int


_CHANGES = {"live": "last published or went on", "paused": "paused", "stopped": "stopped"}


def going(seen: Seen) -> str:
    """How the journey stands, where it lets nobody in; empty for one that does."""
    state = seen.state
    if state is None:
        return "the journey is a draft: it was never published, and lets nobody in"
    if state.going == "paused":
        since = f" since {seen.moment(to_ms(state.paused_at))}" if state.paused_at else ""
        return f"the journey is paused{since}, and lets nobody in meanwhile"
    stopped = f"the journey was stopped on {seen.moment(to_ms(state.changed_at))}, and lets nobody in"
    return stopped if state.going == "stopped" else ""


def brought_in(seen: Seen, knock: Knock) -> bool:
    """A run has begun by it: it is known to one that began no earlier than it was told."""
    known = (row.run for row in seen.rows if knock.cause in row.run.used)
    return any(each.entered_at >= knock.told_at for run in known for each in entries(run))


def entries(run: Run) -> list[Entry]:
    """The oldest of those that are known first."""
    past = [Entry(each.n, each.entered_at, each.left_at) for each in run.past]
    return [*past, Entry(run.n, run.entered_at, run.left_at)]


def against(seen: Seen, knock: Knock) -> Iterator[Against]:
    """The journey itself apart: whether it was what is asked for is not asked here."""
    yield from _history(knock)
    if knock.key is None:
        property_ = seen.graph.entry.key
        says = f"{property_} is not said, and the journey has a run for each value of it"
        yield {"says": says, "evidence": {"key": property_}}
    yield from _closed(seen, knock)
    yield from _not_meant(seen, knock)
    yield from _inside(seen, knock)


def _history(knock: Knock) -> Iterator[Against]:
    if knock.is_history:
        yield {"says": "it came from a file: history brings nobody in", "evidence": {"source": "import"}}
    late = knock.told_at - knock.at
    if late > OLDEST_MS:
        says = (
            f"it was told {wording.roughly(late)} after it happened, and what is older than 72 hours brings nobody in"
        )
        yield {"says": says, "evidence": {"at": from_ms(knock.at), "told_at": from_ms(knock.told_at)}}


def _closed(seen: Seen, knock: Knock) -> Iterator[Against]:
    state = seen.state
    if state and state.changed_at > from_ms(knock.told_at):
        says = (
            f"it came before the journey was {_CHANGES[state.going]}, on {seen.moment(to_ms(state.changed_at))}:"
            " it may have let nobody in then"
        )
        yield {"says": says, "evidence": {"changed_at": state.changed_at, "told_at": from_ms(knock.told_at)}}
    elif says := going(seen):
        yield {"says": says, "evidence": {"going": state.going if state else "draft"}}


def _not_meant(seen: Seen, knock: Knock) -> Iterator[Against]:
    """By what is known today: a document keeps no past."""
    ref, at = seen.graph.entry.audience, knock.told_at
    if not ref:
        return
    its = seen.explainer(seen.graph, ref, "audience")
    if not its.verdict(seen.customer, at).truth:
        line = its.line(seen.customer, at).rstrip(".")
        says = f"they were not of the audience then, by what is known today: {line[:1].lower()}{line[1:]}"
        yield {"says": says, "evidence": {"at": from_ms(at)}}


def _inside(seen: Seen, knock: Knock) -> Iterator[Against]:
    at = knock.told_at
    for row in (each for each in seen.rows if each.run.key == (knock.key or "")):
        last = next((each for each in reversed(entries(row.run)) if each.entered_at <= at), None)
        if knock.cause in row.run.used:
            says = "it has moved a run already, and never does so again"
            yield {"says": says, "evidence": {"run": row.run.id}}
        elif last and (not last.left_at or last.left_at > at):
            says = f"they were inside already, since {seen.moment(last.entered_at)}"
            yield {"says": says, "evidence": {"entry": last.n, "entered_at": from_ms(last.entered_at)}}
        elif last:
            yield from _no_more(seen, last, at)


def _no_more(seen: Seen, last: Entry, at: int) -> Iterator[Against]:
    again = seen.graph.entry.reentry
    evidence = {"entry": last.n, "entered_at": from_ms(last.entered_at), "policy": again.policy}
    if again.policy == "once":
        says = f"they were in before, on {seen.moment(last.entered_at)}, and nobody comes in twice"
        yield {"says": says, "evidence": evidence}
    elif again.most and last.n >= again.most:
        says = f"they were in {wording.times(last.n)}, which is as often as anybody may"
        yield {"says": says, "evidence": {**evidence, "most": again.most}}
    elif again.policy == "after" and (may := waits.after(last.entered_at, again.span, seen.zone)) > at:
        says = f"they were in before, on {seen.moment(last.entered_at)}, and may come again from {seen.moment(may)} on"
        yield {"says": says, "evidence": {**evidence, "from": from_ms(may)}}


def again(seen: Seen, row: Row) -> AgainView:
    """As things stand now."""
    run, key = row.run, row.run.key
    if run.status not in ("over", "watching"):
        says = f"they are inside since {seen.moment(run.entered_at)}, and nobody is inside twice"
        return {"key": key, "says": wording.capital(says) + ".", "may": False, "at": None}
    found = next(_no_more(seen, entries(run)[-1], seen.now), None)
    if found is None:
        return {"key": key, "says": "They may come in again.", "may": True, "at": None}
    return {"key": key, "says": wording.capital(found["says"]) + ".", "may": False, "at": found["evidence"].get("from")}


def is_left_out(seen: Seen) -> bool:
    """The lot leaves them out, or would."""
    held = seen.graph.hold_out
    return bool(held and share(held.salt, seen.customer.customer_id) < held.share)


def left_out(seen: Seen) -> str:
    held = seen.graph.hold_out
    part = f"{held.share * 100 / EVERYBODY:g} %" if held else ""
    return f"by lot they are among the {part} who are watched and never contacted"
