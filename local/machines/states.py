"""What each state does. Each is a generator: it yields the instants (seconds since 1970) before which it cannot go
on, and returns its result."""

import json
from collections import Counter, deque
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import boto3

from local.machines import choices, paths, payloads
from local.machines.failure import RUNTIME, TOO_LARGE, Failed, is_meant
from local.machines.services import SERVICES, Client

Steps = Generator[float, None, Any]
State = Mapping[str, Any]

AT_ONCE = 0.0
MAX_BYTES = 262_144
MAX_HISTORY = 25_000
_EVENTS = {"Task": 5, "Map": 4}
"""How many entries a state of that kind makes in the history of an execution; two where it is not said."""


@dataclass(slots=True)
class Run:
    """What the states of one execution share."""

    invoke: Callable[[str, Any], Any]  # By the name of a function; raises Failed.
    now: Callable[[], float]
    about: dict[str, Any]  # `$$.Execution` and `$$.StateMachine`.
    at: str = ""  # The state that was entered last.
    history: int = 1
    as_text: Callable[[float], str] = field(default=str)
    client: Client = boto3.client

    def enter(self, name: str, state: State) -> dict[str, Any]:
        """What `$$.State` is from now on. Raises Failed when the history is full."""
        self.at = name
        self.history += _EVENTS.get(state["Type"], 2)
        if self.history > MAX_HISTORY:
            raise Failed(RUNTIME, f"The execution reached the maximum number of history events ({MAX_HISTORY}).")
        return {"Name": name, "EnteredTime": self.as_text(self.now()), "RetryCount": 0}


def block(run: Run, states: State, data: Any, around: dict[str, Any]) -> Steps:
    """A whole machine, or one iteration of a Map, which `around` tells about. Raises Failed."""
    name = states["StartAt"]
    while name:
        state = states["States"][name]
        context = run.about | around | {"State": run.enter(name, state)}
        data, name = yield from _with_retries(run, state, data, context)
        _weigh(data)
        yield AT_ONCE
    return data


def _with_retries(run: Run, state: State, data: Any, context: dict[str, Any]) -> Steps:
    """The output, and the name of the next state or None."""
    tries: Counter[int] = Counter()
    while True:
        try:
            return (yield from _attempt(run, state, data, context))
        except Failed as failure:
            number = _find(state.get("Retry", []), failure)
            if number is None or tries[number] >= state["Retry"][number].get("MaxAttempts", 3):
                return _caught(state, data, failure)
            yield run.now() + _pause(state["Retry"][number], tries[number])
            tries[number] += 1
            context["State"]["RetryCount"] += 1
            run.history += _EVENTS["Task"] - 2


def _pause(retry: State, tries: int) -> float:
    """Of a random pause, the longest."""
    grown = retry.get("IntervalSeconds", 1) * retry.get("BackoffRate", 2.0) ** tries
    return float(min(grown, retry.get("MaxDelaySeconds", grown)))


def _caught(state: State, data: Any, failure: Failed) -> tuple[Any, str]:
    number = _find(state.get("Catch", []), failure)
    if number is None:
        raise failure
    catch = state["Catch"][number]
    error = {"Error": failure.error, "Cause": failure.cause}
    return _with_result(catch.get("ResultPath", "$"), data, error), catch["Next"]


def _find(handlers: list[State], failure: Failed) -> int | None:
    meant = (number for number, each in enumerate(handlers) if is_meant(each["ErrorEquals"], failure.error))
    return next(meant, None)


def _attempt(run: Run, state: State, data: Any, context: dict[str, Any]) -> Steps:
    given = _select(state.get("InputPath", "$"), data, context)
    if state["Type"] == "Choice":
        return _select(state.get("OutputPath", "$"), given, context), _choose(state, given, context)
    result = yield from _ACT[state["Type"]](run, state, given, context)
    if "ResultSelector" in state:
        result = payloads.fill(state["ResultSelector"], result, context)
    output = _with_result(state.get("ResultPath", "$"), data, result)
    return _select(state.get("OutputPath", "$"), output, context), state.get("Next")


def _select(path: str | None, data: Any, context: Any) -> Any:
    return {} if path is None else paths.find(path, data, context)


def _with_result(path: str | None, data: Any, result: Any) -> Any:
    return data if path is None else paths.put(path, data, result)


def _choose(state: State, given: Any, context: Any) -> str:
    for rule in state["Choices"]:
        if choices.holds(rule, given, context):
            return str(rule["Next"])
    if "Default" not in state:
        raise Failed("States.NoChoiceMatched", "Failed to transition out of the state: no choice holds")
    return str(state["Default"])


def _succeed(_run: Run, _state: State, given: Any, _context: Any) -> Steps:
    yield from ()
    return given


def _pass(_run: Run, state: State, given: Any, context: Any) -> Steps:
    yield from ()
    if "Result" in state:
        return state["Result"]
    return payloads.fill(state["Parameters"], given, context) if "Parameters" in state else given


def _fail(_run: Run, state: State, _given: Any, _context: Any) -> Steps:
    yield from ()
    raise Failed(state.get("Error", ""), state.get("Cause", ""))


def _wait(run: Run, state: State, given: Any, context: Any) -> Steps:
    said = {name: state[name] for name in _WAITS if name in state}
    said |= {name: paths.find(state[f"{name}Path"], given, context) for name in _WAITS if f"{name}Path" in state}
    [(name, value)] = said.items()
    try:
        yield _WAITS[name](run, value)
    except (TypeError, ValueError) as error:
        raise Failed(RUNTIME, f"{value!r} says no {name} to wait for") from error
    return given


_WAITS: dict[str, Callable[[Run, Any], float]] = {
    "Seconds": lambda run, seconds: run.now() + float(seconds),
    "Timestamp": lambda _run, text: datetime.fromisoformat(text).timestamp(),
}


def _task(run: Run, state: State, given: Any, context: Any) -> Steps:
    yield from ()
    asked = payloads.fill(state["Parameters"], given, context)
    _weigh(asked)
    if state["Resource"] in SERVICES:
        return SERVICES[state["Resource"]].call(run.client, asked)
    answer = run.invoke(asked["FunctionName"], asked.get("Payload", {}))
    _weigh(answer)
    return {"ExecutedVersion": "$LATEST", "Payload": answer, "StatusCode": 200}


def _map(run: Run, state: State, given: Any, context: dict[str, Any]) -> Steps:
    """The iterations take turns, the one that can go on first before the others. One that fails ends them all."""
    items = _select(state.get("ItemsPath", "$"), given, context)
    if not isinstance(items, list):
        raise Failed(RUNTIME, "A Map needs a list")
    left = deque(_iterations(run, state, given, context, items))
    results: dict[int, Any] = {}
    going: list[tuple[float, int, Steps]] = []
    while left or going:
        while left and len(going) < (state.get("MaxConcurrency") or len(items)):
            going.append((AT_ONCE, *left.popleft()))
        due, number, steps = going.pop(min(range(len(going)), key=lambda place: going[place][0]))
        yield due
        try:
            going.append((next(steps), number, steps))
        except StopIteration as done:
            results[number] = done.value
    return [results[number] for number in range(len(items))]


def _iterations(run: Run, state: State, given: Any, context: dict[str, Any], items: list[Any]) -> list[Any]:
    found = []
    for number, item in enumerate(items):
        around = {"Map": {"Item": {"Index": number, "Value": item}}}
        selected = payloads.fill(state["ItemSelector"], given, context | around) if "ItemSelector" in state else item
        found.append((number, block(run, state["ItemProcessor"], selected, around)))
    return found


def _weigh(data: Any) -> None:
    if len(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()) > MAX_BYTES:
        raise Failed(TOO_LARGE, "The state/task returned a result with a size exceeding the maximum of 262144 bytes")


_ACT: dict[str, Callable[[Run, State, Any, Any], Steps]] = {
    "Fail": _fail,
    "Map": _map,
    "Pass": _pass,
    "Succeed": _succeed,
    "Task": _task,
    "Wait": _wait,
}
