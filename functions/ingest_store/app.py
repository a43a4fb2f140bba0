"""SQS Interactions -> the customer's document, then the rows. Each interaction counts once, however often it comes.

A message that cannot be stored goes back to the queue alone, and after five tries into the dead-letter queue.
"""

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopkeeper import ids
from shopkeeper.aws.crowds import Crowds
from shopkeeper.aws.customers import Customers
from shopkeeper.aws.definitions import Definitions
from shopkeeper.aws.editions import Editions
from shopkeeper.aws.hits import Hits
from shopkeeper.aws.identities import Identities
from shopkeeper.aws.interactions import Interactions
from shopkeeper.aws.measure_rules import MeasureRules
from shopkeeper.aws.merges import Merges
from shopkeeper.aws.orders import Orders
from shopkeeper.aws.sends import Sends
from shopkeeper.clock import Clock
from shopkeeper.customer import merging
from shopkeeper.customer.identity import Change, Merge, kind_of
from shopkeeper.customer.interaction import Interaction
from shopkeeper.customer.rows import Row
from shopkeeper.customer.store import arrival
from shopkeeper.customer.store.arrival import Store
from shopkeeper.customer.store.evidence import Evidence
from shopkeeper.customer.store.keeping import Places
from shopkeeper.customer.store.merger import Merger
from shopkeeper.customer.store.own_rows import OwnRows
from shopkeeper.customer.store.people import People
from shopkeeper.customer.store.refill import MOST_ROWS, Refill
from shopkeeper.customer.store.rounds import Rounds
from shopkeeper.pauses import pausing
from shopkeeper.segment.standing import Standings

LONGEST_PAUSE_S = 0.03

logger = Logger(service="ingest_store")


@cache
def store() -> Store:
    customers, interactions, clock = Customers.from_env(), Interactions.from_env(), Clock()
    pause = pausing(LONGEST_PAUSE_S)
    stand = Standings(Editions.from_env()).stand
    merger = Merger(customers, interactions, Merges.from_env(), stand, clock)
    identities = Identities.from_env()
    orders = Orders.from_env()
    evidence = Evidence(interactions, orders, identities)
    refill = Refill(OwnRows(interactions, orders, identities, MOST_ROWS))
    people = People(identities, merger, clock, pause, quarantined, not_merged)
    knowing = MeasureRules.from_env().knowing
    rounds = Rounds(customers, interactions, evidence, refill, knowing, stand, clock, pause, full)
    places = Places(Hits.from_env(), Crowds.from_env(), Sends.from_env())
    return Store(interactions, places, Definitions.from_env(), people, rounds)


def quarantined(change: Change) -> None:
    """An alarm can watch for this line. The id itself may hold anything, so its last customer is named instead."""
    *_, left, _ = change.after.moves
    said = {"kind": kind_of(change.identity), "customer_id": left.customer_id}
    logger.warning("identity quarantined", extra=said)


def not_merged(merge: Merge, reason: str) -> None:
    """That somebody has parted the two is no trouble; an alarm can watch for the line of all else."""
    said = {"customer_id": ids.customer_id(merge.gone), "into": ids.customer_id(merge.into), "reason": reason}
    if reason == merging.APART:
        logger.info("customers kept apart", extra=said)
    else:
        logger.warning("customers not merged", extra=said)


def full(row: Row) -> None:
    """An alarm can watch for this line. Names of traits and of interactions may be anything."""
    logger.warning("document full", extra={"customer_id": row.customer_id, "type": row.type})


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    batch: dict[str, Interaction] = {}
    failed: dict[str, str] = {}
    for record in event["Records"]:
        try:
            batch[record["messageId"]] = arrival.read(record["body"])
        except arrival.NoInteraction:
            failed[record["messageId"]] = "no interaction"
    failed |= store().store(batch)
    for message, reason in failed.items():
        logger.warning("not stored", extra={"message_id": message, "reason": reason})
    logger.info("stored", extra={"messages": len(event["Records"]), "failed": len(failed)})
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}
