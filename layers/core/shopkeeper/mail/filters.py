"""The filters of our Liquid, each behind a guard.

The engine limits what a template puts out and keeps, not what one filter hands to the next: nine `replace` in a row
build a gigabyte. So what goes into a filter is weighed first, and what all filters of one rendering weigh is limited.
"""

import functools
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from liquid import Environment, Markup
from liquid.exceptions import FilterArgumentError, FilterError, LiquidError, UndefinedError
from liquid.filter import with_context
from liquid.undefined import is_undefined

HEAVIEST = 200_000
"""Characters that may go into one filter, with its arguments."""
HEAVIEST_INTEGER = 4096
"""Bits: far more than any amount, and its text stays under Python's own limit."""
_ITEM = 100
_MATHS = frozenset("abs at_least at_most ceil divided_by floor minus modulo plus round times".split())
_OTHERS = frozenset(
    """append capitalize compact concat default downcase escape escape_once find find_index first has join last lstrip
    map newline_to_br prepend reject remove remove_first remove_last replace replace_first replace_last reverse rstrip
    size slice sort sort_natural split squish strip strip_newlines sum truncate truncatewords uniq upcase url_encode
    where""".split()
)
_TAG = re.compile(r"<[^<>]*>")
_DATE_FORMAT = re.compile(r"(?:[^%]|%[-_^]?[A-Za-z%])*")
_LONGEST_DATE_FORMAT = 100


def install(environment: Environment) -> None:
    """Leaves the filters named here and no others, `date` and `strip_html` in our own versions."""
    known = dict(environment.filters)
    environment.filters.clear()
    for name in _MATHS | _OTHERS:
        environment.add_filter(name, _guarded(name, known[name]))
    environment.add_filter("date", _guarded("date", _date))
    environment.add_filter("strip_html", _guarded("strip_html", _strip_html))


def weight(value: object) -> int:
    """Characters, roughly, that it takes to write a value down; counted no further than one more than is allowed."""
    total, todo = 0, [value]
    while todo and total <= HEAVIEST:
        item = todo.pop()
        if isinstance(item, str):
            total += len(item)
        elif isinstance(item, range):
            total += _ITEM * min(max(item.stop - item.start, 0), HEAVIEST)
        elif isinstance(item, list | tuple):
            total += _ITEM * len(item)
            todo.extend(item if total <= HEAVIEST else ())
        elif isinstance(item, Mapping) and not is_undefined(item):
            total += _ITEM * len(item)
            todo.extend(item.values() if total <= HEAVIEST else ())
        else:
            total += _scalar(item)
    return total


def _scalar(item: object) -> int:
    too_long = isinstance(item, int) and item.bit_length() > HEAVIEST_INTEGER
    return HEAVIEST + 1 if too_long else 1


def _guarded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    takes_environment = getattr(function, "with_environment", False)

    @functools.wraps(function)
    def guard(value: object, *args: object, context: Any, **kwargs: object) -> object:
        context.spend(_load(name, value, (*args, *kwargs.values())))
        if name in _MATHS:
            value, args = _number(value), tuple(map(_number, args))
        if takes_environment:
            kwargs["environment"] = context.env
        try:
            return function(value, *args, **kwargs)
        except UndefinedError:
            raise
        except (LiquidError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            raise FilterArgumentError(f"{name}: cannot be applied to this value", token=None) from None

    guard.with_environment = False  # type: ignore[attr-defined]  # `wraps` copied it; the guard passes it on itself.
    return with_context(guard)


def _load(name: str, value: object, args: tuple[object, ...]) -> int:
    load = weight([value, *args])
    if load <= HEAVIEST:
        load += _growth(name, value, args)
    if load > HEAVIEST:
        raise FilterError(f"{name}: more than {HEAVIEST} characters in one filter", token=None)
    return load


def _growth(name: str, value: object, args: tuple[object, ...]) -> int:
    """What the result can weigh beyond what went in."""
    if name == "replace" and len(args) > 1:
        return str(value).count(str(args[0])) * weight(args[1])
    if name == "join" and isinstance(value, list | tuple | range):
        return len(value) * weight(args[0] if args else " ")
    return 0


def _number(value: object) -> object:
    """The engine's arithmetic takes a Decimal for nothing at all."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _strip_html(value: object) -> str:
    text = value if isinstance(value, str) else str(value)
    stripped = _TAG.sub("", text)
    return Markup(stripped) if isinstance(text, Markup) else stripped


def _date(value: object, form: object = "%Y-%m-%d") -> str:
    """Reads ISO 8601 text, dates and instants, and seconds since 1970; anything else comes back as it is.

    There is no `now`: what time it is must be a fact, or one mail could not be made twice.
    """
    if is_undefined(value) or value is None:
        return ""
    moment = _moment(value)
    if moment is None:
        return str(value)
    form = str(form)
    if len(form) > _LONGEST_DATE_FORMAT or not _DATE_FORMAT.fullmatch(form):
        raise FilterArgumentError("date: the format is not known", token=None)
    return moment.strftime(form)


def _moment(value: object) -> date | None:
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        return datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError):
        return None
