"""Rules of the house that every state machine keeps."""

import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from shopkeeper.campaign import settle

ROOT = Path(__file__).parents[2]
FILES = sorted(ROOT.glob("functions/*/*.asl.json"))


# By what a state calls, the parameter that says which one.
CALLED = {"arn:aws:states:::lambda:invoke": "FunctionName", "arn:aws:states:::sqs:sendMessage": "QueueUrl"}


def states(definition):
    """All of them, those inside of Maps too, with the states they can lead to."""
    for name, state in definition["States"].items():
        yield name, state, definition["States"]
        if state["Type"] == "Map":
            yield from states(state["ItemProcessor"])


@pytest.fixture(params=FILES, ids=lambda path: path.name)
def file(request):
    return request.param


@pytest.fixture
def machine(file):
    return json.loads(file.read_text())


def test_statelint_finds_nothing(file):
    lint = [str(Path(sys.executable).parent / "statelint"), str(file)]

    assert subprocess.run(lint, capture_output=True, text=True, check=False).stdout == ""


def test_each_task_names_what_it_calls_tries_again_at_random_and_leads_to_a_failure_that_shows(machine):
    for name, state, siblings in states(machine):
        if state["Type"] == "Task":
            assert state["Parameters"][CALLED[state["Resource"]]].startswith("${"), name
            assert state["Retry"][-1]["ErrorEquals"] == ["States.ALL"], name
            assert all(retry["JitterStrategy"] == "FULL" for retry in state["Retry"]), name
            assert state["Catch"][-1]["ErrorEquals"] == ["States.ALL"], name
            assert {catch["Next"] for catch in state["Catch"]} <= siblings.keys(), name


def test_each_failure_says_what_and_why(machine):
    failures = [state for _, state, _ in states(machine) if state["Type"] == "Fail"]

    assert failures
    assert all(state["Error"] and state["Cause"] for state in failures)


def test_a_task_is_given_up_later_than_its_function_gives_up(machine, template, resources):
    default = template["Globals"]["Function"]["Timeout"]
    for name, state, _ in states(machine):
        if state["Type"] == "Task" and "FunctionName" in state["Parameters"]:
            function = state["Parameters"]["FunctionName"].strip("${}").removesuffix("Arn")
            assert state["TimeoutSeconds"] > resources[function]["Properties"].get("Timeout", default), name


def test_a_launch_that_was_called_off_outlasts_whoever_may_still_plan_for_it(resources):
    planning = timedelta(seconds=resources["CampaignPlanFunction"]["Properties"]["Timeout"])

    assert planning + timedelta(minutes=1) <= settle.STRAGGLERS


def deployed(resources, file):
    for body in resources.values():
        if body["Type"] == "AWS::Serverless::StateMachine":
            properties = body["Properties"]
            if ROOT / properties["DefinitionUri"] == file:
                yield properties


def test_each_file_is_deployed_once_with_just_the_substitutions_it_asks_for(file, resources):
    (properties,) = deployed(resources, file)

    assert set(re.findall(r"\$\{(\w+)\}", file.read_text())) == properties["DefinitionSubstitutions"].keys()


def test_each_message_of_an_express_machine_holds_what_was_made_ready_for_it_and_nothing_else(machine):
    for name, state, _ in states(machine):
        if state.get("Resource") == "arn:aws:states:::sqs:sendMessage":
            assert state["Parameters"]["MessageBody.$"] == "$.body", name


def test_a_machine_logs_its_errors_without_data_and_may_call_its_own_functions_and_queues_alone(file, resources):
    (properties,) = deployed(resources, file)
    statements = [statement for policy in properties["Policies"] for statement in policy["Statement"]]
    called = list(properties["DefinitionSubstitutions"].values())
    queues = [each["Ref"] for each in called if "Ref" in each]

    assert (properties["Logging"]["Level"], properties["Logging"]["IncludeExecutionData"]) == ("ERROR", False)
    assert allowed(statements, "lambda:InvokeFunction") == [each for each in called if "Ref" not in each]
    assert allowed(statements, "sqs:SendMessage") == [{"Fn::GetAtt": [name, "Arn"]} for name in queues]


def allowed(statements, action):
    """On which resources."""
    return [resource for each in statements if action in each["Action"] for resource in each["Resource"]]
