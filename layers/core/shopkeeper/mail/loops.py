"""Loops of a template: most go over a whole list, from its first item on, and few of them are long.

What the engine does once for each loop takes as long as some ten items. So what is the same in each letter is done
when the template is parsed; a loop over anything else, or over some of a list, is the engine's.
"""

from liquid import Token
from liquid.ast import BlockNode
from liquid.builtin.expressions import LoopExpression
from liquid.builtin.tags.for_tag import ForLoop, ForNode, ForTag
from liquid.exceptions import BreakLoop, ContinueLoop

from shopkeeper.mail.writing import Context, Paper


class LoopNode(ForNode):
    __slots__ = ("name", "whole")

    def __init__(
        self, token: Token, expression: LoopExpression, block: BlockNode, default: BlockNode | None = None
    ) -> None:
        super().__init__(token, expression, block, default)
        self.whole = expression.limit is None and expression.offset is None and not expression.reversed
        self.name = f"{expression.identifier}-{expression.iterable}"

    def render_to_output(self, context: Context, buffer: Paper) -> int:  # type: ignore[override]  # It has no others.
        items = self.expression.iterable.evaluate(context) if self.whole else None
        if type(items) is not list or not items:
            return super().render_to_output(context, buffer)
        context.stopindex(self.name, len(items))
        forloop = ForLoop(self.name, iter(items), len(items), context.parentloop())
        self._go_over(forloop, context, buffer)
        return 0

    def _go_over(self, forloop: ForLoop, context: Context, buffer: Paper) -> None:
        namespace: dict[str, object] = {"forloop": forloop, self.expression.identifier: None}
        with context.loop(namespace, forloop):
            for item in forloop:
                namespace[self.expression.identifier] = item
                try:
                    self.block.render(context, buffer)
                except ContinueLoop:
                    continue
                except BreakLoop:
                    break


class Looped(ForTag):
    node_class = LoopNode
