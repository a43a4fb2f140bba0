"""SNS topics, and the queues that hear of what is said there."""

from typing import TYPE_CHECKING

from local.evaluate import TemplateError
from local.kinds.kind import ENCRYPTION, WORDS, Kind, Properties, Resource, refuse_unknown

if TYPE_CHECKING:
    from local.world import World

_SUBSCRIPTION = {"Endpoint", "Protocol", "RawMessageDelivery", "TopicArn"}


def _create_topic(world: "World", name: str, properties: Properties) -> Resource:
    topic = world.client("sns").create_topic(Name=name)["TopicArn"]
    for subscription in properties.get("Subscription", []):
        refuse_unknown(f"a subscription of {name}", subscription, {"Endpoint", "Protocol"})
        _subscribe(world, name, topic, subscription)
    return Resource(ref=topic, attributes={"TopicArn": topic, "TopicName": name})


def _create_subscription(world: "World", name: str, properties: Properties) -> Resource:
    return Resource(ref=_subscribe(world, name, properties["TopicArn"], properties))


def _subscribe(world: "World", name: str, topic: str, wish: Properties) -> str:
    if wish["Protocol"] != "sqs":
        raise TemplateError(f"{name} sends to {wish['Protocol']}; the local stack delivers what topics say to SQS only")
    raw = str(wish.get("RawMessageDelivery", False)).lower()
    made = world.client("sns").subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=wish["Endpoint"],
        Attributes={"RawMessageDelivery": "true"} if raw == "true" else {},
        ReturnSubscriptionArn=True,
    )
    return str(made["SubscriptionArn"])


TOPIC = Kind(
    _create_topic,
    heeds=frozenset({"Subscription"}),
    ignores={"DisplayName": WORDS, "KmsMasterKeyId": ENCRYPTION},
)

SUBSCRIPTION = Kind(
    _create_subscription,
    heeds=frozenset(_SUBSCRIPTION),
    ignores={"RedrivePolicy": "A queue in this process takes every message."},
)
