"""SNS: what a service of AWS says on a topic."""

from moto.sns.models import sns_backends

from local.emulator.account import ACCOUNT, REGION


def say(topic: str, message: str) -> None:
    """`topic` is an ARN."""
    sns_backends[ACCOUNT][REGION].publish(message, topic)
