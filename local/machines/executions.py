"""Machines and their executions, as the API and the clock see them."""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import boto3

from local.emulator.account import arn
from local.emulator.own import Refused
from local.functions import Function, FunctionError
from local.machines import shown
from local.machines.failure import Failed
from local.machines.services import Client
from local.machines.states import MAX_BYTES, Run, Steps, block

EXPRESS_S = 300.0
"""So long an express execution may take."""
MOST_EXPRESS = 50
_NAME = re.compile(r"[^\x00-\x20\x7f-\x9f<>{}\[\]?*\"#%\\^|~`$&,;:/]{1,80}")


@dataclass(frozen=True, slots=True)
class Machine:
    name: str
    arn: str
    definition: Mapping[str, Any]
    is_express: bool = False


@dataclass(slots=True)
class Execution:
    arn: str
    name: str
    machine: Machine
    input: str
    started_at: float
    run: Run
    steps: Steps
    due: float = 0.0
    turn: int = 0
    status: str = "RUNNING"
    stopped_at: float | None = None
    output: Any = None
    error: str | None = None
    cause: str | None = None

    @property
    def deadline(self) -> float:
        longest = EXPRESS_S if self.machine.is_express else float("inf")
        return self.started_at + min(longest, float(self.machine.definition.get("TimeoutSeconds", "inf")))

    @property
    def next(self) -> float:
        return min(self.due, self.deadline)

    @property
    def is_well(self) -> bool:
        return self.status == "SUCCEEDED"

    def close(self, status: str, **said: Any) -> None:
        self.status, self.stopped_at = status, time.time()
        self.steps.close()
        for name, value in said.items():
            setattr(self, name, value)


class Machines:
    """Both the service that is called and the pump: a step is one state of one execution, or one part of it."""

    is_unsteady = False

    def __init__(self, functions: Mapping[str, Function], client: Client = boto3.client) -> None:
        self._functions, self._client = functions, client
        self._machines: dict[str, Machine] = {}
        self._executions: dict[str, Execution] = {}
        self._turns = 0
        self._started = 0

    def add(self, name: str, definition: Mapping[str, Any], *, is_express: bool = False) -> Machine:
        machine = Machine(name, arn("states", f"stateMachine:{name}"), definition, is_express)
        self._machines[machine.arn] = machine
        return machine

    def call(self, operation: str, given: dict[str, Any]) -> dict[str, Any]:
        if operation not in _OPERATIONS:
            raise Refused("UnknownOperationException", f"the local stack does not run {operation} of Step Functions")
        return _OPERATIONS[operation](self, given)

    def step(self) -> bool:
        now = time.time()
        due = [execution for execution in self._running() if execution.next <= now]
        if not due:
            return False
        self._turns += 1
        execution = min(due, key=lambda each: (each.next, each.turn))
        execution.turn = self._turns
        self._go_on(execution, now)
        return True

    def next_due(self) -> float | None:
        return min((execution.next for execution in self._running()), default=None)

    def state(self) -> list[dict[str, Any]]:
        """Newest first."""
        return [shown.whole(execution) for execution in reversed(list(self._executions.values()))]

    def _running(self) -> list[Execution]:
        return [execution for execution in self._executions.values() if execution.status == "RUNNING"]

    def _go_on(self, execution: Execution, now: float) -> None:
        if execution.deadline <= now:
            execution.close("TIMED_OUT", error="States.Timeout")
            return
        try:
            execution.due = next(execution.steps)
        except StopIteration as done:
            execution.close("SUCCEEDED", output=done.value)
        except Failed as failure:
            execution.close("FAILED", error=failure.error, cause=failure.cause)

    def _invoke(self, name: str, payload: Any) -> Any:
        function = self._functions.get(name.removesuffix(":$LATEST").rpartition(":")[2])
        if function is None:
            raise Failed("Lambda.ResourceNotFoundException", f"Function not found: {name}")
        try:
            return function.invoke(payload)
        except FunctionError as error:
            raise Failed(error.payload["errorType"], json.dumps(error.payload)) from error

    def _start(self, given: dict[str, Any]) -> dict[str, Any]:
        machine = self._machine(given["stateMachineArn"])
        name = given.get("name") or str(uuid5(NAMESPACE_URL, f"{machine.arn}/{len(self._executions)}"))
        execution = self._begin(machine, name, given.get("input", "{}"))
        return {"executionArn": execution.arn, "startDate": execution.started_at}

    def _begin(self, machine: Machine, name: str, text: str) -> Execution:
        if not _NAME.fullmatch(name):
            raise Refused("InvalidName", f"Invalid Name: '{name}'")
        if machine.is_express:
            return self._keep(self._new(machine, name, text, _read(text), self._express(machine, name)))
        known = self._executions.get(_own(machine, name))
        if known and known.status == "RUNNING" and known.input == text:
            return known
        if known:
            raise Refused("ExecutionAlreadyExists", f"Execution Already Exists: '{known.arn}'")
        return self._keep(self._new(machine, name, text, _read(text), _own(machine, name)))

    def _express(self, machine: Machine, name: str) -> str:
        """Of an express machine as many executions as are started have one name; each is one of its own."""
        self._started += 1
        return arn("states", f"express:{machine.name}:{name}:{uuid5(NAMESPACE_URL, f'{name}/{self._started}')}")

    def _keep(self, execution: Execution) -> Execution:
        """Of express ones that went well only the newest, as a shop has thousands of them."""
        self._executions[execution.arn] = execution
        ended = [each.arn for each in self._executions.values() if each.machine.is_express and each.is_well]
        for each in ended[:-MOST_EXPRESS]:
            del self._executions[each]
        return execution

    def _new(self, machine: Machine, name: str, text: str, data: Any, own: str) -> Execution:
        now = time.time()
        about = {
            "Execution": {"Id": own, "Input": data, "Name": name, "StartTime": shown.text(now)},
            "StateMachine": {"Id": machine.arn, "Name": machine.name},
        }
        run = Run(self._invoke, time.time, about, as_text=shown.text, client=self._client)
        return Execution(own, name, machine, text, now, run, block(run, machine.definition, data, {}))

    def _stop(self, given: dict[str, Any]) -> dict[str, Any]:
        execution = self._execution(given["executionArn"])
        if execution.status == "RUNNING":
            execution.close("ABORTED", error=given.get("error"), cause=given.get("cause"))
        return {"stopDate": execution.stopped_at}

    def _describe(self, given: dict[str, Any]) -> dict[str, Any]:
        execution = self._execution(given["executionArn"])
        output = json.dumps(execution.output) if execution.status == "SUCCEEDED" else None
        told = shown.listed(execution) | {"input": execution.input, "output": output}
        told |= {"error": execution.error, "cause": execution.cause}
        return {name: value for name, value in told.items() if value is not None}

    def _list(self, given: dict[str, Any]) -> dict[str, Any]:
        machine, status = self._machine(given["stateMachineArn"]), given.get("statusFilter")
        if machine.is_express:
            raise Refused("StateMachineTypeNotSupported", "Express machines do not say what became of their executions")
        found = [each for each in reversed(list(self._executions.values())) if each.machine is machine]
        return {"executions": [shown.listed(each) for each in found if status in (None, each.status)]}

    def _machine(self, machine_arn: str) -> Machine:
        if machine_arn not in self._machines:
            raise Refused("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{machine_arn}'")
        return self._machines[machine_arn]

    def _execution(self, execution_arn: str) -> Execution:
        if ":express:" in execution_arn:
            raise Refused("InvalidArn", f"Invalid Arn: '{execution_arn}' is of an express execution")
        if execution_arn not in self._executions:
            raise Refused("ExecutionDoesNotExist", f"Execution Does Not Exist: '{execution_arn}'")
        return self._executions[execution_arn]


_OPERATIONS: dict[str, Callable[[Machines, dict[str, Any]], dict[str, Any]]] = {
    "DescribeExecution": Machines._describe,
    "ListExecutions": Machines._list,
    "StartExecution": Machines._start,
    "StopExecution": Machines._stop,
}


def _own(machine: Machine, name: str) -> str:
    return arn("states", f"execution:{machine.name}:{name}")


def _read(text: str) -> Any:
    try:
        data = json.loads(text)
    except ValueError as error:
        raise Refused("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{error}'") from error
    if len(text.encode()) > MAX_BYTES:
        raise Refused("InvalidExecutionInput", "The input is too long")
    return data
