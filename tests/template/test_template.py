"""Rules of the house that every resource of the template keeps."""

import json
import re
from datetime import timedelta
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from shopkeeper.aws.definitions import FRESH_FOR
from shopkeeper.connect import retries
from shopkeeper.customer import backfilling

ROOT = Path(__file__).parents[2]
KEPT = {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Cognito::UserPool", "AWS::SecretsManager::Secret"}
PHYSICAL_NAMES = {"TableName", "QueueName", "BucketName", "FunctionName", "TopicName", "RoleName", "UserPoolName"}


def of_type(resources, kind):
    return {name: body for name, body in resources.items() if body["Type"] == kind}


def logical_id(folder: str) -> str:
    return "".join(word.capitalize() for word in folder.split("_")) + "Function"


def named(reference) -> str:
    """The logical id behind a !Ref or !GetAtt."""
    value = next(iter(reference.values()))
    return value if isinstance(value, str) else value[0]


def subscriptions(functions, kind):
    for name, function in functions.items():
        for event in function["Properties"].get("Events", {}).values():
            if event["Type"] == kind:
                yield name, event["Properties"]


def named_in(key, value, known):
    """The logical ids that one intrinsic names."""
    if key == "Ref":
        return [value]
    if key == "Fn::GetAtt":
        return [value[0] if isinstance(value, list) else value.split(".")[0]]
    if key == "Fn::Sub":
        return re.findall(r"\$\{(\w+)", value if isinstance(value, str) else value[0])
    if key == "DependsOn":
        return [value] if isinstance(value, str) else value
    return references(value, known)


def references(node, known):
    if isinstance(node, dict):
        return {name for key, value in node.items() for name in named_in(key, value, known) if name in known}
    if isinstance(node, list):
        return {name for value in node for name in references(value, known)}
    return set()


def test_each_folder_of_functions_is_one_function_and_the_other_way_round(functions):
    folders = {path.parent.name for path in ROOT.glob("functions/*/app.py")}

    assert {logical_id(folder): f"functions/{folder}" for folder in folders} == {
        name: body["Properties"]["CodeUri"] for name, body in functions.items()
    }


def test_each_function_has_a_test_and_a_description_of_trigger_and_effect(functions):
    for folder in (path.parent.name for path in ROOT.glob("functions/*/app.py")):
        assert list(ROOT.glob(f"tests/functions/test_{folder}*.py")), f"{folder} has no test"
    assert all(body["Properties"].get("Description") for body in functions.values())


def test_each_function_is_followed_by_its_log_group_with_the_chosen_retention(resources, functions):
    order = list(resources)
    for name in functions:
        logs = order[order.index(name) + 1]
        assert logs == name.removesuffix("Function") + "Logs"
        assert resources[logs]["Properties"] == {
            "LogGroupName": {"Fn::Sub": f"/aws/lambda/${{{name}}}"},
            "RetentionInDays": {"Ref": "LogDays"},
        }


def test_tracking_functions_never_get_the_vendor_layer(functions):
    tracking = [body["Properties"] for name, body in functions.items() if name.startswith("Track")]

    assert tracking
    assert all("Layers" not in properties for properties in tracking)


def test_whatever_customers_trusted_us_with_is_kept_and_never_named_by_hand(resources):
    for name, body in resources.items():
        assert not PHYSICAL_NAMES & set(body.get("Properties", {})), f"{name}: a left-over name stops the next deploy"
        if body["Type"] in KEPT:
            assert body["DeletionPolicy"].startswith("Retain"), name
            assert body["UpdateReplacePolicy"] == "Retain", name


def test_what_is_protected_from_deletion_is_retained_when_a_first_deploy_rolls_back(resources):
    for name, body in resources.items():
        properties = body.get("Properties", {})
        if properties.get("DeletionProtectionEnabled") or properties.get("DeletionProtection") == "ACTIVE":
            assert body["DeletionPolicy"] == "Retain", f"{name}: the roll-back would fail on its protection"


def test_each_table_is_on_demand_protected_and_restorable_to_any_second(resources):
    for name, body in of_type(resources, "AWS::DynamoDB::Table").items():
        properties = body["Properties"]
        assert properties["BillingMode"] == "PAY_PER_REQUEST", name
        assert properties["DeletionProtectionEnabled"] is True, name
        assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}, name


def dead_letter_queues(resources, functions):
    """Where work ends up that nobody could do: of queues, of topics, of rules and of streams."""
    senders = [*of_type(resources, "AWS::SQS::Queue").values(), *of_type(resources, "AWS::SNS::Subscription").values()]
    redrives = [body["Properties"]["RedrivePolicy"] for body in senders if "RedrivePolicy" in body["Properties"]]
    rules = [target["DeadLetterConfig"]["Arn"] for target in targets(resources) if "DeadLetterConfig" in target]
    streams = [event["DestinationConfig"]["OnFailure"] for _, event in subscriptions(functions, "DynamoDB")]
    arns = (
        [policy["deadLetterTargetArn"] for policy in redrives] + [target["Destination"] for target in streams] + rules
    )
    return {named(arn) for arn in arns}


def targets(resources):
    for body in of_type(resources, "AWS::Events::Rule").values():
        yield from body["Properties"]["Targets"]


def test_what_a_topic_or_a_rule_cannot_hand_over_is_kept(resources):
    assert all("DeadLetterConfig" in target for target in targets(resources))
    assert all("RedrivePolicy" in body["Properties"] for body in of_type(resources, "AWS::SNS::Subscription").values())


def test_each_queue_is_encrypted_and_has_a_dead_letter_queue_or_is_one(resources, functions):
    dead = dead_letter_queues(resources, functions)
    for name, body in of_type(resources, "AWS::SQS::Queue").items():
        assert body["Properties"]["SqsManagedSseEnabled"] is True, name
        assert body["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600, name
        assert ("RedrivePolicy" in body["Properties"]) != (name in dead), name


def test_each_dead_letter_queue_is_kept_and_rings_an_alarm_at_its_first_message(resources, functions):
    alarms = [body["Properties"] for body in of_type(resources, "AWS::CloudWatch::Alarm").values()]
    watched = {named(alarm["Dimensions"][0]["Value"]): alarm for alarm in alarms if alarm["Namespace"] == "AWS/SQS"}
    for queue in dead_letter_queues(resources, functions):
        assert resources[queue]["DeletionPolicy"] == "RetainExceptOnCreate"
        assert watched[queue]["Threshold"] == 0


def test_each_queue_hides_a_message_for_six_times_its_consumers_time_out(template, resources, functions):
    default = template["Globals"]["Function"]["Timeout"]
    consumed = list(subscriptions(functions, "SQS"))
    assert consumed
    for function, event in consumed:
        timeout = functions[function]["Properties"].get("Timeout", default)
        queue = resources[named(event["Queue"])]["Properties"]
        assert queue["VisibilityTimeout"] >= 6 * timeout


def test_the_run_is_told_at_the_try_after_which_the_queue_gives_up(resources):
    policy = resources["ConnectorsQueue"]["Properties"]["RedrivePolicy"]

    assert policy["maxReceiveCount"] == retries.MOST_TRIES


def test_only_the_local_stack_stands_between_the_bundle_and_whom_it_calls():
    assert "COUNTERPART_ADDRESS" not in (ROOT / "template.yaml").read_text()


def test_a_walk_that_counts_something_new_begins_when_every_writer_knows_of_it(template, functions):
    default, who = template["Globals"]["Function"]["Timeout"], ("ApiChangeFunction", "IngestStoreFunction")
    runs = sum(functions[name]["Properties"].get("Timeout", default) for name in who)

    assert timedelta(seconds=runs) + FRESH_FOR + timedelta(minutes=1) <= backfilling.WAIT  # Clocks differ.


@pytest.mark.parametrize("kind", ["SQS", "DynamoDB"])
def test_each_consumer_reports_which_items_failed(functions, kind):
    events = list(subscriptions(functions, kind))
    assert events
    assert all(event["FunctionResponseTypes"] == ["ReportBatchItemFailures"] for _, event in events)


def test_a_stream_gives_up_on_a_record_in_the_end_and_keeps_it(functions):
    for name, event in subscriptions(functions, "DynamoDB"):
        assert 0 < event["MaximumRetryAttempts"] <= 10, name
        assert event["BisectBatchOnFunctionError"] is True, name


def test_concurrency_is_reserved_only_when_asked_for(template, functions):
    assert template["Parameters"]["ReservedConcurrency"]["Default"] == 0
    for name, body in functions.items():
        reserved = body["Properties"].get("ReservedConcurrentExecutions")
        assert reserved is None or reserved["Fn::If"][0] == "ReservesConcurrency", name


def test_the_marketer_api_lets_nobody_in_without_a_token_and_has_no_cors(resources):
    api = resources["MarketerApi"]["Properties"]

    assert api["Auth"]["DefaultAuthorizer"] in api["Auth"]["Authorizers"]
    assert "CorsConfiguration" not in api


def test_every_marketer_route_carries_the_authorizer_but_the_description_of_the_api_and_those_for_keys(translated):
    paths = dict(translated["Resources"]["MarketerApi"]["Properties"]["Body"]["paths"])
    described = paths.pop("/openapi.json")
    for_keys = [list(paths.pop(f"/v1/server/{what}")) for what in ("messages", "business-events")]
    methods = [method for path in paths.values() for method in path.values()]

    assert (list(described), for_keys) == (["get"], [["post"], ["post"]])
    assert methods
    assert all(method["security"] == [{"People": []}] for method in methods)


def test_the_bundle_stays_far_from_cloudformations_limits_and_nothing_is_circular(translated):
    resources = translated["Resources"]

    assert len(resources) < 400
    assert len(json.dumps(translated)) < 800_000
    TopologicalSorter({name: references(body, resources) for name, body in resources.items()}).prepare()


def test_every_parameter_and_condition_is_used(template):
    text = json.dumps({key: value for key, value in template.items() if key not in {"Parameters", "Metadata"}})
    for parameter in template["Parameters"]:
        assert f'"{parameter}"' in text or f"${{{parameter}}}" in text, parameter
