"""YAML, as far as JSON can say the same. Nobody imports this but who has YAML to read.

PyYAML takes the text apart; what its words mean is said here, by the core schema of YAML 1.2.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

MOST_DEEP = 30
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}
_WHOLE = re.compile(r"[-+]?[0-9]{1,18}")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,2})?")
_TAGS = (None, "!")


class Unread(ValueError):
    """Says where, and what is wrong there."""


def read(text: str) -> Any:
    """Raises Unread."""
    events = yaml.parse(text, Loader=yaml.CBaseLoader)
    try:
        found = [each for each in events if not isinstance(each, yaml.StreamStartEvent | yaml.StreamEndEvent)]
    except yaml.MarkedYAMLError as error:
        raise Unread(f"{_place(error.problem_mark)}: {error.problem}") from None
    except yaml.YAMLError as error:
        raise Unread(str(error)) from None
    if sum(isinstance(each, yaml.DocumentStartEvent) for each in found) != 1:
        raise Unread("it is one document")
    rest = iter(found[1:])
    return _value(next(rest), rest, 1)


def _value(event: Any, rest: Iterator[Any], depth: int) -> Any:
    """`rest` goes on behind what has been read."""
    if depth > MOST_DEEP:
        raise _unread(event, f"is deeper than {MOST_DEEP} levels")
    if isinstance(event, yaml.AliasEvent) or event.anchor:
        raise _unread(event, "anchors and aliases are not read")
    if event.tag not in _TAGS:
        raise _unread(event, "tags are not read")
    if isinstance(event, yaml.ScalarEvent):
        return event.value if event.style else _plain(event)
    if isinstance(event, yaml.SequenceStartEvent):
        return [_value(each, rest, depth + 1) for each in _until(yaml.SequenceEndEvent, rest)]
    return _mapping(rest, depth)


def _mapping(rest: Iterator[Any], depth: int) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for event in _until(yaml.MappingEndEvent, rest):
        name = _value(event, rest, depth + 1)
        if not isinstance(name, str):
            raise _unread(event, "is no name: put it in quotes")
        if name in said:
            raise _unread(event, f"{name} stands there twice")
        said[name] = _value(next(rest), rest, depth + 1)
    return said


def _until(end: type, rest: Iterator[Any]) -> Iterator[Any]:
    for event in rest:
        if isinstance(event, end):
            return
        yield event


def _plain(event: Any) -> Any:
    word = event.value
    if word in _WORDS:
        return _WORDS[word]
    if _WHOLE.fullmatch(word):
        return int(word)
    return float(word) if _NUMBER.fullmatch(word) else word


def _unread(event: Any, why: str) -> Unread:
    return Unread(f"{_place(event.start_mark)}: {why}")


def _place(mark: Any) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}" if mark else "somewhere"
