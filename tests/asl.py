"""Runs a state machine from its file, as far as our machines go: so tests drive what is deployed, and count its states.

Nothing is waited for: `run` gives up its thread at each Wait and after each crash of the machine itself.
"""

import json


class Failed(Exception):
    """The execution ended in a Fail state; its argument is the error."""


class Machine:
    """`functions` maps what stands for a function in the file, e.g. `CampaignPlanFunctionArn`, to a callable."""

    def __init__(self, definition, functions):
        self.definition, self.functions = definition, functions
        self.transitions = 0
        self.retries = 0

    def run(self, said):
        """A generator: yields the seconds of each Wait."""
        self.transitions += 1  # Billed for the start, as the most expensive reading of the price list has it.
        yield from self._states(self.definition, said)

    def _states(self, machine, data):
        name = machine["StartAt"]
        while True:
            state = machine["States"][name]
            self.transitions += 1
            if state["Type"] == "Succeed":
                return data
            if state["Type"] == "Fail":
                raise Failed(state["Error"])
            if state["Type"] == "Wait":
                yield resolve(state["SecondsPath"], data)
            name, data = yield from self._next(state, data)

    def _next(self, state, data):
        if state["Type"] == "Choice":
            return chosen(state, data), data
        if state["Type"] == "Wait":
            return state["Next"], data
        try:
            result = yield from self._work(state, data)
        except Exception as problem:
            (catch,) = state["Catch"]
            said = {"Error": str(problem) if isinstance(problem, Failed) else type(problem).__name__}
            return catch["Next"], data | {catch["ResultPath"].removeprefix("$."): said}
        return state["Next"], result

    def _work(self, state, data):
        if state["Type"] == "Map":
            return (yield from self._map(state, data))
        (retry,) = state["Retry"]
        for left in reversed(range(retry["MaxAttempts"] + 1)):
            try:
                payload = self._invoke(filled(state["Parameters"], data, {}))
                return payload if state.get("OutputPath") == "$.Payload" else {"Payload": payload}
            except Exception:
                if not left:
                    raise
                self.retries += 1
                self.transitions += 1
        raise AssertionError

    def _invoke(self, parameters):
        function = self.functions[parameters["FunctionName"].strip("${}")]
        return json.loads(json.dumps(function(json.loads(json.dumps(parameters["Payload"])))))

    def _map(self, state, data):
        results = []
        for item in resolve(state["ItemsPath"], data):
            given = filled(state["ItemSelector"], data, {"Map": {"Item": {"Value": item}}})
            results.append((yield from self._states(state["ItemProcessor"], given)))
        return data if state["ResultPath"] is None else data | {state["ResultPath"].removeprefix("$."): results}


def chosen(state, data):
    for choice in state["Choices"]:
        (wanted,) = (value for key, value in choice.items() if key.endswith("Equals"))
        if resolve(choice["Variable"], data) == wanted:
            return choice["Next"]
    return state["Default"]


def filled(template, data, context):
    if not isinstance(template, dict):
        return template
    return {
        key.removesuffix(".$"): resolve(value, data, context) if key.endswith(".$") else filled(value, data, context)
        for key, value in template.items()
    }


def resolve(path, data, context=None):
    if path.startswith("States.ArrayLength("):
        return len(resolve(path[len("States.ArrayLength(") : -1], data, context))
    found = context if path.startswith("$$") else data
    for step in path.lstrip("$").split(".")[1:]:
        found = found[step]
    return found
