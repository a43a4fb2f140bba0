"""SQS OutgoingTransactional and OutgoingMarketing -> one mail to one customer through SES, and how far it came.

Each lane has a queue of its own; how far a mail came stands in its row of the ledger. A message holds ids alone, so
whoever delivers it again finds everything as it stands by then. What cannot be dealt with goes back to the queue, and
after five tries into the dead-letter queue; its row stays, and so does the watch of its launch, or of the clock.
"""

import json
import os
import random
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache, partial
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopkeeper import ids
from shopkeeper.aws import ses
from shopkeeper.aws.activities import Activities
from shopkeeper.aws.buckets import Buckets
from shopkeeper.aws.clients import Unavailable
from shopkeeper.aws.contacts import Contacts
from shopkeeper.aws.customers import Customers
from shopkeeper.aws.definitions import Definitions
from shopkeeper.aws.mail_states import MailStates
from shopkeeper.aws.messages import Messages
from shopkeeper.aws.offers import Offers
from shopkeeper.aws.queues import Queue
from shopkeeper.aws.sends import Sends
from shopkeeper.aws.ses import Ses
from shopkeeper.aws.tracking import KeyRingSecret
from shopkeeper.clock import Clock
from shopkeeper.mail.account import Account
from shopkeeper.mail.letters import Letters
from shopkeeper.mail.pacing import Pace
from shopkeeper.mail.policies import Policies
from shopkeeper.mail.ports import TEST_TAG
from shopkeeper.mail.results import Result
from shopkeeper.mail.sending import PACED, Sender
from shopkeeper.mail.trials import Trials, decoded
from shopkeeper.mail.wiring import Ports, Settings
from shopkeeper.pauses import pausing

# The function's 60 seconds, and as many again: whoever holds a lease that has run out is gone.
LEASE = timedelta(seconds=120)
# Enough for one mail with slow tables and a slow SES.
RESERVE_MS = 25_000
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 0.5

logger = Logger(service="mail_send")


def ports(definitions: Definitions) -> Ports:
    return Ports(
        sends=Sends.from_env(),
        contacts=Contacts.from_env(),
        customers=Customers.from_env(),
        activities=Activities.from_env(),
        letters=Letters(definitions, os.environ["TRACKING_ADDRESS"], Messages.from_env()),
        policies=Policies(definitions, Clock()),
        keys=KeyRingSecret.from_env(),
        pace=Pace(Buckets.from_env(), MailStates.from_env(), granted, Clock(), time.sleep),
        post=Ses.from_env(),
        memory=Queue.from_env(),
        clock=Clock(),
        offers=Offers.from_env(definitions),
    )


@cache
def sender() -> Sender:
    shards, zone = int(os.environ["DUE_SHARDS"]), os.environ["WORKSPACE_ZONE"]
    pause = pausing(LONGEST_PAUSE_S, FIRST_PAUSE_S)
    return Sender(ports(Definitions.from_env()), Settings(LEASE, shards, random.uniform, pause, zone))


@cache
def trials() -> Trials:
    definitions = Definitions.from_env()
    return Trials(definitions, ports(definitions), os.environ["WORKSPACE_ZONE"])


def granted() -> Account | None:
    try:
        return ses.account(Clock().now())
    except Unavailable as problem:
        logger.warning("account not read", extra={"reason": type(problem).__name__})
        return None


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    failed = [record["messageId"] for record in event["Records"] if not deliver(record, context)]
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}


def deliver(record: dict[str, Any], context: LambdaContext) -> bool:
    """Each send of a message is seen to, whatever becomes of the others; False if the message is to come again."""
    done = True
    claim_id = ids.digest("claim", context.aws_request_id, record["messageId"], record["receiptHandle"])[:16]
    try:
        for name, work in works(record["body"], claim_id):
            done = attempt(name, work, context) and done
    except (ValueError, KeyError, TypeError) as problem:
        logger.warning("no send", extra={"message_id": record["messageId"], "reason": type(problem).__name__})
        return False
    return done


def works(body: str, claim_id: str) -> Iterator[tuple[str, Callable[[], Result]]]:
    """Of `{"send_id": ...}`, `{"send_ids": [...]}` or `{"test": {...}}`. Raises ValueError, KeyError, TypeError."""
    message = json.loads(body)
    if TEST_TAG in message:
        trial = decoded(message[TEST_TAG])
        yield trial.name, partial(trials().send, trial)
        return
    for send_id in map(str, message["send_ids"] if "send_ids" in message else [message["send_id"]]):
        yield send_id, partial(sender().deliver, send_id, claim_id)


def attempt(send_id: str, work: Callable[[], Result], context: LambdaContext) -> bool:
    if context.get_remaining_time_in_millis() < RESERVE_MS:
        return False
    try:
        result = work()
        report(send_id, result)
    except Exception as problem:  # Goes back to the queue with its message, and the rest is seen to.
        logger.warning("not dealt with", extra={"send_id": send_id, "reason": type(problem).__name__})
        return False
    return result.what != PACED


def report(send_id: str, result: Result) -> None:
    fields = {"send_id": send_id, "what": result.what, "reason": result.reason}
    if result.alarm:
        answer = result.evidence.get("answer", "")
        logger.error("SES refuses", extra=fields | {"alarm": result.alarm, "answer": answer})
    else:
        logger.info("dealt with", extra=fields)
