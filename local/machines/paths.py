"""JSONPath, as far as it names one place, or all members of one list: `$.a['b c'][0]`, `$.items[*].id`."""

import re
from functools import cache
from typing import Any

from local.evaluate import TemplateError
from local.machines.failure import RUNTIME, Failed

STEP = r"\.\w+|\['[^'\]]+'\]|\[\d+\]|\[\*\]"

_NAMED = re.compile(r"\.(\w+)|\['([^'\]]+)'\]|\[(\d+)\]|\[(\*)\]")

Step = str | int
ALL = "*"


@cache
def parse(path: str) -> tuple[Step, ...]:
    """The steps after the `$`, or `$$`. Raises TemplateError."""
    rest = path.removeprefix("$").removeprefix("$")
    found = list(_NAMED.finditer(rest))
    if not path.startswith("$") or "".join(step[0] for step in found) != rest:
        raise TemplateError(f"{path!r} is no path that the local stack knows")
    return tuple(int(step[3]) if step[3] else step[1] or step[2] or ALL for step in found)


def find(path: str, data: Any, context: Any) -> Any:
    """Raises Failed if there is no such place. A path with `[*]` gives a list."""
    try:
        return _walk(parse(path), context if path.startswith("$$") else data)
    except (KeyError, IndexError, TypeError):
        raise Failed(RUNTIME, f"The JSONPath '{path}' could not be found in the input") from None


def is_there(path: str, data: Any, context: Any) -> bool:
    try:
        find(path, data, context)
    except Failed:
        return False
    return True


def put(path: str, data: Any, value: Any) -> Any:
    """A copy of `data` with the value at that place. Raises Failed if something there is in the way."""
    return _put(parse(path), data, value, path)


def _walk(steps: tuple[Step, ...], data: Any) -> Any:
    for place, step in enumerate(steps):
        if step == ALL:
            members = data if isinstance(data, list) else list(data.values())
            return [_walk(steps[place + 1 :], member) for member in members]
        if isinstance(data, list) != isinstance(step, int):
            raise KeyError(step)
        data = data[step]
    return data


def _put(steps: tuple[Step, ...], data: Any, value: Any, path: str) -> Any:
    if not steps:
        return value
    if not isinstance(data, dict) or not isinstance(steps[0], str):
        raise Failed("States.ResultPathMatchFailure", f"Unable to apply {path} to the input")
    return data | {steps[0]: _put(steps[1:], data.get(steps[0], {}), value, path)}
