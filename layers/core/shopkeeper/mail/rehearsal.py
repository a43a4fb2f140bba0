"""The dry render: a template is tried on made-up customers when it is published, before anybody is written to.

They are made of what the template names. All of it is there, as a word, a large number, an empty list, or one of the
words that the template itself asks for; and of one more customer nothing is known. What none of the first ones can
get is refused. What the last one does not get is worth a warning: such customers would not be written to.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from liquid import BoundTemplate

from shopkeeper.mail.errors import AbsentError, Problem, RenderError
from shopkeeper.mail.facts import SAID

_VALUES: tuple[object, ...] = ("Example", 1_000_000, [])
_STREET = "high-street-1234"  # One word in small letters: it survives most filters.
_MOST_WORDS = 8
_DEEPEST = 20
_ITEMS = 10
_ASKS = re.compile(r"\{%-?\s*(?:if|elsif|unless|case|when)\b(.*?)%\}", re.DOTALL)
_WORD = re.compile(r"\"([^\"]*)\"|'([^']*)'|\b([0-9]{1,9})\b")
_NOTHING = object()


class Rehearsed(NamedTuple):
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


Render = Callable[[Mapping[str, Any]], object]
"""Raises RenderError for a customer who cannot be written to."""


def rehearse(
    renders: Collection[Render],
    templates: Collection[BoundTemplate],
    sources: Collection[str],
    least: Mapping[str, Any],
) -> Rehearsed:
    """`renders` are the parts of a letter, each tried by itself; `least` are the facts that all customers have."""
    parts = [_rehearsed(render, templates, sources, least) for render in renders]
    return Rehearsed(
        tuple(problem for part in parts for problem in part.problems),
        tuple(warning for part in parts for warning in part.warnings),
    )


def shows_street(
    read: Callable[[Mapping[str, Any]], str],
    templates: Collection[BoundTemplate],
    sources: Collection[str],
    least: Mapping[str, Any],
) -> bool:
    """Whether the sender's postal address is in the words of some letter, which `read` gives. Yes where none can be
    made: then it cannot be said that it is missing."""
    made = False
    for customer in chain(_customers(templates, sources), [least]):
        brand = {**customer.get("brand", {}), "footer_address": _STREET}
        try:
            words = read({**customer, "brand": brand})
        except RenderError:
            continue
        if _STREET in words.lower():
            return True
        made = True
    return not made


def _rehearsed(
    render: Render, templates: Collection[BoundTemplate], sources: Collection[str], least: Mapping[str, Any]
) -> Rehearsed:
    refused = _why_none(render, _customers(templates, sources))
    if refused and not any(isinstance(each, AbsentError) for each in refused):
        return Rehearsed((_problem(refused[0], ""),), ())
    warnings = [_problem(refused[0], "no customer we made up could be written to: ")] if refused else []
    unknown = _why_none(render, _poorest(templates, sources, least))[-1:]
    warnings += [_problem(each, "customers of whom nothing is known would not be written to: ") for each in unknown]
    return Rehearsed((), tuple(warnings))


def _poorest(
    templates: Collection[BoundTemplate], sources: Collection[str], least: Mapping[str, Any]
) -> Sequence[Mapping[str, Any]]:
    """Customers of whom nothing is known; but what a message says is said to them as well."""
    said = [each[SAID] for each in _customers(templates, sources) if SAID in each]
    return [{**least, SAID: each} for each in said] or [least]


def _why_none(
    render: Render, customers: Iterator[Mapping[str, Any]] | Sequence[Mapping[str, Any]]
) -> list[RenderError]:
    """Empty as soon as one of them gets a letter."""
    refused = []
    for customer in customers:
        try:
            render(customer)
        except RenderError as error:
            refused.append(error)
        else:
            return []
    return refused


def _problem(error: RenderError, before: str) -> Problem:
    return Problem(error.part, error.line, f"{before}{error}")


def _customers(templates: Collection[BoundTemplate], sources: Collection[str]) -> Iterator[Mapping[str, Any]]:
    found = [path.segments for each in templates for paths in each.analyze().globals.values() for path in paths]
    for value in (*_VALUES, *_words(sources)):
        facts: Any = {}
        for segments in found:
            facts = _with(facts, tuple(segments[:_DEEPEST]), value)
        yield facts


def _words(sources: Collection[str]) -> list[str | int]:
    asked = (word for source in sources for tag in _ASKS.finditer(source) for word in _WORD.finditer(tag[1]))
    words = dict.fromkeys(int(word[3]) if word[3] else word[1] or word[2] or "" for word in asked)
    return list(words)[:_MOST_WORDS]


def _with(held: Any, segments: Sequence[object], value: object) -> Any:
    """`held`, with the value where the path leads unless more is known of that place already."""
    if not segments:
        return value if held is _NOTHING else held
    name, rest = segments[0], segments[1:]
    if isinstance(name, str):
        table = held if isinstance(held, dict) else {}
        table[name] = _with(table.get(name, _NOTHING), rest, value)
        return table
    if isinstance(name, int):
        first = held[0] if isinstance(held, list) and held else _NOTHING
        return [_with(first, rest, value)] * _ITEMS
    return {} if held is _NOTHING else held
