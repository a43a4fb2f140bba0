"""Look of segment_recompute -> every customer of a slice stands where the rules of the segments want them."""

from dataclasses import asdict
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopkeeper.aws.customers import Customers
from shopkeeper.aws.editions import Editions
from shopkeeper.aws.interactions import Interactions
from shopkeeper.aws.recomputes import Recomputes
from shopkeeper.aws.walks import Slices
from shopkeeper.clock import Clock
from shopkeeper.customer.store.looking import Look
from shopkeeper.pauses import pausing
from shopkeeper.segment.columnar.screening import Screen
from shopkeeper.segment.scanning import Part, Scanner, Telling
from shopkeeper.segment.standing import Standings

# Enough for a page of customers who must all be written, with a slow table.
RESERVE_MS = 90_000
LONGEST_PAUSE_S = 0.1

logger = Logger(service="segment_scan")


@cache
def scanner() -> Scanner:
    customers, editions = Customers.from_env(), Editions.from_env()
    look = Look(customers, Interactions.from_env(), Standings(editions).stand, Clock(), pausing(LONGEST_PAUSE_S))
    rows = Recomputes.from_env(), Slices.from_env(), customers, editions
    return Scanner(*rows, Screen(), look.at, Telling(differs, unasked, mistaken), Clock())


def differs(run: str, customer_id: str, slot: str) -> None:
    """An alarm waits for it: what counts must not have been wrong."""
    logger.error("segment differs", extra={"run": run, "customer_id": customer_id, "slot": slot})


def unasked(run: str, customer_id: str, reason: str) -> None:
    logger.error("customer not asked", extra={"run": run, "customer_id": customer_id, "reason": reason})


def mistaken(run: str, customer_id: str, slots: str) -> None:
    """An alarm waits for it: columns of a page and the evaluator say different things of the same customer."""
    logger.error("columns mistaken", extra={"run": run, "customer_id": customer_id, "slots": slots})


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    part = scanner().scan(Part(**event), lambda: context.get_remaining_time_in_millis() > RESERVE_MS)
    logger.info("looked", extra={"run": part.run, "slice": part.slice, "more": part.more})
    return asdict(part)
