"""What a template says that will not work, found out before anybody is written to."""

from collections.abc import Collection, Iterator

from liquid import BoundTemplate
from liquid.ast import Node
from liquid.builtin.expressions import FilteredExpression
from liquid.static_analysis import Variable

from shopkeeper.mail.liquid import RefusedError, line_of
from shopkeeper.mail.writing import Context

MOST_FILTERS = 8
"""In one expression."""
OWN = "shopkeeper_"
"""Names that begin so are ours: no template may use or make one."""


def check(template: BoundTemplate, source: str, names: Collection[str]) -> Iterator[RefusedError]:
    """All that is wrong with a parsed template. Yields rather than raises, so that all of it can be said at once.

    `names` are what facts will hold: `customer.first_name` is that fact alone, `customer.traits` all that it holds.
    """
    analysis = template.analyze()
    for path in (path for paths in analysis.globals.values() for path in paths):
        if not _known(path, names):
            there_are = ", ".join(sorted(names)) or "none"
            message = f"there is no fact named {path}; there are {there_are}"
            yield RefusedError(line_of(source, path.span.index), message)
    for name, spans in analysis.filters.items():
        if name not in template.env.filters:
            yield RefusedError(line_of(source, spans[0].index), f"there is no filter named {name}")
    for node in _nodes(template):
        yield from _check_node(node, source, names)


def _known(path: Variable, names: Collection[str]) -> bool:
    prefix: list[str] = []
    for segment in path.segments:
        if not isinstance(segment, str):
            return False
        prefix.append(segment)
        if ".".join(prefix) in names:
            return True
    return False


def _check_node(node: Node, source: str, names: Collection[str]) -> Iterator[RefusedError]:
    line = line_of(source, node.token.start_index)
    made = {str(name) for name in (*node.template_scope(), *node.block_scope())}
    for name in sorted(made):
        if name.startswith(OWN) or name in names:
            yield RefusedError(line, f"{name} is the name of a fact and cannot be made again")
    for expression in node.expressions():
        if isinstance(expression, FilteredExpression) and len(expression.filters or ()) > MOST_FILTERS:
            yield RefusedError(line, f"more than {MOST_FILTERS} filters in one expression")


def _nodes(template: BoundTemplate) -> Iterator[Node]:
    context = Context(template)
    todo = list(reversed(template.nodes))
    while todo:
        node = todo.pop()
        yield node
        todo.extend(reversed(list(node.children(context))))
