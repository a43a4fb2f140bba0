"""The pieces of a parsed template: what stands in it as it is, and what is written out."""

from collections.abc import Iterable, Iterator, Mapping

from liquid import BoundTemplate, Token
from liquid.ast import Node
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions import FilteredExpression, Path
from liquid.builtin.output import Output, OutputNode
from liquid.context import RenderContext
from liquid.expression import Expression
from markupsafe import _escape_inner  # type: ignore[attr-defined]  # `escape` makes a Markup of it, at some cost.


def standing(template: BoundTemplate) -> frozenset[str]:
    """What stands in the template itself, between its tags."""
    return frozenset(node.text for node in every(template) if isinstance(node, ContentNode))


def every(template: BoundTemplate) -> Iterator[Node]:
    context, todo = RenderContext(template), list(template.nodes)
    while todo:
        node = todo.pop()
        yield node
        todo += node.children(context, include_partials=False)


class WrittenNode(OutputNode):
    """Most of what is written is a text under some names, as in `{{ customer.first_name }}`, and is looked up straight.
    All else, and what is not there, is the engine's."""

    __slots__ = ("first", "others")

    def __init__(self, token: Token, expression: Expression) -> None:
        super().__init__(token, expression)
        names = _names(expression)
        self.first, self.others = (names[0] if names else None), names[1:]

    def looked_up(self, places: Iterable[Mapping[str, object]], *, escapes: bool) -> str | None:
        """None for what is not there or no text; `places` are namespaces, the innermost first."""
        if (first := self.first) is None:
            return None
        for place in places:
            if first in place:
                value = place[first]
                break
        else:
            return None
        for name in self.others:
            value = value.get(name) if type(value) is dict else None
        return (_escape_inner(value) if escapes else value) if type(value) is str else None


class Written(Output):
    node_class = WrittenNode


def _names(expression: Expression) -> tuple[str, ...]:
    if not isinstance(expression, FilteredExpression) or expression.filters or not isinstance(expression.left, Path):
        return ()
    path = expression.left.path
    return tuple(map(str, path)) if all(isinstance(name, str) for name in path) else ()
