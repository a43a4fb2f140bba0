"""One rendering of a template: what it knows, what it writes on, and how much of each it may.

What a letter is made of for the most part, its own text and facts that are text, is written here. All else is written
by the engine's nodes, each by itself, with the same errors at the same places.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from io import StringIO
from operator import length_hint
from sys import getsizeof
from typing import Any, TextIO

from liquid import BoundTemplate, RenderContext, Token
from liquid.ast import BlockNode, Node
from liquid.builtin.content import ContentNode
from liquid.exceptions import (
    ContextDepthError,
    LiquidError,
    LiquidInterrupt,
    LiquidSyntaxError,
    LocalNamespaceLimitError,
    LoopIterationLimitError,
    OutputStreamLimitError,
)
from liquid.utils import ReadOnlyChainMap

from shopkeeper.mail.nodes import WrittenNode, every

LONGEST = 1_000_000
"""Characters that one rendering writes."""
MOST_ITERATIONS = 20_000
"""Of all loops of one rendering together."""
MOST_KEPT = 200_000
"""Bytes of all that one rendering assigns or captures."""
MOST_WORK = 2_000_000
"""Characters that go through all filters of one rendering."""


class Scope(ReadOnlyChainMap):
    """Asks for a name rather than fails to find it, in one namespace after the other."""

    @property
    def namespaces(self) -> Iterable[Mapping[str, object]]:
        """The innermost first."""
        return self._maps

    def __getitem__(self, key: str) -> object:
        for names in self._maps:
            if key in names:
                return names[key]
        raise KeyError(key)

    def get(self, key: str, default: object = None) -> object:
        for names in self._maps:
            if key in names:
                return names[key]
        return default


class Paper(StringIO):
    """What is written on, by one rendering in all: what is captured counts as much as what is put out."""

    def __init__(self, context: "Context") -> None:
        super().__init__()
        self._context = context
        self.pieces: list[str] = []

    def write(self, text: str) -> int:
        self._context.written += len(text)
        if self._context.written > LONGEST:
            raise OutputStreamLimitError("the output is too long", token=None)
        self.pieces += [text] if text else []
        return len(text)

    def getvalue(self) -> str:
        return "".join(self.pieces)


class Context(RenderContext):
    """One rendering: no clock among its names, and limits that add up rather than hold for each loop alone."""

    scope: Scope

    def __init__(self, template: BoundTemplate, **settings: Any) -> None:
        super().__init__(template, **settings)
        self.scope = Scope(self.locals, self.globals)
        self.written = 0
        self._spent = 0
        self._kept = 0
        self._iterations = 0

    def assign(self, key: str, val: Any) -> None:
        """The engine adds up all names anew for each; that takes seconds for ten thousand of them."""
        self._kept += getsizeof(val) - (getsizeof(self.locals[key]) if key in self.locals else 0)
        if self._kept > MOST_KEPT:
            raise LocalNamespaceLimitError("the template keeps too much", token=None)
        self.locals[key] = val

    def spend(self, work: int) -> None:
        self._spent += work
        if self._spent > MOST_WORK:
            raise LiquidError(f"more than {MOST_WORK} characters in all filters", token=None)

    @contextmanager
    def loop(self, namespace: Mapping[str, object], forloop: Any) -> Iterator["Context"]:
        """As the engine's, in one step rather than two."""
        self._iterations += forloop.length
        if self._iterations > MOST_ITERATIONS:
            raise LoopIterationLimitError("more iterations than allowed", token=None)
        self.raise_for_loop_limit(forloop.length)
        if self.scope.size() > self.env.context_depth_limit:
            raise ContextDepthError("maximum context depth reached, possible recursive include", token=None)
        self.loops.append(forloop)
        self.scope.push(namespace)
        try:
            yield self
        finally:
            self.scope.pop()
            self.loops.pop()

    def get_buffer(self, buf: TextIO | None = None) -> "Paper":  # noqa: ARG002  # The engine's signature.
        return Paper(self)


def quicken(template: BoundTemplate) -> BoundTemplate:
    """Its blocks, which the engine made itself, write as ours do."""
    for node in every(template):
        if type(node) is BlockNode:
            node.__class__ = _Block
    return template


def write(nodes: Iterable[Node], context: Context, paper: Paper) -> None:
    """As each node would by itself, piece by piece."""
    put, places, escapes = paper.pieces.append, context.scope.namespaces, context.autoescape
    written = context.written
    for node in nodes:
        text = None
        if type(node) is ContentNode:
            text = node.text
        elif type(node) is WrittenNode:
            text = node.looked_up(places, escapes=escapes)
        if text is None:
            context.written = written
            node.render_to_output(context, paper)
            written = context.written
        elif text:
            written += len(text)
            if written > LONGEST:
                raise OutputStreamLimitError("the output is too long", token=None)
            put(text)
    context.written = written


def write_all(template: BoundTemplate, context: Context, paper: Paper) -> None:
    """What fails and does not say where fails where its outermost tag stands, as the engine has it."""
    left = iter(template.nodes)
    with context.extend({"partial": False}):
        try:
            write(left, context, paper)
        except LiquidInterrupt as interrupt:
            error = LiquidSyntaxError(f"unexpected '{interrupt}'", token=_reached(template, left))
            raise error from None
        except LiquidError as error:
            error.token = error.token or _reached(template, left)
            raise


def _reached(template: BoundTemplate, left: Iterator[Node]) -> Token:
    return template.nodes[-1 - length_hint(left)].token


class _Block(BlockNode):
    """The engine adds up what each node wrote; our `Context` counts that."""

    __slots__ = ()

    def render(self, context: Context, buffer: Paper) -> int:  # type: ignore[override]  # It has no others.
        write(self.nodes, context, buffer)
        return 0
