"""What the local stack makes of each resource type. A type that is not in `KINDS` is an error."""

from local.kinds import apis, lambdas, machines, mail, paper, queues, rules, secrets, storage, tables, topics
from local.kinds.kind import Kind

KINDS: dict[str, Kind] = {
    "AWS::ApiGatewayV2::Api": apis.API,
    "AWS::DynamoDB::Table": tables.TABLE,
    "AWS::Events::Rule": rules.RULE,
    "AWS::Lambda::EventSourceMapping": lambdas.EVENT_SOURCE_MAPPING,
    "AWS::Lambda::Function": lambdas.FUNCTION,
    "AWS::S3::Bucket": storage.BUCKET,
    "AWS::SES::ConfigurationSet": mail.SET,
    "AWS::SES::ConfigurationSetEventDestination": mail.DESTINATION,
    "AWS::SNS::Subscription": topics.SUBSCRIPTION,
    "AWS::SNS::Topic": topics.TOPIC,
    "AWS::SQS::Queue": queues.QUEUE,
    "AWS::SecretsManager::Secret": secrets.SECRET,
    "AWS::StepFunctions::StateMachine": machines.MACHINE,
    **paper.KINDS,
}
