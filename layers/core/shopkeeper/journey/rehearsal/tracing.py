"""What came of a simulation, in words, and whether it is what was expected."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from typing_extensions import TypedDict

from shopkeeper.customer.instants import from_ms
from shopkeeper.journey import effects, nodes
from shopkeeper.journey.definition.script import Expected
from shopkeeper.journey.effects import Effect
from shopkeeper.journey.facts import MailVerdict
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.rehearsal.imagined import Shop
from shopkeeper.journey.rehearsal.simulate import Leg
from shopkeeper.journey.run import Run

_NAMED_BY = {
    effects.Audience: "name",
    effects.Slot: "name",
    effects.ChangeList: "list_id",
    effects.Tell: "name",
    effects.Start: "journey",
}
_OF_KEYS = ("do", "run", "node", "visit", "place")


class Visited(TypedDict):
    """What came of a node."""

    node: str
    outcome: str


class Letter(TypedDict):
    """As it reads, with links as they are written. `template` is `<id>#<version>`, `variant` `<node>#<variant>`. One
    that cannot be made has a `problem`, by which it is not sent, and no words."""

    template: str
    variant: str | None
    subject: str | None
    text: str | None
    problem: str | None


class Done(TypedDict):
    """`what` is what `expect` calls it; `says` what else the effect carries. A mail that went has its `letter`."""

    what: str
    node: str
    says: dict[str, Any]
    letter: Letter | None


class Vetoed(TypedDict):
    """A mail that may not go: never, or not before `until`. `evidence` is what the `reason` rests on."""

    node: str
    says: str
    reason: str
    until: str | None
    evidence: dict[str, str]


class Ran(TypedDict):
    """How a run stands. `waits_for` names what is heard at `node`; `looks_at` is when it is looked at again by
    itself."""

    key: str
    status: str
    node: str
    reason: str
    converted_at: str | None
    waits_for: list[str]
    looks_at: str | None
    on: list[str]
    tasks: list[str]


class Went(TypedDict):
    """A leg: when, what it had heard, which nodes it went through, which mails of these were vetoed, what it did, and
    how the run stood then."""

    at: str
    heard: list[str]
    visited: list[Visited]
    vetoes: list[Vetoed]
    did: list[Done]
    run: Ran


class Trace(TypedDict):
    """`entered` is false where nothing let the customer in. `failures` are what was expected otherwise."""

    entered: bool
    ended_at: str
    legs: list[Went]
    runs: list[Ran]
    failures: list[str]


def word(effect: Effect) -> str:
    kind = effects.channel(effect)
    do = kind if kind != "fact" else str(type(effect).__struct_config__.tag)
    name = getattr(effect, _NAMED_BY.get(type(effect), "node"))
    is_end = getattr(effect, "is_end", False) or not getattr(effect, "is_on", True)
    return f"end {do} {name}" if is_end else f"{do} {name}"


def leg(shop: Shop, made: Leg, verdicts: Mapping[str, MailVerdict]) -> Went:
    graph, did = shop.graph, [each for each in made.effects if each.key not in shop.in_vain]
    news = [each for each in made.after.history if each not in made.before.history]
    return {
        "at": from_ms(made.at),
        "heard": [each.name or each.kind for each in made.heard],
        "visited": [{"node": each.node, "outcome": each.outcome} for each in news],
        "vetoes": [_vetoed(node, said) for node, said in verdicts.items() if said.say != "now"],
        "did": [
            {"what": word(each), "node": each.node, "says": _says(each), "letter": _letter(shop, each)} for each in did
        ],
        "run": ran(graph, made.after, made.due_at),
    }


def _vetoed(node: str, said: MailVerdict) -> Vetoed:
    until = from_ms(said.at) if said.say == "later" else None
    return {"node": node, "says": said.say, "reason": said.reason, "until": until, "evidence": dict(said.evidence)}


def _letter(shop: Shop, effect: Effect) -> Letter | None:
    if not isinstance(effect, effects.Mail) or effect.is_end or effect.send_id not in shop.letters:
        return None
    send, made = shop.ledger.rows[effect.send_id], shop.letters[effect.send_id]
    subject, text, problem = (None, None, made) if isinstance(made, str) else (made.subject, made.text, None)
    return {
        "template": send.template,
        "variant": send.variant or None,
        "subject": subject,
        "text": text,
        "problem": problem,
    }


def _says(effect: Effect) -> dict[str, Any]:
    held: dict[str, Any] = msgspec.to_builtins(effect)
    return {name: value for name, value in held.items() if name not in _OF_KEYS}


def ran(graph: Graph, run: Run, due_at: str) -> Ran:
    return {
        "key": run.key,
        "status": run.status,
        "node": run.node,
        "reason": run.reason,
        "converted_at": from_ms(run.goal_at) if run.goal_at else None,
        "waits_for": nodes.awaits(graph.nodes.get(run.node)) if run.is_open else [],
        "looks_at": due_at or None,
        "on": [f"{each.channel} {each.name}" for each in run.on],
        "tasks": [each.node for each in run.tasks],
    }


def trace(shop: Shop, expected: Expected) -> Trace:
    graph, now = shop.graph, shop.stage.now
    runs = [ran(graph, row.run, row.due_at) for row in shop.rows]
    went = [leg(shop, each, seen.verdicts) for each, seen in zip(shop.stage.legs, shop.sights, strict=True)]
    did = [each["what"] for one in went for each in one["did"]]
    return {
        "entered": bool(runs),
        "ended_at": from_ms(now),
        "legs": went,
        "runs": runs,
        "failures": list(failures(expected, did, runs)),
    }


def failures(expected: Expected, did: Sequence[str], runs: Sequence[Ran]) -> Iterator[str]:
    """Each names what was expected, and what came instead."""
    yield from _missing(expected.did, did)
    yield from (f"expect.did_not: {each} was done" for each in expected.did_not if each in did)
    last = runs[-1] if runs else None
    stood = {"status": last["status"], "node": last["node"], "reason": last["reason"]} if last else {}
    for name in ("status", "node", "reason"):
        wanted, came = getattr(expected, name), stood.get(name)
        if wanted is not None and wanted != came:
            yield f"expect.{name}: is {came or 'none'}, and not {wanted}"
    converted = bool(last and last["converted_at"])
    if expected.converted not in (None, converted):
        yield f"expect.converted: is {str(converted).lower()}"


def _missing(wanted: Sequence[str], did: Sequence[str]) -> Iterator[str]:
    """The first of them that is not done behind those before it."""
    rest, before = iter(did), ""
    for each in wanted:
        if each not in rest:
            yield f"expect.did: {each} is not done" + (f" after {before}" if before else "")
            return
        before = each
