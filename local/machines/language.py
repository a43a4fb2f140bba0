"""What of the language the local stack runs. Anything else is refused when it starts, by the name of the state."""

from collections.abc import Iterator
from typing import Any

from local.evaluate import TemplateError
from local.machines import paths, payloads
from local.machines.choices import COMPARISONS
from local.machines.services import SERVICES

INVOKE = "arn:aws:states:::lambda:invoke"

TASKS = {INVOKE: {"FunctionName", "Payload"}, **{name: service.parameters for name, service in SERVICES.items()}}

_EVERY = {"Type", "Comment", "InputPath", "OutputPath"}
_ON = {"Next", "End"}
_RESULT = {"ResultPath", "ResultSelector", "Retry", "Catch"}
# The TimeoutSeconds of a Task never pass: a function is called in no time of the clock.
_FIELDS = {
    "Choice": _EVERY | {"Choices", "Default"},
    "Fail": {"Type", "Comment", "Error", "Cause"},
    "Map": _EVERY | _ON | _RESULT | {"ItemProcessor", "ItemSelector", "ItemsPath", "MaxConcurrency"},
    "Pass": _EVERY | _ON | {"Parameters", "Result", "ResultPath"},
    "Succeed": _EVERY,
    "Task": _EVERY | _ON | _RESULT | {"Parameters", "Resource", "TimeoutSeconds"},
    "Wait": _EVERY | _ON | {"Seconds", "SecondsPath", "Timestamp", "TimestampPath"},
}
_MACHINE = {"Comment", "QueryLanguage", "StartAt", "States", "TimeoutSeconds", "Version"}
_PATHS = {"InputPath", "ItemsPath", "OutputPath", "ResultPath", "SecondsPath", "TimestampPath"}
_PAYLOADS = {"ItemSelector", "Parameters", "ResultSelector"}
_RETRY = {
    "BackoffRate",
    "Comment",
    "ErrorEquals",
    "IntervalSeconds",
    "JitterStrategy",
    "MaxAttempts",
    "MaxDelaySeconds",
}
_CATCH = {"Comment", "ErrorEquals", "Next", "ResultPath"}
_RULE = {"Comment", "Next"}


def check(machine: str, definition: dict[str, Any]) -> None:
    """Raises TemplateError."""
    _only(machine, definition, _MACHINE)
    if definition.get("QueryLanguage", "JSONPath") != "JSONPath":
        raise TemplateError(f"{machine} is written in {definition['QueryLanguage']}; the local stack reads JSONPath")
    _check_block(machine, definition)


def _check_block(where: str, block: dict[str, Any]) -> None:
    states = block["States"]
    for name, state in states.items():
        _check_state(f"{name} of {where}", state)
        for target in _targets(state):
            if target not in states:
                raise TemplateError(f"{name} of {where} leads to {target}, which is not there")
    if block["StartAt"] not in states:
        raise TemplateError(f"{where} starts at {block['StartAt']}, which is not there")


def _check_state(where: str, state: dict[str, Any]) -> None:
    kind = state["Type"]
    if kind not in _FIELDS:
        raise TemplateError(f"{where} is a {kind}, which the local stack does not run")
    _only(where, state, _FIELDS[kind])
    for name in _PATHS & state.keys():
        if state[name] is not None:
            paths.parse(state[name])
    for name in _PAYLOADS & state.keys():
        payloads.check(state[name])
    for retry in state.get("Retry", []):
        _only(f"Retry of {where}", retry, _RETRY)
    for catch in state.get("Catch", []):
        _only(f"Catch of {where}", catch, _CATCH)
    for rule in _rules(state.get("Choices", [])):
        _check_rule(where, rule)
    _check_kind(where, state)


def _check_kind(where: str, state: dict[str, Any]) -> None:
    if state["Type"] == "Task":
        _only(f"Parameters of {where}", state["Parameters"], _parameters(where, state["Resource"]))
    if state["Type"] == "Map":
        mode = state["ItemProcessor"].get("ProcessorConfig", {"Mode": "INLINE"})
        _only(where, state["ItemProcessor"], {"ProcessorConfig", "StartAt", "States"})
        if mode != {"Mode": "INLINE"}:
            raise TemplateError(f"{where} is a Map that is not inline, which the local stack does not run")
        _check_block(where, state["ItemProcessor"])


def _parameters(where: str, resource: str) -> set[str]:
    """Raises TemplateError."""
    if resource not in TASKS:
        raise TemplateError(f"{where} calls {resource}; the local stack runs {', '.join(sorted(TASKS))} only")
    return {form for name in TASKS[resource] for form in (name, f"{name}.$")}


def _check_rule(where: str, rule: dict[str, Any]) -> None:
    if {"And", "Or", "Not"} & rule.keys():
        _only(f"a choice of {where}", rule, _RULE | {"And", "Or", "Not"})
        return
    comparison = rule.keys() - _RULE - {"Variable"}
    if len(comparison) != 1 or not comparison <= COMPARISONS:
        raise TemplateError(f"a choice of {where} compares by {', '.join(sorted(comparison))}, which is not known")
    paths.parse(rule["Variable"])


def _rules(rules: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Those in others, too."""
    for rule in rules:
        yield rule
        yield from _rules([*rule.get("And", []), *rule.get("Or", []), *([rule["Not"]] if "Not" in rule else [])])


def _targets(state: dict[str, Any]) -> Iterator[str]:
    for part in [state, *state.get("Catch", []), *state.get("Choices", [])]:
        yield from (part[name] for name in ("Next", "Default") if name in part)


def _only(where: str, given: dict[str, Any], known: set[str]) -> None:
    if unknown := given.keys() - known:
        raise TemplateError(f"{where} has {', '.join(sorted(unknown))}, which the local stack does not run")
