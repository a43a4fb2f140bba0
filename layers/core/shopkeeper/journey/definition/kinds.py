"""The nodes of a journey. Each is of one kind, named by one of its fields; the others say where it leads."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Discriminator, Tag

from shopkeeper.journey.definition.nodes import (
    EffectsNode,
    EventNode,
    ListNode,
    MessageNode,
    Node,
    StartNode,
    TraitNode,
    WebhookNode,
)
from shopkeeper.journey.definition.waiting import TaskNode, WaitForNode, WaitNode
from shopkeeper.journey.definition.ways import BranchNode, ExitNode, GoalNode, RepeatNode, SplitNode

KINDS: Mapping[str, type[Node]] = {
    "message": MessageNode,
    "effects": EffectsNode,
    "task": TaskNode,
    "webhook": WebhookNode,
    "wait": WaitNode,
    "wait_for": WaitForNode,
    "branch": BranchNode,
    "split": SplitNode,
    "goal": GoalNode,
    "trait": TraitNode,
    "list": ListNode,
    "event": EventNode,
    "start": StartNode,
    "repeat": RepeatNode,
    "exit": ExitNode,
}


def kind(node: Node) -> str:
    return next(name for name, its in KINDS.items() if isinstance(node, its))


def _tag(said: Any) -> str | None:
    """In brackets, as it stands in no definition: a finding leaves it out of the way to a field."""
    if isinstance(said, Node):
        return f"[{kind(said)}]"
    found = [name for name in KINDS if name in said] if isinstance(said, dict) else []
    return f"[{found[0]}]" if len(found) == 1 else None


AnyNode = Annotated[
    Annotated[MessageNode, Tag("[message]")]
    | Annotated[EffectsNode, Tag("[effects]")]
    | Annotated[TaskNode, Tag("[task]")]
    | Annotated[WebhookNode, Tag("[webhook]")]
    | Annotated[WaitNode, Tag("[wait]")]
    | Annotated[WaitForNode, Tag("[wait_for]")]
    | Annotated[BranchNode, Tag("[branch]")]
    | Annotated[SplitNode, Tag("[split]")]
    | Annotated[GoalNode, Tag("[goal]")]
    | Annotated[TraitNode, Tag("[trait]")]
    | Annotated[ListNode, Tag("[list]")]
    | Annotated[EventNode, Tag("[event]")]
    | Annotated[StartNode, Tag("[start]")]
    | Annotated[RepeatNode, Tag("[repeat]")]
    | Annotated[ExitNode, Tag("[exit]")],
    Discriminator(_tag, "kind", f"is of exactly one kind: {', '.join(KINDS)}"),
]
