"""What has touched a customer on the way to the goal of a journey, and which of it has the credit. Pure.

The last touch is the last thing that they did themselves with what we sent; where they did nothing, the last thing that
reached them. So in this order: the last link that they followed, the last mail that they opened, the last task that
somebody has done with them, the last mail that went and did not come back, what was last switched on; else nothing.
What machines did is none of it, and a webhook has no credit, as nobody knows what became of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from shopkeeper.customer.instants import from_ms
from shopkeeper.journey import nodes
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.run import Run, Visit

Kind = Literal["sent", "opened", "clicked", "audience", "slot", "task", "webhook"]
MOST = 30
_DONE = "done"
_RANKS: tuple[tuple[Kind, ...], ...] = (("clicked",), ("opened",), ("task",), ("sent",), ("audience", "slot"))


class Touch(NamedTuple):
    """By a node of this journey, or by a step of another `activity`. `name` is what was on, from `at` to `until`, 0 for
    until the goal; what came of a task; or the connector of a webhook."""

    at: int
    kind: Kind
    node: str
    activity: str = ""
    name: str = ""
    until: int = 0

    @property
    def by(self) -> str:
        return f"{self.activity}/{self.node}" if self.activity else self.node


def trail(graph: Graph, run: Run, others: Iterable[Touch], at: int) -> list[Touch]:
    """All up to that instant, the oldest first: of the run what its history tells, besides these of mails and other
    runs."""
    return sorted(each for each in {*of_run(graph, run), *others} if run.entered_at <= each.at <= at)


def last_touch(touches: Iterable[Touch]) -> Touch | None:
    """Of those of a trail; of one instant the one that comes last there."""
    ordered = sorted(touches)
    of_ranks = ([each for each in ordered if each.kind in kinds] for kinds in _RANKS)
    return next((found[-1] for found in of_ranks if found), None)


def of_run(graph: Graph, run: Run) -> Iterator[Touch]:
    """But for its mails, what its history tells: what was on went off when the run left."""
    on: dict[tuple[str, str], Touch] = {}
    for visit in run.history:
        node = graph.nodes.get(visit.node)
        if isinstance(node, nodes.Effects) and visit.outcome == _DONE:
            yield from _switched(node, visit, on)
        elif isinstance(node, nodes.Task) and visit.outcome in node.outcomes:
            yield Touch(visit.at, "task", visit.node, name=visit.outcome)
        elif isinstance(node, nodes.Webhook) and visit.outcome == _DONE:
            yield Touch(visit.at, "webhook", visit.node, name=node.connector)
    yield from (each._replace(until=run.left_at) for each in on.values())


def _switched(node: nodes.Effects, visit: Visit, on: dict[tuple[str, str], Touch]) -> Iterator[Touch]:
    """What is over by it: switched off, or on anew. `on` is what is on, before and afterwards."""
    for each in (*node.off, *node.on):
        if was := on.pop((each.channel, each.name), None):
            yield was._replace(until=visit.at)
    for each in node.on:
        on[each.channel, each.name] = Touch(visit.at, each.channel, visit.node, name=each.name)


def shown(touch: Touch | None) -> Mapping[str, Any] | None:
    """As the memory of the customer keeps it, without what says nothing."""
    if touch is None:
        return None
    instants = {"at": from_ms(touch.at), "until": from_ms(touch.until) if touch.until else ""}
    return {name: value for name, value in (touch._asdict() | instants).items() if value}
