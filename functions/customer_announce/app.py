"""Stream of the Customers table -> what came of each send, orders among it, what contacts allow, who is in which
account, segment and list, what was redeemed, whose journeys begin, go on or end by it, what is told.

Routes only: what the news means is decided elsewhere.

A record that cannot be handled is parked whole, and its shard goes on. The Parked queue brings it back a few times,
and leaves it to its dead-letter queue in the end.
"""

import json
from base64 import b64decode
from collections.abc import Callable
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from msgspec.structs import replace

from shopkeeper.aws import doors
from shopkeeper.aws.accounts import Accounts
from shopkeeper.aws.breakers import Breakers
from shopkeeper.aws.contacts import Contacts
from shopkeeper.aws.credited import Credited
from shopkeeper.aws.customers import stored_of
from shopkeeper.aws.definitions import Definitions
from shopkeeper.aws.interactions import Interactions
from shopkeeper.aws.journeys import Journeys
from shopkeeper.aws.launches import Launches
from shopkeeper.aws.legs import Legs
from shopkeeper.aws.members import Members
from shopkeeper.aws.names import Names
from shopkeeper.aws.offers import Offers
from shopkeeper.aws.orders import Orders
from shopkeeper.aws.queues import Queue
from shopkeeper.aws.runs import Runs
from shopkeeper.aws.sends import Sends
from shopkeeper.aws.tasks import Tasks
from shopkeeper.campaign import crediting
from shopkeeper.campaign.crediting import to_credits
from shopkeeper.clock import Clock
from shopkeeper.connect.forgetting import Eraser
from shopkeeper.consent.news import to_contacts
from shopkeeper.customer import document, news, rows
from shopkeeper.customer.accounts import to_accounts
from shopkeeper.customer.document import Customer
from shopkeeper.customer.members import moves
from shopkeeper.customer.names import to_names
from shopkeeper.customer.news import Route
from shopkeeper.customer.rows import Row
from shopkeeper.journey.breaking import Breaker, Broken
from shopkeeper.journey.doors.coming import Planner
from shopkeeper.journey.doors.letting_in import Door
from shopkeeper.journey.doors.owners import Mover
from shopkeeper.journey.rows import RunKey
from shopkeeper.mail import facts
from shopkeeper.mail.offers import to_offers

logger = Logger(service="customer_announce")


@cache
def sends() -> Sends:
    return Sends.from_env()


@cache
def contacts() -> Contacts:
    return Contacts.from_env()


@cache
def accounts() -> Accounts:
    return Accounts.from_env()


@cache
def crediting_ports() -> crediting.Ports:
    return crediting.Ports(
        facts=Orders.from_env(),
        interactions=Interactions.from_env(),
        contacts=contacts(),
        sends=sends(),
        launches=Launches.from_env(),
        credited=Credited.from_env(),
    )


@cache
def offers() -> Offers:
    return Offers.from_env(Definitions.from_env())


@cache
def members() -> Members:
    return Members.from_env()


@cache
def names() -> Names:
    return Names.from_env()


@cache
def door() -> Door:
    return doors.door(Journeys.from_env())


@cache
def planner() -> Planner:
    return doors.planner(door().journeys)


@cache
def legs() -> Legs:
    return Legs.from_env()


@cache
def mover() -> Mover:
    return Mover(Runs.from_env(), Clock())


@cache
def eraser() -> Eraser:
    return Eraser(Runs.from_env(), Tasks.from_env(), mover())


@cache
def breaker() -> Breaker:
    return Breaker(Breakers.from_env(), Clock(), broken)


def broken(node: Broken) -> None:
    logger.error("node broken", extra={"journey": node.journey, "node": node.node, "why": node.why})


@cache
def parked() -> Queue:
    return Queue.from_env("PARKED_QUEUE_URL")


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    from_queue = event["Records"][0]["eventSource"] == "aws:sqs"
    failed = announce_parked(event["Records"]) if from_queue else announce_all(event["Records"])
    count_attempts()
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in failed]}


def announce_all(records: list[dict[str, Any]]) -> list[str]:
    """The sequence number from which the shard is to be read again, if any; what is told twice changes nothing."""
    due = list[RunKey]()
    for record in records:
        try:
            due += announce(record)
        except Exception as problem:  # What cannot be handled is parked with the reason.
            if not park(record, type(problem).__name__):
                start_legs(due)
                return [record["dynamodb"]["SequenceNumber"]]
    start_legs(due)
    return []


def announce_parked(messages: list[dict[str, Any]]) -> list[str]:
    """The messages that still cannot be handled."""
    failed = []
    for message in messages:
        try:
            start_legs(announce(json.loads(message["body"])["record"]))
        except Exception as problem:  # Each is parked for itself alone.
            logger.warning("still parked", extra={"reason": type(problem).__name__, "message_id": message["messageId"]})
            failed.append(message["messageId"])
    return failed


def announce(record: dict[str, Any]) -> list[RunKey]:
    """The runs of journeys that are due by it."""
    image = record["dynamodb"].get("NewImage")
    if image is None:  # The customer is gone, and so is the news.
        gone = record["dynamodb"]["Keys"]["customer_id"]["S"]
        planner().forget(gone)
        return eraser().erase(gone)
    seen = cache(lambda: customer(image))
    fresh = news.fresh(int(image["version"]["N"]), rows.from_json(image["pending"]["S"]))
    news.tell(fresh, routes(seen))
    members().move(moves(seen().customer_id, seen().version, seen().document, fresh))
    due = mover().hear(seen()) or door().hear(fresh, seen)
    breaker().hear(fresh)
    planner().hear(fresh, seen)
    note_names(fresh)
    return due


def start_legs(keys: list[RunKey]) -> None:
    """As far as it goes: the runs are due, so the clock starts what is not started here."""
    if not keys:
        return
    try:
        legs().start(keys)
    except Exception as problem:  # Whatever it is, all has been told.
        logger.warning("legs not started", extra={"reason": type(problem).__name__, "runs": len(keys)})


def customer(image: dict[str, Any]) -> Customer:
    """Lambda hands bytes over in base64."""
    return document.load(replace(stored_of(image), measures=b64decode(image["measures"]["B"])))


def routes(seen: Callable[[], Customer]) -> tuple[Route, ...]:
    """`seen` is the customer as this news left them: a yes to mail is for the address they had then."""
    return (
        news.to_sends(sends()),
        to_contacts(contacts(), lambda: facts.address_key_of(seen().document)),
        to_accounts(accounts()),
        to_credits(crediting_ports(), cache(lambda: crediting.who(seen()))),
        to_offers(offers(), lambda: seen().family),
    )


def note_names(fresh: list[Row]) -> None:
    """Behind all else, and as far as it goes: a name is told again some day, and nobody's consent waits for it."""
    try:
        news.tell(fresh, [to_names(names())])
    except Exception as problem:  # Whatever it is, it is no reason to park what has been told.
        logger.warning("names not noted", extra={"reason": type(problem).__name__})


def count_attempts() -> None:
    """As far as it goes: what could not be counted is left out."""
    try:
        breaker().count()
    except Exception as problem:  # Whatever it is, it is no reason to tell all of it again.
        logger.warning("attempts not counted", extra={"reason": type(problem).__name__})


def park(record: dict[str, Any], reason: str) -> bool:
    try:
        parked().send([json.dumps({"reason": reason, "record": record}, ensure_ascii=False).encode()])
    except Exception as problem:  # Reported as failed: Lambda delivers the record again, and parks it in the end.
        logger.error("not parked", extra={"reason": type(problem).__name__, "event_id": record.get("eventID")})
        return False
    logger.warning("parked", extra={"reason": reason, "event_id": record.get("eventID")})
    return True
