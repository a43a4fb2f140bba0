"""SQS Feedback (SES -> SNS -> SQS) -> the send's row, the contact, and an interaction in the Interactions queue.

What cannot be understood, or belongs to no send, is never dropped: it goes back, and ends in the dead-letter queue,
whose alarm rings at its first message.
"""

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopkeeper.aws.canaries import Canaries
from shopkeeper.aws.clients import Unavailable
from shopkeeper.aws.contacts import Contacts
from shopkeeper.aws.mail_hours import MailHours
from shopkeeper.aws.queues import NotTaken, Queue
from shopkeeper.aws.sends import Sends
from shopkeeper.customer import interaction
from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.interaction import Interaction
from shopkeeper.mail.listening import Listener
from shopkeeper.mail.ses_events import NotUnderstood

logger = Logger(service="mail_feedback")

Told = list[tuple[str, Interaction]]
"""What is to be remembered, each with the message that told it."""


@cache
def listener() -> Listener:
    stores = Sends.from_env(), Contacts.from_env(), Canaries.from_env(), MailHours.from_env()
    return Listener(*stores, mailed_twice)


def mailed_twice(send_id: str) -> None:
    logger.error("mailed twice", extra={"send_id": send_id})


@cache
def queue() -> Queue:
    return Queue.from_env()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    told, failed = listen(event["Records"])
    failed |= remember(told)
    count()
    for message, reason in failed.items():
        logger.warning("not heard", extra={"message_id": message, "reason": reason})
    logger.info("heard", extra={"messages": len(event["Records"]), "failed": len(failed)})
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}


def listen(records: list[dict[str, Any]]) -> tuple[Told, dict[str, str]]:
    told: Told = []
    failed: dict[str, str] = {}
    for record in records:
        received_at = from_ms(int(record["attributes"]["SentTimestamp"]))
        try:
            facts = listener().take(record["body"], received_at)
        except NotUnderstood as problem:
            failed[record["messageId"]] = str(problem)
        except Exception as problem:  # It goes back alone, and the rest of the batch is heard.
            failed[record["messageId"]] = type(problem).__name__
        else:
            told += [(record["messageId"], fact) for fact in facts]
    return told, failed


def count() -> None:
    """What could not be counted is left out: the rows are written, so nobody would count it another time either."""
    try:
        listener().count()
    except Unavailable as problem:
        logger.warning("not counted", extra={"reason": str(problem)})


def remember(told: Told) -> dict[str, str]:
    """The messages whose facts are not in the queue for certain, with the reason. Once too often does no harm."""
    try:
        queue().send([interaction.encode(fact) for _, fact in told])
    except NotTaken as problem:
        return {told[index][0]: "not taken" for index in problem.indices}
    except Unavailable as problem:
        return {message: str(problem) for message, _ in told}
    return {}
