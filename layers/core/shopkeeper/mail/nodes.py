"""The pieces of a parsed template: what stands in it as it is, and what is written out."""

from liquid import BoundTemplate
from liquid.builtin.content import ContentNode
from liquid.context import RenderContext


def standing(template: BoundTemplate) -> frozenset[str]:
    """What stands in the template itself, between its tags."""
    context, found = RenderContext(template), []
    todo = list(template.nodes)
    while todo:
        node = todo.pop()
        found += [node.text] if isinstance(node, ContentNode) else []
        todo += node.children(context, include_partials=False)
    return frozenset(found)
