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
    if not _is_a(type(node), Node):
        return node
    parent = node.parent
    for place, child in enumerate(node.children or ()):
        self.pre_processing_of_child(node, place)
        visit(self, child, place)
    if any(_is_a(type(node), kind) for kind in self._processing_map()):
        node = self.process(node)
        node.parent = parent
        if parent:
            parent.children[child_id] = node
    return node


@cache
def _is_a(kind: type, ancestor: type) -> bool:
    return issubclass(kind, ancestor)


SEAMS = [
    Seam(models, "UpdateExpressionParser", Parser, "moto reads each expression anew, twice for each update"),
    Seam(responses, "UpdateExpressionParser", Parser, "moto reads each expression anew, twice for each update"),
    Seam(validators, "deepcopy", copied, "moto copies trees node by node"),
    Seam(
        DepthFirstTraverser, "traverse_node_recursively", visit, "moto asks each node for its ancestors, ten times over"
    ),
]
