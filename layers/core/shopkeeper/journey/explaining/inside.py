"""One run: where it stands and why it does not move, or how it came to its end."""

from collections.abc import Iterator

from shopkeeper.customer.instants import from_ms, to_ms
from shopkeeper.journey.explaining import hearing, letters
from shopkeeper.journey.explaining.forms import Against, Listening, RunWhy
from shopkeeper.journey.explaining.seen import Seen, sentences
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.nodes import Task, Wait, WaitFor
from shopkeeper.journey.rows import Row
from shopkeeper.journey.stands import stands
from shopkeeper.segment.explaining import wording

ENDS = {
    "end": "it came to the end of its way",
    "goal": "the goal was reached",
    "stopped": "the journey was stopped",
    "merged": "the customer was merged into another",
    "erased": "the customer was erased",
    "failed": "a step of it failed for good, and its node ends the run then",
    "by_hand": "somebody took them out",
    "version": "another version of the journey was published, which had no place for them or let nobody go on",
    "held_out": "they were held out, and the time of the goal was over",
}
_BROKEN = {"failures": "too much of what it does fails for good", "complaints": "too many complain of its mails"}


def explained(seen: Seen, row: Row) -> RunWhy:
    run, graph = row.run, seen.graphs[row.run.version]
    waits_for, put_off = hearing.waits_for(seen, row, graph), letters.put_off(seen, row, graph)
    of_mails = letters.all_of(seen, row, graph)
    found: RunWhy = {
        **stands(row),
        "left_at": from_ms(run.left_at) if run.left_at else None,
        "reason": run.reason,
        "why": [],
        "waits_for": waits_for,
        "exits": hearing.exits(seen, row, graph),
        "goal": hearing.goal(seen, row, graph),
        "kept": list(_kept(seen, row)) if run.is_open else [],
        "put_off": put_off,
        "letters": of_mails,
    }
    said = _stands(seen, row, graph, found) if run.is_open else _ended(seen, row, found)
    return {**found, "why": sentences([*said, *(each["says"] for each in of_mails)])}


def _ended(seen: Seen, row: Row, found: RunWhy) -> Iterator[str]:
    run = row.run
    if run.status == "held_out":
        yield (
            f"they came in on {seen.moment(run.entered_at)} and are held out by lot: watched until"
            f" {seen.moment(run.goal_until)}, and never contacted."
        )
        return
    why = ENDS.get(run.reason, f"it ended as “{run.reason}”")
    yield f"they came in on {seen.moment(run.entered_at)} and left on {seen.moment(run.left_at)} at {run.node}: {why}."
    yield from (each["says"] for each in found["exits"])


def _stands(seen: Seen, row: Row, graph: Graph, found: RunWhy) -> Iterator[str]:
    run, at = row.run, row.run.node or "the door"
    since, here = seen.moment(run.entered_at), seen.moment(run.node_at)
    yield f"they have been inside since {since}, and on {at} since {here}."
    if row.inbox:
        yield f"what is new ({len(row.inbox)}) has still to be looked at, which takes a minute at most."
    if put_off := found["put_off"]:
        yield put_off["says"]
    yield from (f"{each['says']}." for each in found["kept"])
    yield from _waits(seen, row, graph, found["waits_for"])


def _kept(seen: Seen, row: Row) -> Iterator[Against]:
    if row.is_stuck:
        says = (
            f"the run is stuck, as {row.failures} legs of it failed one after the other: it goes on when something is"
            " heard, or when somebody asks for it"
        )
        yield {"says": says, "evidence": {"failures": row.failures}}
    yield from _paused(seen, row)
    if broken := seen.broken.get(row.run.node):
        says = (
            f"nobody goes through {row.run.node} since {seen.moment(to_ms(broken.since))}, as {_BROKEN[broken.why]}:"
            " it waits until somebody mends the node"
        )
        yield {
            "says": says,
            "evidence": {"since": broken.since, "why": broken.why, **broken.tried._asdict(), **_since(row)},
        }


def _paused(seen: Seen, row: Row) -> Iterator[Against]:
    """A pause, or one that is over and has put off what it kept."""
    state, until = seen.state, row.run.put_off
    if state and state.going == "paused":
        since = f" since {seen.moment(to_ms(state.paused_at))}" if state.paused_at else ""
        says = f"the journey is paused{since}: nobody is contacted meanwhile, waits and exits go on"
        yield {"says": says, "evidence": {"paused_at": state.paused_at, **_since(row)}}
    elif until > seen.now and not row.run.is_at_task:
        says = (
            f"a pause kept it from {row.run.node}, and all is done as much later as that lasted: this not before"
            f" {seen.moment(until)}"
        )
        yield {"says": says, "evidence": {"until": from_ms(until), **_since(row)}}


def _since(row: Row) -> dict[str, str]:
    """When the run wanted to act first."""
    return {"kept_since": from_ms(row.run.paused_at)} if row.run.paused_at else {}


def _waits(seen: Seen, row: Row, graph: Graph, heard: list[Listening]) -> Iterator[str]:
    node, run = graph.nodes.get(run_node) if (run_node := row.run.node) else None, row.run
    if not isinstance(node, Task | Wait | WaitFor) or (isinstance(node, Task) and not run.is_at_task):
        return
    until = f"until {seen.moment(run.until)}" if run.until else "for as long as it takes"
    rest = node.next if isinstance(node, Wait) else node.otherwise
    what = [*(node.outcomes if isinstance(node, Task) else ()), *(each["name"] for each in heard)]
    of = f"for {wording.joined(what, 'or')} " if what else ""
    task = f"The task in {node.queue} is open. " if isinstance(node, Task) else ""
    yield f"{task}It waits {of}{until}, and then goes on to {rest}."
    yield from (each["says"] for each in heard)
