"""The functions of the language: `States.Format('{}#{}', $.id, States.MathAdd($.n, 1))`."""

import json
import re
from collections.abc import Callable
from typing import Any

from local.evaluate import TemplateError
from local.machines import paths
from local.machines.failure import Failed

_WORD, _NUMBER, _PATH = r"'((?:[^'\\]|\\.)*)'", r"(-?\d+(?:\.\d+)?)\b", rf"(\$\$?(?:{paths.STEP})*)"
_TOKEN = re.compile(rf"\s*(?:{_WORD}|{_NUMBER}|(true|false|null)\b|{_PATH}|(States\.\w+)\()")
_CONSTANTS = {"true": True, "false": False, "null": None}

Find = Callable[[str], Any]


class Intrinsic:
    """One call, read once. Raises TemplateError."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._call, end = self._read(0)
        if end != len(text.rstrip()):
            raise TemplateError(f"{text!r} goes on after its end")

    def work_out(self, find: Find) -> Any:
        """`find` gives what is at a path. Raises Failed."""
        return self._call(find)

    def _read(self, at: int) -> tuple[Callable[[Find], Any], int]:
        found = _TOKEN.match(self._text, at)
        if not found:
            raise TemplateError(f"{self._text!r} cannot be read from {self._text[at:]!r}")
        text, number, word, path, name = found.groups()
        if name:
            return self._read_call(name, found.end())
        if path:
            paths.parse(path)
            return lambda find: find(path), found.end()
        value = _CONSTANTS[word] if word else json.loads(number) if number else re.sub(r"\\(.)", r"\1", text)
        return lambda _find: value, found.end()

    def _read_call(self, name: str, at: int) -> tuple[Callable[[Find], Any], int]:
        if name not in FUNCTIONS:
            raise TemplateError(f"{name} is no function that the local stack knows")
        arguments = []
        while self._text[at : at + 1] != ")":
            argument, at = self._read(at)
            arguments.append(argument)
            at = re.compile(r"\s*,?\s*").match(self._text, at).end()  # type: ignore[union-attr]  # It takes nothing, too.
        return lambda find: _work_out(name, [argument(find) for argument in arguments]), at + 1


def _work_out(name: str, arguments: list[Any]) -> Any:
    try:
        return FUNCTIONS[name](*arguments)
    except (TypeError, ValueError, KeyError, IndexError) as error:
        raise Failed("States.IntrinsicFailure", f"{name}: {error}") from error


def _format(template: str, *values: Any) -> str:
    parts = template.split("{}")
    texts = [value if isinstance(value, str) else json.dumps(value) for value in values]
    return "".join(part + text for part, text in zip(parts, [*texts, ""], strict=True))


def _range(first: int, last: int, step: int) -> list[int]:
    found = list(range(first, last + (1 if step > 0 else -1), step))
    if len(found) > 1000:
        raise ValueError("more than 1000 elements")
    return found


def _partition(items: list[Any], size: int) -> list[list[Any]]:
    return [items[at : at + size] for at in range(0, len(items), size)]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "States.Array": lambda *values: list(values),
    "States.ArrayContains": lambda items, value: value in items,
    "States.ArrayGetItem": lambda items, index: items[index],
    "States.ArrayLength": len,
    "States.ArrayPartition": _partition,
    "States.ArrayRange": _range,
    "States.Format": _format,
    "States.JsonMerge": lambda left, right, _deep: {**left, **right},
    "States.JsonToString": lambda value: json.dumps(value, separators=(",", ":")),
    "States.MathAdd": lambda left, right: left + right,
    "States.StringSplit": lambda text, splitter: [part for part in re.split(f"[{re.escape(splitter)}]", text) if part],
    "States.StringToJson": json.loads,
}
