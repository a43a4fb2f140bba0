"""Run a state machine without a stack around it."""

from local.machines import language
from local.machines.states import Run, block

DATA = {"a": {"b c": [1, 2, 3]}, "items": [{"id": "x"}, {"id": "y"}], "n": 3, "text": "t", "none": None, "yes": True}


def machine(**states):
    return {"StartAt": next(iter(states)), "States": states}


def run(definition, data=DATA, invoke=None, waits=None):
    """The output; `waits` gets the instants that were waited for, with a clock that stands at 0 until then."""
    language.check("Machine", definition)
    clock = [0.0]
    steps = block(Run(invoke, lambda: clock[0], {"Execution": {"Name": "e"}}), definition, data, {})
    try:
        while True:
            due = next(steps)
            if due > clock[0]:
                clock[0] = due
                if waits is not None:
                    waits.append(due)
    except StopIteration as done:
        return done.value


def task(**fields):
    return {
        "Type": "Task",
        "Resource": language.INVOKE,
        "Parameters": {"FunctionName": "f", "Payload.$": "$"},
        **fields,
    }


def mapped(inner, **fields):
    processor = {"ProcessorConfig": {"Mode": "INLINE"}, **machine(**inner)}
    return machine(M={"Type": "Map", "ItemProcessor": processor, "ItemsPath": "$.items", "End": True, **fields})
