"""Where nodes lead, by the fields in which that is written, and what can be said of a journey from that alone."""

from collections.abc import Iterator, Mapping

from shopkeeper.journey.definition.journey import Journey
from shopkeeper.journey.definition.kinds import AnyNode
from shopkeeper.journey.definition.waiting import Listens, WaitNode
from shopkeeper.journey.definition.ways import BranchNode, RepeatNode, SplitNode

EXIT = "exit"
"""Out of the journey. No node is called so."""
_FIELDS = {"next": "next", "not_sent": "not_sent", "else_": "else"}
Findings = Iterator[tuple[str, str]]


def ways(node: AnyNode) -> Iterator[tuple[str, str]]:
    """The keys of what may come next, each behind the field that names it."""
    for name, field in _FIELDS.items():
        if to := getattr(node, name, None):
            yield field, to
    if isinstance(node, Listens):
        yield from ((f"on.{name}", to) for name, to in node.on.items())
    if isinstance(node, WaitNode) and node.wait.trait and node.wait.trait.missing:
        yield "wait.trait.missing", node.wait.trait.missing
    if isinstance(node, BranchNode):
        yield from ((f"branch.{place}.to", case.to) for place, case in enumerate(node.branch))
    if isinstance(node, SplitNode):
        yield from ((f"split.arms.{place}.to", arm.to) for place, arm in enumerate(node.split.arms))
    if isinstance(node, RepeatNode):
        yield "repeat.to", node.repeat.to


def faults(said: Journey) -> Findings:
    yield from _nowhere(said)
    leads = {key: [to for _, to in ways(node) if to in said.nodes] for key, node in said.nodes.items()}
    for key in said.nodes.keys() - _reached(leads, said.first):
        yield f"nodes.{key}", f"is never reached from {said.first}"
    yield from _rounds(said)
    for key, node in said.nodes.items():
        if isinstance(node, RepeatNode) and key in _at_once(said, leads, node.repeat.to):
            yield f"nodes.{key}.repeat.to", "goes round without a wait on the way"


def _nowhere(said: Journey) -> Findings:
    if EXIT in said.nodes:
        yield f"nodes.{EXIT}", "is where a journey ends, and cannot be a node"
    if said.first not in said.nodes:
        yield "first", f"there is no node {said.first}"
    for key, node in said.nodes.items():
        for field, to in ways(node):
            if to not in said.nodes and to != EXIT:
                yield f"nodes.{key}.{field}", f"there is no node {to}"


def _reached(leads: Mapping[str, list[str]], first: str) -> set[str]:
    seen, left = set[str](), [first] if first in leads else []
    while left:
        key = left.pop()
        if key not in seen:
            seen.add(key)
            left += leads[key]
    return seen


def _at_once(said: Journey, leads: Mapping[str, list[str]], first: str) -> set[str]:
    """What a run comes to from there without having to wait."""
    passing = {key: [] if isinstance(said.nodes[key], Listens) else to for key, to in leads.items()}
    return _reached(passing, first)


def _rounds(said: Journey) -> Findings:
    """Of each circle that no `repeat` closes, the way that closes it."""
    done, way = set[str](), list[str]()
    for first in said.nodes:
        left = [(first, iter(_forward(said, first)))] if first not in done else []
        way = [first]
        while left:
            key, following = left[-1]
            field, to = next(following, ("", ""))
            if not field:
                left.pop()
                way.pop()
                done.add(key)
            elif to in way:
                circle = " -> ".join((*way[way.index(to) :], to))
                yield f"nodes.{key}.{field}", f"goes round in a circle, which only a repeat may: {circle}"
            elif to not in done:
                way.append(to)
                left.append((to, iter(_forward(said, to))))


def _forward(said: Journey, key: str) -> list[tuple[str, str]]:
    return [(field, to) for field, to in ways(said.nodes[key]) if field != "repeat.to" and to in said.nodes]
