"""An execution is started once, however often it is asked for."""

import json

import boto3
import pytest
from moto import mock_aws

from shopkeeper.aws.clients import Unavailable
from shopkeeper.aws.states import Machine
from tests.launch_world import ASL


@pytest.fixture
def states():
    with mock_aws():
        yield boto3.client("stepfunctions", region_name="us-east-1")


@pytest.fixture
def arn(states):
    role = "arn:aws:iam::123456789012:role/r"
    return states.create_state_machine(name="m", definition=json.dumps(ASL), roleArn=role)["stateMachineArn"]


def test_starting_what_was_started_before_is_success_and_starts_nothing(states, arn):
    machine = Machine(states, arn)

    machine.start("spring-1-1", {"launch": "spring-1", "attempt": 1})
    machine.start("spring-1-1", {"attempt": 1, "launch": "spring-1"})
    machine.start("spring-1-2", {"launch": "spring-1", "attempt": 2})
    states.stop_execution(executionArn=arn.replace("stateMachine", "execution") + ":spring-1-1")
    machine.start("spring-1-1", {"launch": "spring-1", "attempt": 1})

    names = [each["name"] for each in states.list_executions(stateMachineArn=arn)["executions"]]
    assert sorted(names) == ["spring-1-1", "spring-1-2"]


def test_what_time_will_heal_is_told_apart_from_what_it_will_not(states):
    class Busy:
        def start_execution(self, **_):
            raise states.exceptions.ClientError({"Error": {"Code": "ThrottlingException"}}, "StartExecution")

    with pytest.raises(Unavailable):
        Machine(Busy(), "arn").start("n", {})
    with pytest.raises(states.exceptions.StateMachineDoesNotExist):
        Machine(states, "arn:aws:states:us-east-1:123456789012:stateMachine:none").start("n", {})
