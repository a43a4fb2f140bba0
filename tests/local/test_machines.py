"""State machines as the bundle in miniature runs one: over the API, in turn with all else, on the virtual clock."""

import json
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from local.faults import FAULTS


@pytest.fixture
def machine(stack):
    return stack.client("stepfunctions"), "arn:aws:states:eu-central-1:123456789012:stateMachine:RoundsStateMachine"


def start(machine, *names, rounds=1, wait=60, **options):
    states, arn = machine
    said = json.dumps({"names": names, "rounds": rounds, "wait": wait})
    return states.start_execution(stateMachineArn=arn, input=said, **options)["executionArn"]


def shown(stack):
    return stack.state()["executions"][0]


def next_step(stack):
    assert stack.advance_to_next()
    stack.settle()


def test_a_machine_runs_up_to_its_wait_and_no_further(stack, machine, printed):
    start(machine, "a", "b", "c")
    assert printed("StepsFunction") == []
    stack.settle()
    assert printed("StepsFunction") == ["a", "b", "c"]
    assert stack.settle() == 0
    assert shown(stack).items() >= {"machine": "Rounds", "status": "RUNNING", "state": "Watch"}.items()


def test_the_clock_goes_to_the_end_of_a_wait(stack, machine):
    execution = start(machine, "a", wait=3600)
    stack.settle()
    due = stack.next_due()
    assert timedelta(minutes=59) < due - stack.clock.now() <= timedelta(hours=1, seconds=1)
    next_step(stack)
    told = machine[0].describe_execution(executionArn=execution)
    assert (told["status"], json.loads(told["output"])) == ("SUCCEEDED", [{"name": "a", "answer": {"length": 1}}])
    assert told["stopDate"] - told["startDate"] >= timedelta(hours=1)
    assert stack.next_due() is None


def test_a_machine_goes_round_and_two_of_them_take_turns(stack, machine, printed):
    for name in ("one", "two"):
        start(machine, f"{name} x", f"{name} y", rounds=2, name=name)
    stack.settle()
    while stack.advance_to_next():
        stack.settle()
    calls = printed("StepsFunction")
    assert calls[:4] == ["one x", "two x", "one y", "two y"]
    assert sorted(calls[4:]) == sorted(calls[:4])


def test_what_fails_is_tried_again_when_its_pause_is_over_while_others_go_on(stack, machine, printed):
    execution = start(machine, "again", "b", "c")
    stack.settle()
    assert printed("StepsFunction") == ["again", "b", "c"]
    assert 5 < (stack.next_due() - stack.clock.now()).total_seconds() <= 10.1
    next_step(stack)
    assert 25 < (stack.next_due() - stack.clock.now()).total_seconds() <= 30.1
    next_step(stack)
    next_step(stack)
    answers = json.loads(machine[0].describe_execution(executionArn=execution)["output"])
    assert printed("StepsFunction").count("again") == 3
    assert answers[0] == {"failed": "TryAgain"}


def test_a_crash_of_a_function_is_a_failure_like_others(stack, machine):
    FAULTS.crash("before", function="StepsFunction")
    start(machine, "raise")
    stack.settle()
    next_step(stack)
    assert shown(stack)["status"] == "SUCCEEDED"


def test_a_name_starts_one_execution(stack, machine):
    first = start(machine, "a", name="once")
    assert start(machine, "a", name="once") == first
    with pytest.raises(machine[0].exceptions.ExecutionAlreadyExists):
        start(machine, "b", name="once")
    stack.settle()
    next_step(stack)
    with pytest.raises(machine[0].exceptions.ExecutionAlreadyExists):
        start(machine, "a", name="once")


def test_without_a_name_each_start_is_one_execution(stack, machine):
    assert start(machine, "a") != start(machine, "a")
    states, arn = machine
    assert len(states.list_executions(stateMachineArn=arn)["executions"]) == 2


def test_an_execution_can_be_stopped(stack, machine, printed):
    execution = start(machine, "a", rounds=2)
    stack.settle()
    machine[0].stop_execution(executionArn=execution, error="Cancelled", cause="by a marketer")
    assert stack.next_due() is None
    told = machine[0].describe_execution(executionArn=execution)
    assert (told["status"], told["error"], told["cause"]) == ("ABORTED", "Cancelled", "by a marketer")
    assert printed("StepsFunction") == ["a"]
    states, arn = machine
    assert states.list_executions(stateMachineArn=arn, statusFilter="RUNNING")["executions"] == []


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"stateMachineArn": "arn:aws:states:eu-central-1:123456789012:stateMachine:No"}, "StateMachineDoesNotExist"),
        ({"name": "no/slash"}, "InvalidName"),
        ({"name": "x" * 81}, "InvalidName"),
        ({"input": "{"}, "InvalidExecutionInput"),
        ({"input": json.dumps("x" * 262_144)}, "InvalidExecutionInput"),
    ],
)
def test_what_step_functions_would_refuse_is_refused(machine, asked, code):
    states, arn = machine
    with pytest.raises(ClientError) as refused:
        states.start_execution(**{"stateMachineArn": arn, **asked})
    assert refused.value.response["Error"]["Code"] == code


def test_a_call_that_is_not_run_is_an_error_that_names_it(machine):
    with pytest.raises(ClientError, match="ListStateMachines"):
        machine[0].list_state_machines()


def test_step_functions_refuse_as_often_as_asked(stack, machine):
    stack.request("POST", "/_local/fail", json={"service": "states", "times": 10})
    with pytest.raises(ClientError, match="as asked for"):
        start(machine, "a")
    assert stack.state()["executions"] == []
