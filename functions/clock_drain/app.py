"""Drain queue -> all in one shard of the due indexes that is due by now: launches, sends, walks and runs of journeys go
on, and customers are looked at of whom time has changed something.

A shard is drained by one invocation at a time. What it has no time for is left to a message to itself.
"""

import json
from datetime import timedelta
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopkeeper.aws import crowds, doors, due, recomputes, tasks
from shopkeeper.aws.canaries import Canaries
from shopkeeper.aws.censuses import Censuses
from shopkeeper.aws.crowds import Crowds
from shopkeeper.aws.customers import Customers
from shopkeeper.aws.definitions import Definitions
from shopkeeper.aws.dictionaries import Dictionaries
from shopkeeper.aws.draining import Drain, Telling
from shopkeeper.aws.due import DueRows, Leases
from shopkeeper.aws.editions import Editions
from shopkeeper.aws.exports import Exports
from shopkeeper.aws.hits import Hits
from shopkeeper.aws.identities import Identities
from shopkeeper.aws.interactions import Interactions
from shopkeeper.aws.journeys import Journeys
from shopkeeper.aws.launches import Launches, Recounts
from shopkeeper.aws.legs import Legs
from shopkeeper.aws.long_files import FORMS, LongFiles
from shopkeeper.aws.mail_states import MailStates
from shopkeeper.aws.measure_rules import MeasureRules
from shopkeeper.aws.members import Members
from shopkeeper.aws.migrations import Migrations
from shopkeeper.aws.orders import Orders
from shopkeeper.aws.owed_measures import OwedMeasures
from shopkeeper.aws.queues import Queue
from shopkeeper.aws.recomputes import Recomputes
from shopkeeper.aws.runs import Runs
from shopkeeper.aws.segment_measures import SegmentMeasures
from shopkeeper.aws.sends import Sends
from shopkeeper.aws.source_states import SourceStates
from shopkeeper.aws.states import Machine
from shopkeeper.aws.tasks import Tasks
from shopkeeper.aws.thresholds import RfmThresholds
from shopkeeper.aws.walks import Slices
from shopkeeper.campaign.enqueue import Lanes
from shopkeeper.campaign.launching import Launcher
from shopkeeper.campaign.recount import Recounter
from shopkeeper.campaign.tally import Teller
from shopkeeper.campaign.visits import Visits
from shopkeeper.clock import Clock
from shopkeeper.connect.telling import TaskTeller
from shopkeeper.customer import backfilling, fields, rfm
from shopkeeper.customer.backfilling import Settling
from shopkeeper.customer.document import Stored
from shopkeeper.customer.exporting import Exporter
from shopkeeper.customer.sources.waking import Waker
from shopkeeper.customer.store.backfill import Backfill
from shopkeeper.customer.store.looking import Look
from shopkeeper.customer.walks import Course, Walks, Work, over, start
from shopkeeper.journey.insiders import census, inside, moving, waking
from shopkeeper.mail.doubts import Doubts
from shopkeeper.mail.verdicts import Judge
from shopkeeper.pauses import pausing
from shopkeeper.segment import publishing, restoring
from shopkeeper.segment.recompute import Recomputing
from shopkeeper.segment.standing import Standings

RESERVE_MS = 15_000
LONGEST_PAUSE_S = 0.1
# Outlasts the function.
LEASE = timedelta(seconds=90)
LATEST = timedelta(minutes=15)
# By kind, the table and what its rows are known by.
DUE = {
    "record": ("RECORDS_TABLE", "record"),
    "send": ("SENDS_TABLE", "send_id"),
    "customer": ("CUSTOMERS_TABLE", "customer_id"),
    "run": ("RUNS_TABLE", "customer_id", "journey"),
}

logger = Logger(service="clock_drain")


@cache
def leases() -> Leases:
    return Leases.from_env()


@cache
def drains() -> Queue:
    return Queue.from_env("DRAIN_QUEUE_URL")


@cache
def drain() -> Drain:
    launches, sends = Launches.from_env(), Sends.from_env()
    launcher = Launcher(launches, Machine.from_env(), Clock())
    teller = Teller(sends, Queue.from_env(), Clock(), in_doubt)
    recounter = Recounter(launches, Recounts.from_env(), teller, Clock())
    waker = Waker(SourceStates.from_env(), Queue.from_env("SOURCES_QUEUE_URL"), Clock())
    records = {"launch": launcher.visit, "recount": recounter.visit, "walk": walks().visit, "source": waker.visit}
    records[recomputes.KIND] = recomputing().visit
    records["measures"] = Settling(OwedMeasures.from_env(), rules().fresh, backfill(), uncounted).visit
    records |= {"export": exporter().visit, **doors.visits(journeys())}
    records |= {"hits": judge(sends).visit, crowds.KIND: Crowds.from_env().visit, tasks.KIND: task_teller().visit}
    doubts = Doubts(Canaries.from_env(), MailStates.from_env(), due.shards(), in_doubt)
    visits = Visits(records, sends, lanes(), doubts, Queue.from_env(), due.shards(), Clock())
    look = Look(Customers.from_env(), Interactions.from_env(), standings().stand, Clock(), pausing(LONGEST_PAUSE_S))
    rows = {kind: DueRows.from_env(*where) for kind, where in DUE.items()}
    one_by_one = {"record": visits.record, "send": visits.send}
    return Drain(rows, one_by_one, {"customer": look.woken, "run": legs().due}, Clock(), Telling(put_off, late))


def task_teller() -> TaskTeller:
    return TaskTeller(Tasks.from_env(), Queue.from_env(), runs(), legs(), Clock())


@cache
def runs() -> Runs:
    return Runs.from_env()


def judge(sends: Sends) -> Judge:
    links = Definitions.from_env().links
    return Judge(Hits.from_env(), Crowds.from_env(), sends, links, Queue.from_env(), Clock())


@cache
def lanes() -> Lanes:
    return Lanes(*(Queue.from_env(f"OUTGOING_{name}_QUEUE_URL") for name in ("MARKETING", "TRANSACTIONAL")))


@cache
def exporter() -> Exporter:
    files = {form: LongFiles.of("exports", form) for form in FORMS}
    stores = Exports.from_env(), Members.from_env(), Customers.from_env()
    return Exporter(*stores, files, lambda group: publishing.counts(editions().fresh(), group), Clock())


@cache
def walks() -> Walks:
    slices, customers, thresholds = Slices.from_env(), Customers.from_env(), RfmThresholds.from_env()
    works: dict[str, Work[Stored]] = {
        fields.KIND: fields.Counting(Dictionaries.from_env()),
        rfm.COUNTING: rfm.Counting(thresholds, lambda day: start(slices, f"{rfm.SCORING}/{day}", Clock().now())),
        rfm.SCORING: rfm.Scoring(thresholds, customers, standings().stand, Clock()),
        restoring.KIND: restoring.Restoring(editions(), Members.from_env().enter),
        backfilling.KIND: backfilling.Filling(rules().fresh, backfill(), Clock()),
        **doors.works(journeys(), legs().start),
    }
    everybody = inside.pages(runs())
    insiders = {
        waking.KIND: Course(everybody, waking.Waking(runs(), journeys().state, Clock())),
        census.KIND: Course(everybody, census.Counting(Censuses.from_env(), Clock())),
        moving.KIND: Course(
            everybody, moving.Moving(moving.Ports(Migrations.from_env(), runs(), journeys().state), Clock())
        ),
    }
    return Walks(slices, over(customers, works) | insiders, Clock())


@cache
def journeys() -> Journeys:
    return Journeys.from_env()


@cache
def legs() -> Legs:
    return Legs.from_env()


@cache
def recomputing() -> Recomputing:
    machine = Machine.from_env("RECOMPUTE_STATE_MACHINE")
    rows = Recomputes.from_env(), Slices.from_env(), editions(), SegmentMeasures.from_env()
    return Recomputing(*rows, machine, Clock())


def in_doubt(launch: str, count: int) -> None:
    logger.error("sends in doubt", extra={"launch": launch, "count": count})


@cache
def editions() -> Editions:
    return Editions.from_env()


@cache
def standings() -> Standings:
    return Standings(editions())


@cache
def rules() -> MeasureRules:
    return MeasureRules.from_env()


@cache
def backfill() -> Backfill:
    interactions, orders = Interactions.from_env(), Orders.from_env()
    tables = Customers.from_env(), interactions, orders, Identities.from_env()
    return Backfill(*tables, standings().stand, Clock(), pausing(LONGEST_PAUSE_S))


def uncounted(customer_id: str) -> None:
    logger.warning("not counted", extra={"customer_id": customer_id})


def put_off(kind: str, key: str, problem: Exception) -> None:
    logger.error("put off", extra={"row": kind, "key": key, "reason": type(problem).__name__})


def late(kind: str, by: timedelta) -> None:
    """Of each batch, so the line stands there for as long as it is so."""
    if by > LATEST:
        logger.error("due too long", extra={"row": kind, "late_s": int(by.total_seconds())})


def visit(record: SQSRecord, lambda_context: LambdaContext) -> None:
    shard, holder, now = json.loads(record.body)["shard"], lambda_context.aws_request_id, Clock().now()
    if not leases().take(shard, holder, now, now + LEASE):
        return logger.info("drained by another", extra={"shard": shard})
    try:
        visited = drain().run(shard, lambda: lambda_context.get_remaining_time_in_millis() > RESERVE_MS)
    finally:
        leases().give_back(shard, holder)
    if visited is None:
        drains().send([record.body.encode()])
    return logger.info("drained", extra={"shard": shard, "visited": visited})


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    return process_partial_response(
        event=event,
        record_handler=visit,
        processor=BatchProcessor(event_type=EventType.SQS),
        context=context,
    )
