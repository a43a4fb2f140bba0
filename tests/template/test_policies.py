"""Each function may make the AWS calls it makes, and no others.

What it makes is watched while the whole bundle runs locally; what it may make is read from its policy in the template.
"""

import json
import re
from http import HTTPStatus

import pytest

from local import letter, tale
from local.faults import FAULTS
from local.stack import Stack
from local.tale import Teller
from shopkeeper import tokens
from shopkeeper.tokens import Kind

# IAM names the permission, not the call. Others are named alike.
PERMISSIONS = {"sqs:SendMessageBatch": "sqs:SendMessage", "s3:HeadObject": "s3:GetObject"}

# What the run below does not come to, each with the moment at which it is needed.
ALSO_NEEDED = {
    ("ApiChangeFunction", "s3:PutObject", "FilesBucket"): "it signs the upload address, and S3 asks for its permission",
    ("ApiReadFunction", "s3:GetObject", "FilesBucket"): "it signs the address of the error file",
    ("CustomerAnnounceFunction", "sqs:SendMessage", "ParkedDeadQueue"): "Lambda parks in its name what it cannot start",
    ("IngestImportFunction", "sqs:SendMessage", "ImportsQueue"): "a file too long for one run goes on by a message",
    (
        "IngestImportFunction",
        "s3:AbortMultipartUpload",
        "FilesBucket",
    ): "an error file of many parts that fails half-way",
}


def logical_ids(resource):
    """The resources of the template that an ARN of a policy names."""
    if isinstance(resource, list):
        return {name for each in resource for name in logical_ids(each)}
    return {
        re.match(r"\w+", name)[0] for name in re.findall(r"(?:\$\{|'(?:Ref|Fn::GetAtt)': \[?')([\w.]+)", str(resource))
    }


def statements(function):
    for policy in function["Properties"].get("Policies", []):
        yield from policy["Statement"]


def granted(functions):
    for name, function in functions.items():
        for statement in statements(function):
            actions = statement["Action"]
            for action in [actions] if isinstance(actions, str) else actions:
                yield from ((name, action, resource) for resource in logical_ids(statement["Resource"]))


def permission(call):
    service, operation = call.name.split(".")
    action = f"{service}:{operation}"
    resources = [re.sub(r"^arn:.*:secret:(\w+)-\w+$", r"\1", each) for each in call.resources] or ["FilesBucket"]
    return {(call.function, PERMISSIONS.get(action, action), resource) for resource in resources}


def live(stack):
    """A day in the shop, by every route that calls AWS."""
    teller = Teller(stack.base_url)
    for _ in tale.tell(teller, lambda customer: letter.plant(stack, customer), stack.clock.now()):
        stack.settle()
    letter.plant(stack, "somebody")
    stack.request("GET", f"/o/{letter.token(stack, Kind.OPEN, 'somebody')}")
    stack.request("GET", f"/c/{letter.token(stack, Kind.CLICK, 'somebody', tokens.PERSONAL)}/0")
    as_admin = {"authorization": f"Bearer {teller.token}", "idempotency-key": "once"}
    asked = {"kind": "secret", "name": "spare"}
    key = stack.request("POST", "/v1/keys", headers=as_admin, json=asked).json()
    assert stack.request("POST", "/v1/keys", headers=as_admin, json=asked).json()["id"] == key["id"]
    stack.request("DELETE", f"/v1/keys/{key['id']}", headers=as_admin)
    assert stack.request("GET", "/v1/keys", headers=as_admin).status == HTTPStatus.OK
    assert stack.request("GET", "/v1/imports", headers=as_admin).status == HTTPStatus.OK
    stack.client("dynamodb").put_item(TableName="CustomersTable", Item={"customer_id": {"S": "damaged"}})
    stack.settle()


@pytest.fixture(scope="module")
def used():
    with Stack.start() as stack, FAULTS.watch() as calls:
        live(stack)
    return {each for call in calls for each in permission(call)}


def test_each_function_may_make_every_call_it_makes(functions, used):
    assert not used - set(granted(functions))


def test_no_function_may_make_a_call_that_it_does_not_make(functions, used):
    assert set(granted(functions)) - used == set(ALSO_NEEDED)


def test_every_statement_names_its_actions_and_its_resources(functions):
    for name, function in functions.items():
        for statement in statements(function):
            assert "*" not in str(statement["Action"]), name
            assert statement["Resource"] != "*", name
            assert logical_ids(statement["Resource"]), json.dumps(statement)
