"""Express machines, and states that call a service without a function between."""

import json

import boto3
import pytest
from moto import mock_aws

from local.emulator.own import Refused
from local.evaluate import TemplateError
from local.machines import language
from local.machines.executions import MOST_EXPRESS, Machines
from local.machines.failure import Failed
from tests.local.machinery import machine, run, task

SEND, PUT = "arn:aws:states:::sqs:sendMessage", "arn:aws:states:::dynamodb:putItem"


@pytest.fixture
def aws():
    with mock_aws():
        yield


@pytest.fixture
def express():
    machines = Machines({})
    return machines, machines.add("Leg", machine(P={"Type": "Pass", "End": True}), is_express=True)


def start(express, name="leg"):
    machines, which = express
    return machines.call("StartExecution", {"stateMachineArn": which.arn, "name": name, "input": "{}"})["executionArn"]


def test_an_express_machine_starts_as_many_executions_of_one_name_as_are_asked_for(express):
    started = {start(express) for _ in range(3)}

    assert len(started) == 3
    while express[0].step():
        pass
    assert [each["status"] for each in express[0].state()] == ["SUCCEEDED"] * 3


def test_nobody_is_told_what_became_of_an_express_execution(express):
    machines, which = express
    for operation in ("DescribeExecution", "StopExecution"):
        with pytest.raises(Refused):
            machines.call(operation, {"executionArn": start(express)})
    with pytest.raises(Refused):
        machines.call("ListExecutions", {"stateMachineArn": which.arn})


def test_of_express_executions_that_went_well_only_the_newest_are_shown(express):
    for _ in range(MOST_EXPRESS + 20):
        start(express)
        while express[0].step():
            pass

    assert len(express[0].state()) == MOST_EXPRESS + 1


def test_a_state_sends_a_message_by_itself(aws):
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="outgoing")["QueueUrl"]
    state = task(Resource=SEND, Parameters={"QueueUrl": url, "MessageBody.$": "$.body"}, ResultPath=None, End=True)

    assert run(machine(S=state), {"body": "hello"}) == {"body": "hello"}
    assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "hello"


def test_a_condition_that_does_not_hold_is_an_error_that_a_state_may_catch(aws):
    keys = [{"AttributeName": "task", "KeyType": "HASH"}]
    kinds = [{"AttributeName": "task", "AttributeType": "S"}]
    tables = boto3.client("dynamodb")
    tables.create_table(TableName="records", KeySchema=keys, AttributeDefinitions=kinds, BillingMode="PAY_PER_REQUEST")
    asked = {
        "TableName": "records",
        "Item": {"task": {"S.$": "$.id"}},
        "ConditionExpression": "attribute_not_exists(task)",
    }
    caught = {"ErrorEquals": ["DynamoDB.ConditionalCheckFailedException"], "ResultPath": None, "Next": "Known"}
    states = {"Put": task(Resource=PUT, Parameters=asked, ResultPath=None, Next="New", Catch=[caught])}
    states |= {name: {"Type": "Pass", "Result": name, "End": True} for name in ("New", "Known")}

    assert [run(machine(**states), {"id": "task#1"}) for _ in range(2)] == ["New", "Known"]


def test_a_queue_that_is_not_there_fails_the_state(aws):
    state = task(
        Resource=SEND, Parameters={"QueueUrl": "https://sqs.us-east-1.amazonaws.com/1/none", "MessageBody": "x"}
    )

    with pytest.raises(Failed, match=r"SQS\."):
        run(machine(S={**state, "End": True}), {})


@pytest.mark.parametrize(
    ("resource", "parameters"),
    [
        ("arn:aws:states:::sqs:sendMessage.waitForTaskToken", {"QueueUrl": "q", "MessageBody": "x"}),
        (SEND, {"QueueUrl": "q", "MessageBody": "x", "MessageGroupId": "g"}),
        ("arn:aws:states:::http:invoke", {}),
    ],
)
def test_what_the_local_stack_does_not_run_is_refused_when_it_starts(resource, parameters):
    state = task(Resource=resource, Parameters=parameters, End=True)

    with pytest.raises(TemplateError):
        language.check("Leg", machine(S=state))


def test_the_input_of_an_express_execution_is_shown_nowhere(express):
    start(express)

    assert "input" not in json.dumps(express[0].state())
