"""Resources that exist on paper only: other resources may refer to them, but nothing here depends on what they say."""

from typing import TYPE_CHECKING

from local.emulator.account import REGION, arn
from local.kinds.kind import PACE, PERMISSIONS, Kind, Properties, Resource

if TYPE_CHECKING:
    from local.world import World

REASONS = {
    "AWS::ApiGatewayV2::Stage": PACE,
    "AWS::CloudWatch::Alarm": "Nobody is woken by a local stack; /_local/state shows what waits and what is dead.",
    "AWS::Cognito::UserPool": "Nobody signs in; /_local/token gives what signing in would.",
    "AWS::Cognito::UserPoolClient": "Nobody signs in; /_local/token gives what signing in would.",
    "AWS::Cognito::UserPoolGroup": "/_local/token gives a token of any of these groups.",
    "AWS::IAM::Role": PERMISSIONS,
    "AWS::Lambda::LayerVersion": "The code of the layers is on the path of this process.",
    "AWS::Lambda::Permission": PERMISSIONS,
    "AWS::Logs::LogGroup": "What handlers print goes to the terminal.",
    "AWS::Logs::MetricFilter": "Nobody counts lines; tests/template holds each filter against the line it waits for.",
    "AWS::S3::BucketPolicy": PERMISSIONS,
    "AWS::SES::EmailIdentity": "Every sender counts as verified.",
    "AWS::SNS::TopicPolicy": PERMISSIONS,
    "AWS::SQS::QueuePolicy": PERMISSIONS,
}


def _named(_world: "World", name: str, _properties: Properties) -> Resource:
    return Resource(ref=name)


def _role(_world: "World", name: str, _properties: Properties) -> Resource:
    return Resource(ref=name, attributes={"Arn": arn("iam", f"role/{name}")})


def _log_group(_world: "World", name: str, properties: Properties) -> Resource:
    return Resource(ref=name, attributes={"Arn": arn("logs", f"log-group:{properties['LogGroupName']}:*")})


def _user_pool(_world: "World", name: str, _properties: Properties) -> Resource:
    return Resource(ref=f"{REGION}_{name}")


def _group(world: "World", name: str, properties: Properties) -> Resource:
    world.groups.append(properties["GroupName"])
    return Resource(ref=name)


_CREATE = {
    "AWS::Cognito::UserPool": _user_pool,
    "AWS::Cognito::UserPoolGroup": _group,
    "AWS::IAM::Role": _role,
    "AWS::Logs::LogGroup": _log_group,
}


class _Paper(Kind):
    """Whatever its properties are, they make no difference."""

    def make(self, world: "World", name: str, properties: Properties) -> Resource:
        return self.create(world, name, properties)


KINDS = {kind: _Paper(_CREATE.get(kind, _named)) for kind in REASONS}
