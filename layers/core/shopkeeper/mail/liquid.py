"""The template language: Liquid without files, clocks, or anything else to reach for; limits on all of it.

    template = parse(source, HTML)          raises RefusedError with a line for what the language does not have
    analysis.check(template, source, names) what it says that will not work, before anybody is written to
    write(template, facts)                  raises RenderError

Facts are plain data (`str`, numbers, `bool`, `None`, dates, lists, and mappings with text keys). They are never read
as a template, and in HTML they are escaped.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import partial

from liquid import BoundTemplate, Environment
from liquid.exceptions import (
    FilterArgumentError,
    LiquidError,
    UndefinedError,
)
from liquid.lex import _tokenize_template
from liquid.token import Token
from liquid.undefined import StrictDefaultUndefined

from shopkeeper.mail import filters, loops, nodes, writing
from shopkeeper.mail.errors import AbsentError, MailError, RenderError
from shopkeeper.mail.spans import RULES
from shopkeeper.mail.writing import LONGEST, MOST_ITERATIONS, MOST_KEPT, Context

LARGEST = 256 * 1024
"""Bytes of a template's source."""
LONGEST_PATH = 80
"""Characters of a fact's name that is told: it stands on the row of whoever lacks it."""
_TAGS = "assign break capture case comment continue doc for if unless # illegal content output".split()
# Names after a dot or in brackets: quoted, a number, or a path of their own.
_PATH = re.compile(
    r"""[\w-]+(?:\s*\.\s*[\w-]+|\[\s*(?:"[^"]*"|'[^']*'|(?:[\w.-]|\[[\w.-]*\])+)\s*\])*""",
)
_EMPTY = re.compile(r"\{\{-?\s{20,}-?\}\}|\{%-?\s*(?:\w{1,20}|#)?\s{20,}-?%\}")


class RefusedError(MailError):
    """The source is no template of ours. `line` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


class Missing(StrictDefaultUndefined):
    """A fact that is not there: it can be asked for (`if`) and replaced (`default`), but not written or counted."""

    allowed_properties = StrictDefaultUndefined.allowed_properties | {"__class__", "__liquid__", "__bool__", "__eq__"}

    def __bool__(self) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return other is None or isinstance(other, Missing)

    __hash__ = None  # type: ignore[assignment]


class Template(BoundTemplate):
    context_class = Context


class Language(Environment):
    block_nesting_limit = 20
    context_depth_limit = 20
    loop_iteration_limit = MOST_ITERATIONS
    local_namespace_limit = MOST_KEPT
    output_stream_limit = LONGEST
    template_class = Template
    suppress_blank_control_flow_blocks = False  # White space stays as it was written.

    def tokenizer(self) -> Callable[[str], Iterator[Token]]:
        return partial(_tokenize_template, rules=RULES)

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        self.tags = {name: tag for name, tag in self.tags.items() if name in _TAGS}
        self.add_tag(nodes.Written)
        self.add_tag(loops.Looped)
        filters.install(self)


HTML = Language(autoescape=True, undefined=Missing)
PLAIN = Language(autoescape=False, undefined=Missing)


def parse(source: str, language: Language) -> BoundTemplate:
    """Raises RefusedError."""
    refuse_oddities(source)
    try:
        return writing.quicken(language.from_string(source))
    except LiquidError as error:
        raise RefusedError(_line_of_error(error, source), str(error.message)) from None


def write(template: BoundTemplate, facts: Mapping[str, object]) -> str:
    """Raises RenderError without its part, and TypeError for facts that are not plain data."""
    refuse_objects(facts)
    return "".join(pieces(template, facts))


def pieces(template: BoundTemplate, facts: Mapping[str, object]) -> list[str]:
    """What `write` writes, as it is written: what stands in the template itself is a piece of its own. Raises alike,
    but does not look at what facts are: that is for `refuse_objects`, once for all parts of a letter."""
    context = Context(template, globals=facts)
    paper = context.get_buffer()
    try:
        writing.write_all(template, context, paper)
    except UndefinedError as error:
        path = _path(error)
        raise AbsentError(f"there is no {path} for this customer", line=_line_in(error), short=path) from None
    except LiquidError as error:
        message = str(error.message)
        short = message if isinstance(error, FilterArgumentError) else ""
        raise RenderError(message, line=_line_in(error), short=short) from None
    except RecursionError:
        raise RenderError("the template is nested too deeply") from None
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise RenderError(f"the template cannot be applied to these facts ({type(error).__name__})") from error
    return paper.pieces


def _line_in(error: LiquidError) -> int:
    return line_of(error.token.source, error.token.start_index) if error.token else 1


def _path(error: UndefinedError) -> str:
    """As the template writes it. The engine's own message may hold a fact that served as a key."""
    path = _PATH.match(error.token.source, error.token.start_index) if error.token else None
    name = " ".join(path[0].split()) if path else "fact"
    return name if len(name) <= LONGEST_PATH else f"{name[: LONGEST_PATH - 1]}…"


def refuse_oddities(source: str) -> None:
    """What no template needs and the engine's lexer would take minutes to read."""
    if len(source.encode("utf-8", "surrogatepass")) > LARGEST:
        raise RefusedError(1, f"the template is larger than {LARGEST // 1024} KB")
    if odd := re.search("[\0\ud800-\udfff\ufdd0]", source):
        raise RefusedError(line_of(source, odd.start()), "a character that no text may hold")
    if odd := _EMPTY.search(source):
        raise RefusedError(line_of(source, odd.start()), "20 spaces and nothing else in a Liquid tag")
    for opening, closing in (("{{", "}}"), ("{%", "%}")):
        if source.rfind(opening) > source.rfind(closing):
            raise RefusedError(line_of(source, source.rfind(opening)), f"{opening} without {closing}")
    for block in ("raw", "doc"):
        if (last := _last(rf"\{{%-?\s*{block}\s*-?%\}}", source)) > _last(rf"\{{%-?\s*end{block}\s*-?%\}}", source):
            raise RefusedError(line_of(source, last), f"{block} without end{block}")


def _last(pattern: str, source: str) -> int:
    return max((match.start() for match in re.finditer(pattern, source)), default=-1)


def line_of(source: str, index: int) -> int:
    """The line of a character, from 1."""
    return source.count("\n", 0, max(index, 0)) + 1


def _line_of_error(error: LiquidError, source: str) -> int:
    return line_of(source, error.token.start_index) if error.token else 1


def refuse_objects(facts: Mapping[str, object]) -> None:
    """Raises TypeError for facts that are not plain data."""
    todo: list[object] = [facts]
    while todo:
        item = todo.pop()
        if isinstance(item, dict):
            todo += [each for each in item.values() if type(each) is not str]
        elif isinstance(item, list):
            todo.extend(item)
        elif not (item is None or type(item) in (str, int, float, bool, Decimal) or isinstance(item, date)):
            raise TypeError(f"facts are plain data, {type(item).__name__} is not")
