"""The pieces of a parsed template: what stands in it as it is, and what is written out."""

from typing import TextIO

from liquid import BoundTemplate, Token, escape
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions import FilteredExpression, Path
from liquid.builtin.output import Output, OutputNode
from liquid.context import RenderContext
from liquid.expression import Expression


def standing(template: BoundTemplate) -> frozenset[str]:
    """What stands in the template itself, between its tags."""
    context, found = RenderContext(template), []
    todo = list(template.nodes)
    while todo:
        node = todo.pop()
        found += [node.text] if isinstance(node, ContentNode) else []
        todo += node.children(context, include_partials=False)
    return frozenset(found)


class _WrittenNode(OutputNode):
    """Most of what is written is a text under some names, as in `{{ customer.first_name }}`, and is looked up straight.
    All else, and what is not there, is the engine's."""

    __slots__ = ("names",)

    def __init__(self, token: Token, expression: Expression) -> None:
        super().__init__(token, expression)
        self.names = _names(expression)

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        value: object = context.scope
        for name in self.names:
            value = value.get(name) if type(value) is dict or value is context.scope else None
        if type(value) is str:
            return buffer.write(escape(value) if context.autoescape else value)
        return super().render_to_output(context, buffer)


class Written(Output):
    node_class = _WrittenNode


def _names(expression: Expression) -> tuple[str, ...]:
    if not isinstance(expression, FilteredExpression) or expression.filters or not isinstance(expression.left, Path):
        return ()
    path = expression.left.path
    return tuple(map(str, path)) if all(isinstance(name, str) for name in path) else ()
