"""A script of what happens to a customer, carried out step by step on a journey."""

from collections.abc import Callable, Mapping
from typing import Any

from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.instants import to_ms
from shopkeeper.customer.requests import BadRequest
from shopkeeper.journey.definition import spans
from shopkeeper.journey.definition.script import Script, Step
from shopkeeper.journey.effects import task_id
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.nodes import Message, Task
from shopkeeper.journey.rehearsal import tracing
from shopkeeper.journey.rehearsal.imagined import Shop
from shopkeeper.journey.rehearsal.scenery import Scenery
from shopkeeper.journey.rehearsal.simulate import TooLong
from shopkeeper.journey.rehearsal.tracing import Trace
from shopkeeper.journey.rows import Row
from shopkeeper.journey.run import Cause

NOBODY = "made-up"
ADDRESS = "email:somebody@shop.example"
COMPLETED = "Task Completed"


def rehearse(script: Script, graph: Graph, customer: Customer | None, scenery: Scenery) -> Trace:
    """Without a customer one is made up, who has an address. Raises BadRequest."""
    starts_at = to_ms(script.starts_at)
    if script.until and to_ms(script.until) < starts_at:
        raise BadRequest([("until", "is before the start")])
    somebody = customer or Customer(NOBODY, document=Document(identities={ADDRESS: starts_at}))
    shop = Shop(graph, somebody, scenery, starts_at)
    if script.traits:
        shop.identify(script.traits)
    try:
        _play(script, shop, starts_at)
    except TooLong as problem:
        raise BadRequest([("script", str(problem))]) from None
    return tracing.trace(shop, script.expect)


def _play(script: Script, shop: Shop, starts_at: int) -> None:
    """What is said without a time is there before anybody comes in."""
    steps = [(_at(step, starts_at), f"script.{place}", step) for place, step in enumerate(script.script)]
    for at, field, step in steps:
        if at is None:
            _do(shop, step, field)
    if script.enters:
        _enter(script, shop)
    timed = [(at, field, step) for at, field, step in steps if at is not None]
    for at, field, step in sorted(timed, key=lambda each: each[0]):
        if at < starts_at:
            raise BadRequest([(f"{field}.at", "is before the start")])
        shop.stage.until(at)
        _do(shop, step, field)
    shop.stage.until(to_ms(script.until) if script.until else None)


def _at(step: Step, starts_at: int) -> int | None:
    if step.at is not None:
        return to_ms(step.at)
    return starts_at + spans.seconds(step.after) * 1000 if step.after is not None else None


def _enter(script: Script, shop: Shop) -> None:
    key = shop.graph.entry.key
    if key and script.properties.get(key) in (None, ""):
        raise BadRequest([(f"properties.{key}", "is missing: it keys the runs of this journey")])
    shop.enter(script.properties)


def _do(shop: Shop, step: Step, field: str) -> None:
    kind = next(name for name in _DOES if getattr(step, name) is not None)
    _DOES[kind](shop, step, field)


def _event(shop: Shop, step: Step, field: str) -> None:
    more: dict[str, Any] = {}
    said: Mapping[str, Any] = step.properties
    if step.of is not None:
        more = {"source": "tracking", "message_id": f"{_send(shop, step.of, f'{field}.of')}/{field}"}
        said = {**said, "class": "machine" if step.machine else "human"}
    shop.track(step.event or "", said, **more)


def _send(shop: Shop, node: str, field: str) -> str:
    for row in reversed(shop.rows):
        if node in row.run.mails:
            return row.run.send_id(node, row.run.mails[node].visit)
    raise BadRequest([(field, f"{node} has sent no mail by then")])


def _traits(shop: Shop, step: Step, _: str) -> None:
    shop.identify(step.traits or {})


def _mail(shop: Shop, step: Step, field: str) -> None:
    said = step.mail
    if said is None or not isinstance(shop.graph.nodes.get(said.node), Message):
        raise BadRequest([(f"{field}.mail.node", "is no message of this journey")])
    shop.becomes(said.node, said.state)


def _task(shop: Shop, step: Step, field: str) -> None:
    said = step.task
    node = shop.graph.nodes.get(said.node) if said else None
    if said is None or not isinstance(node, Task):
        raise BadRequest([(f"{field}.task.node", "is no task of this journey")])
    for row in shop.rows:
        for each in row.run.tasks:
            if each.node == said.node:
                _done(shop, row, task_id(row.run.id, each.node, each.visit), node.queue, said.outcome)
                return
    raise BadRequest([(f"{field}.task.node", "has opened no task by then, or it is closed")])


def _done(shop: Shop, row: Row, task: str, queue: str, outcome: str) -> None:
    name, now, props = f"task/{task}/done", shop.stage.now, {"outcome": outcome}
    told = Cause(id=name, kind="signal", name=COMPLETED, at=now, received_at=now, about=task, props=props)
    shop.tell(row, told)
    said = {"task": task, "queue": queue, "journey": row.run.journey, "outcome": outcome}
    shop.track(COMPLETED, said, message_id=name, source="api")


def _exit(shop: Shop, step: Step, field: str) -> None:
    now = shop.stage.now
    cause = Cause(
        id=field, kind="by_hand", name="exit", at=now, received_at=now, props={"reason": step.exit or "by_hand"}
    )
    for row in shop.rows:
        shop.tell(row, cause)


_DOES: Mapping[str, Callable[[Shop, Step, str], None]] = {
    "event": _event,
    "traits": _traits,
    "mail": _mail,
    "task": _task,
    "exit": _exit,
}
