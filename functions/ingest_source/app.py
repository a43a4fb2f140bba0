"""Sources queue -> a source asks its query, reads the result, and tells what is new as interactions."""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopkeeper.aws.athena import Athena
from shopkeeper.aws.queues import Queue
from shopkeeper.aws.source_states import SourceStates, SourceVersions
from shopkeeper.aws.workings import Workings
from shopkeeper.clock import Clock
from shopkeeper.customer.interaction import Interaction, encode
from shopkeeper.customer.sources.ports import Ports
from shopkeeper.customer.sources.state import State
from shopkeeper.customer.sources.steps import Sources
from shopkeeper.customer.sources.waking import message

# Enough for some thousand rows, to save what is known, and a message to oneself.
RESERVE_MS = 60_000

logger = Logger(service="ingest_source")


@cache
def interactions() -> Queue:
    return Queue.from_env()


@cache
def queue() -> Queue:
    return Queue.from_env("SOURCES_QUEUE_URL")


@cache
def sources() -> Sources:
    states, athena, workings = SourceStates.from_env(), Athena.from_env(), Workings.from_env()
    return Sources(Ports(states, SourceVersions.from_env(), athena, workings, workings, send, Clock()))


def send(batch: Iterable[Interaction]) -> None:
    interactions().send([encode(interaction) for interaction in batch])


def report(state: State) -> None:
    said = {"source_id": state.id, "phase": state.phase, "run": state.run.number, "rows": state.run.counts.rows}
    if state.trouble:
        logger.warning("a source has failed", extra=said)
    logger.info("source", extra=said)


def take_in(record: SQSRecord, lambda_context: LambdaContext) -> None:
    source_id = str(json.loads(record.body)["source"])
    state = sources().run(source_id, lambda: lambda_context.get_remaining_time_in_millis() > RESERVE_MS)
    if state is None:
        return logger.warning("there is no such source", extra={"source_id": source_id})
    if state.phase in ("reading", "telling"):
        queue().send([message(source_id)])
    return report(state)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    return process_partial_response(
        event=event,
        record_handler=take_in,
        processor=BatchProcessor(event_type=EventType.SQS),
        context=context,
    )
