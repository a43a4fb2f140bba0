"""Imports queue -> the rows of an uploaded file as interactions in the Interactions queue, and what came of it."""

import json
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopkeeper.aws.files import Files
from shopkeeper.aws.import_jobs import Customs, ImportJobs, Memory
from shopkeeper.aws.queues import Queue
from shopkeeper.aws.workings import Workings
from shopkeeper.clock import Clock
from shopkeeper.customer.importing.job import Job
from shopkeeper.customer.importing.run import Importer, Ports
from shopkeeper.customer.interaction import Interaction, encode
from shopkeeper.customer.requests import ID

# Enough for a chunk of rows and a message to oneself, with slow queues.
RESERVE_MS = 60_000
UPLOAD = re.compile(f"uploads/({ID})")

logger = Logger(service="ingest_import")


@cache
def interactions() -> Queue:
    return Queue.from_env()


@cache
def imports() -> Queue:
    return Queue.from_env("IMPORTS_QUEUE_URL")


@cache
def importer() -> Importer:
    workings = Workings.from_env()
    jobs, files, customs, memory = ImportJobs.from_env(), Files.from_env(), Customs.from_env(), Memory.from_env()
    return Importer(Ports(jobs, files, workings, workings, customs, memory, send, Clock()))


def send(batch: Iterable[Interaction]) -> None:
    interactions().send([encode(interaction) for interaction in batch])


def import_id(message: dict[str, Any]) -> str:
    """From a word to ourselves or from the bucket's; "" for what is neither."""
    if "import" in message:
        return str(message["import"])
    uploaded = UPLOAD.fullmatch(str(message.get("detail", {}).get("object", {}).get("key", "")))
    return uploaded[1] if uploaded else ""


def report(wanted: str, job: Job | None) -> None:
    if job is None:
        logger.warning("nobody asked for this import", extra={"import_id": wanted})
        return
    counts = {"rows": job.rows, "accepted": job.accepted, "refused": job.refused}
    logger.info("import", extra={"import_id": job.id, "state": job.state, **counts})


def take_in(record: SQSRecord, lambda_context: LambdaContext) -> None:
    wanted = import_id(json.loads(record.body))
    job = importer().run(wanted, lambda: lambda_context.get_remaining_time_in_millis() > RESERVE_MS) if wanted else None
    report(wanted, job)
    if job and job.is_under_way:
        imports().send([json.dumps({"import": job.id}).encode()])


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    return process_partial_response(
        event=event,
        record_handler=take_in,
        processor=BatchProcessor(event_type=EventType.SQS),
        context=context,
    )
