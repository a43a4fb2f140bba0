"""Executions as they are shown: to the API, and to whoever looks at the local stack."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from shopkeeper import clock

if TYPE_CHECKING:
    from local.machines.executions import Execution


def listed(execution: "Execution") -> dict[str, Any]:
    told = {
        "executionArn": execution.arn,
        "name": execution.name,
        "startDate": execution.started_at,
        "stateMachineArn": execution.machine.arn,
        "status": execution.status,
        "stopDate": execution.stopped_at,
    }
    return {name: value for name, value in told.items() if value is not None}


def whole(execution: "Execution") -> dict[str, Any]:
    told = {
        "machine": execution.machine.name.removesuffix("StateMachine"),
        "name": execution.name,
        "status": execution.status,
        "state": execution.run.at,
        "started_at": text(execution.started_at),
        "next": text(execution.next) if execution.status == "RUNNING" and execution.due else None,
        "stopped_at": text(execution.stopped_at) if execution.stopped_at else None,
        "error": execution.error,
        "cause": execution.cause,
    }
    return {name: value for name, value in told.items() if value is not None}


def text(instant: float) -> str:
    return clock.to_text(datetime.fromtimestamp(instant, UTC))
