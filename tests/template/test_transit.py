"""What goes from one part to the other is encrypted on its way, comes from whom it should, and is not lost on it."""

from collections import Counter

import pytest

from tests.template.test_template import named, of_type

TLS_ONLY = {"Bool": {"aws:SecureTransport": "false"}}
# What may be refused in a policy of each kind; SNS takes no policy that names more than what is done to a topic.
POLICIES = {
    "AWS::SQS::Queue": ("AWS::SQS::QueuePolicy", "Queues", "sqs:*"),
    "AWS::SNS::Topic": ("AWS::SNS::TopicPolicy", "Topics", "sns:Publish"),
    "AWS::S3::Bucket": ("AWS::S3::BucketPolicy", "Bucket", "s3:*"),
}
# Who may write to what by its policy, each for one source alone.
LET_IN = {
    ("AlarmTopic", "cloudwatch.amazonaws.com"): {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
    ("FeedbackQueue", "sns.amazonaws.com"): {"ArnEquals": {"aws:SourceArn": {"Ref": "FeedbackTopic"}}},
    ("FeedbackDeadQueue", "sns.amazonaws.com"): {"ArnEquals": {"aws:SourceArn": {"Ref": "FeedbackTopic"}}},
    ("ImportsQueue", "events.amazonaws.com"): {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["UploadRule", "Arn"]}}},
    ("ImportsDeadQueue", "events.amazonaws.com"): {
        "ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["UploadRule", "Arn"]}}
    },
}


def guarded(resources, kind):
    """Each policy of that kind, under each thing that it is put on."""
    policy, where, _ = POLICIES[kind]
    for name, body in of_type(resources, policy).items():
        put_on = body["Properties"][where]
        for each in put_on if isinstance(put_on, list) else [put_on]:
            yield named(each), name, body["Properties"]["PolicyDocument"]["Statement"]


def speaks_of(statement, thing):
    resource = statement["Resource"]
    wanted = [each for each in (resource if isinstance(resource, list) else [resource]) if each != "*"]
    return not wanted or any(thing in str(each) for each in wanted)


@pytest.mark.parametrize("kind", POLICIES)
def test_nothing_gets_in_or_out_unencrypted(resources, kind):
    refused = {
        thing
        for thing, _, statements in guarded(resources, kind)
        for said in statements
        if (said["Effect"], said["Principal"], said["Action"]) == ("Deny", "*", POLICIES[kind][2])
        and said["Condition"] == TLS_ONLY
        and speaks_of(said, thing)
    }

    assert refused == set(of_type(resources, kind)), "each needs a policy, or its place in QueuesPolicy"


@pytest.mark.parametrize("kind", POLICIES)
def test_nothing_has_two_policies_as_the_second_would_replace_the_first(resources, kind):
    policies = Counter(thing for thing, _, _ in guarded(resources, kind))

    assert set(policies.values()) == {1}


def test_services_write_where_they_should_and_only_what_comes_from_us(resources):
    let_in = {
        (thing, said["Principal"]["Service"]): said["Condition"]
        for kind in POLICIES
        for thing, _, statements in guarded(resources, kind)
        for said in statements
        if said["Effect"] == "Allow"
    }
    by_ses = let_in.pop(("FeedbackTopic", "ses.amazonaws.com"))

    assert let_in == LET_IN
    assert by_ses["StringEquals"]["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}
    assert "${MailConfiguration}" in by_ses["StringEquals"]["aws:SourceArn"]["Fn::Sub"]


def test_a_policy_is_made_where_its_topic_is(resources):
    for kind in POLICIES:
        for thing, policy, _ in guarded(resources, kind):
            assert resources[policy].get("Condition") == resources[thing].get("Condition"), policy


def test_nobody_speaks_before_somebody_listens(resources):
    """CloudFormation sees what is named in a property, not what has to be allowed before."""
    for name, body in of_type(resources, "AWS::SNS::Subscription").items():
        queue = named(body["Properties"]["Endpoint"])
        (policy,) = (policy for thing, policy, _ in guarded(resources, "AWS::SQS::Queue") if thing == queue)
        assert policy in waits_for(body), name
    for name, body in of_type(resources, "AWS::SES::ConfigurationSetEventDestination").items():
        topic = named(body["Properties"]["EventDestination"]["SnsDestination"]["TopicARN"])
        heard = {
            name
            for name, each in of_type(resources, "AWS::SNS::Subscription").items()
            if named(each["Properties"]["TopicArn"]) == topic
        }
        policies = {policy for thing, policy, _ in guarded(resources, "AWS::SNS::Topic") if thing == topic}
        assert heard
        assert heard | policies <= waits_for(body), name


def waits_for(body):
    on = body.get("DependsOn", [])
    return {on} if isinstance(on, str) else set(on)


def test_whether_mail_may_go_unencrypted_is_for_whoever_deploys_to_say(template, resources):
    options = resources["MailConfiguration"]["Properties"]["DeliveryOptions"]

    assert options == {"TlsPolicy": {"Ref": "MailTls"}}
    assert template["Parameters"]["MailTls"]["AllowedValues"] == ["OPTIONAL", "REQUIRE"]
