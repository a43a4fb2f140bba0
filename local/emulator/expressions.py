"""DynamoDB's update expressions: moto's, read once each, and walked without asking each node for its ancestors."""

import pickle
from functools import cache
from typing import Any

from moto.dynamodb import models, responses
from moto.dynamodb.parsing import validators
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser, Node
from moto.dynamodb.parsing.expressions import UpdateExpressionParser

from local.emulator.seam import Seam


class Parser:
    """Its trees are shared: whoever changes one takes a copy before, as moto's validators do."""

    make = staticmethod(cache(UpdateExpressionParser.make))


def copied(thing: Any) -> Any:
    return pickle.loads(pickle.dumps(thing))


def visit(self: DepthFirstTraverser, node: Any, child_id: int = -1) -> Any:
    """Bottom up, as moto does."""
    walked, processed, prepared = _plan(type(self), type(node), self)
    if not walked:
        return node
    parent = node.parent
    for place, child in enumerate(node.children or ()):
        if prepared:
            self.pre_processing_of_child(node, place)
        visit(self, child, place)
    if processed:
        node = self.process(node)
        node.parent = parent
        if parent:
            parent.children[child_id] = node
    return node


_plans: dict[tuple[type, type], tuple[bool, bool, bool]] = {}


def _plan(traverser: type, kind: type, one: DepthFirstTraverser) -> tuple[bool, bool, bool]:
    """For nodes of that kind: whether they are nodes, are processed, and have their children prepared."""
    known = _plans.get((traverser, kind))
    if known is None:
        processed = issubclass(kind, tuple(one._processing_map()))
        prepared = traverser.pre_processing_of_child is not DepthFirstTraverser.pre_processing_of_child
        known = _plans[traverser, kind] = (issubclass(kind, Node), processed, prepared)
    return known


SEAMS = [
    Seam(models, "UpdateExpressionParser", Parser, "moto reads each expression anew, twice for each update"),
    Seam(responses, "UpdateExpressionParser", Parser, "moto reads each expression anew, twice for each update"),
    Seam(validators, "deepcopy", copied, "moto copies trees node by node"),
    Seam(
        DepthFirstTraverser, "traverse_node_recursively", visit, "moto asks each node for its ancestors, ten times over"
    ),
]
