"""SQS Connectors -> what journeys hand over to others: a signed call, an audience, a slot, a task for somebody.

What is not taken comes again, each time after a longer while, and ends in the dead-letter queue; then its run is told.
"""

import os
import random
from datetime import UTC, datetime
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopkeeper.aws.breakers import Breakers
from shopkeeper.aws.clients import Unavailable
from shopkeeper.aws.connectors import Connectors
from shopkeeper.aws.definitions import Definitions
from shopkeeper.aws.queues import Queue
from shopkeeper.aws.runs import Runs
from shopkeeper.aws.switches import Switches
from shopkeeper.aws.tasks import Tasks
from shopkeeper.aws.tracking import KeyRingSecret
from shopkeeper.clock import Clock
from shopkeeper.connect import messages, retries
from shopkeeper.connect.calling import Caller
from shopkeeper.connect.delivering import Deliverer, NotTaken
from shopkeeper.connect.messages import Handed, NotUnderstood
from shopkeeper.connect.telling import TaskOpener
from shopkeeper.journey.breaking import DONE, FAILED, Breaker, Broken, Node

logger = Logger(service="connect_deliver")

TRIED = ("delivered", "kept")
TRIES, SENT = "ApproximateReceiveCount", "SentTimestamp"


@cache
def deliverer() -> Deliverer:
    return Deliverer(
        connectors=Connectors.from_env(Definitions.from_env()),
        switches=Switches.from_env(),
        runs=Runs.from_env(),
        tasks=TaskOpener(Tasks.from_env(), Queue.from_env(), Clock()),
        ring=KeyRingSecret.from_env().get,
        # Only the local stack names an address; a deployed bundle calls whom it means.
        caller=Caller(os.environ.get("COUNTERPART_ADDRESS", "")),
        now=Clock(),
    )


@cache
def breaker() -> Breaker:
    return Breaker(Breakers.from_env(), Clock(), broken)


def broken(node: Broken) -> None:
    logger.error("node broken", extra={"journey": node.journey, "node": node.node, "why": node.why})


@cache
def queue() -> Queue:
    return Queue.from_env("CONNECTORS_QUEUE_URL")


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    failed = [record["messageId"] for record in event["Records"] if not deliver(record)]
    count_attempts()
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}


def deliver(record: dict[str, Any]) -> bool:
    try:
        handed = messages.read(record["body"])
    except NotUnderstood:
        logger.error("not understood", extra={"message_id": record["messageId"]})
        return put_off(record, retries.IN_VAIN_S)
    fields: dict[str, Any] = {"journey": handed.journey, "effect": handed.key, "message_id": record["messageId"]}
    try:
        done = deliverer().deliver(handed, sent_at(record))
    except NotTaken as problem:
        return not_taken(record, handed, problem, fields)
    except Unavailable as problem:
        return unreachable(record, handed, problem, fields)
    if done in TRIED:
        breaker().note(Node(handed.journey, handed.effect.node), DONE)
    logger.info("delivered", extra=fields | {"what": done})
    return True


def unreachable(record: dict[str, Any], handed: Handed, problem: Unavailable, fields: dict[str, Any]) -> bool:
    """AWS itself: the message is hidden for a few minutes. The last time its run is told."""
    if int(record["attributes"][TRIES]) >= retries.MOST_TRIES:
        return not_taken(record, handed, NotTaken(str(problem)), fields)
    logger.warning("not delivered", extra=fields | {"reason": str(problem)})
    return False


def not_taken(record: dict[str, Any], handed: Handed, problem: NotTaken, fields: dict[str, Any]) -> bool:
    tries = int(record["attributes"][TRIES])
    pause = retries.pause(tries, problem.retry_after_s, random.random(), is_in_vain=problem.is_in_vain)  # noqa: S311
    try:
        given_up = deliverer().give_up(handed, problem, tries)
    except Unavailable:
        return False
    said = fields | {"reason": str(problem), "status": problem.status, "tries": tries, "pause_s": pause}
    if given_up:
        breaker().note(Node(handed.journey, handed.effect.node), FAILED)
        logger.error("given up", extra=said)
    else:
        logger.warning("not taken", extra=said)
    return put_off(record, pause)


def count_attempts() -> None:
    """As far as it goes: what could not be counted is left out."""
    try:
        breaker().count()
    except Unavailable as problem:
        logger.warning("attempts not counted", extra={"reason": str(problem)})


def put_off(record: dict[str, Any], seconds: int) -> bool:
    """False, as the message stays in the queue. Where its time cannot be set it comes when the queue says so."""
    try:
        queue().put_off(record["receiptHandle"], seconds)
    except Unavailable as problem:
        logger.warning("not put off", extra={"message_id": record["messageId"], "reason": str(problem)})
    return False


def sent_at(record: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(record["attributes"][SENT]) / 1000, UTC)
