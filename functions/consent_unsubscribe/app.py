"""ANY /u/{token} -> customer and address are out of the topic before the answer; then an interaction is in the queue.

A wish that cannot be written at that moment goes to a queue of its own, which brings it back here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from shopkeeper.aws.contacts import Contacts
from shopkeeper.aws.customers import Customers
from shopkeeper.aws.definitions import Definitions
from shopkeeper.aws.queues import Queue
from shopkeeper.aws.sends import Sends
from shopkeeper.aws.tracking import KeyRingSecret
from shopkeeper.clock import Clock
from shopkeeper.consent.contact import Contact, Word
from shopkeeper.consent.leaving import Mailing
from shopkeeper.consent.pages import Shown, masked
from shopkeeper.consent.unsubscribe import Desk, Request, Unreachable
from shopkeeper.customer import following, interaction
from shopkeeper.customer.document import Document
from shopkeeper.customer.interaction import Interaction
from shopkeeper.mail import facts

logger = Logger(service="consent_unsubscribe")


@cache
def key_ring() -> KeyRingSecret:
    return KeyRingSecret.from_env()


@cache
def store() -> "Stored":
    return Stored(Sends.from_env(), Contacts.from_env(), Customers.from_env(), Definitions.from_env())


@cache
def queues() -> "Queues":
    return Queues(Queue.from_env(), Queue.from_env("UNSUBSCRIBES_QUEUE_URL"))


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    desk, now = Desk(store(), queues()), Clock().now()
    if "Records" not in event:
        return desk.answer(Request.from_event(event), key_ring().get(now), now)
    return {"batchItemFailures": [{"itemIdentifier": message} for message in again(desk, event["Records"])]}


def again(desk: Desk, messages: list[dict[str, Any]]) -> list[str]:
    """The messages whose wish still cannot be written."""
    failed = []
    for message in messages:
        try:
            desk.again(message["body"], Clock().now())
        except Exception as problem:  # It goes back alone, with its reason.
            logger.warning(
                "still waiting", extra={"reason": type(problem).__name__, "message_id": message["messageId"]}
            )
            failed.append(message["messageId"])
    return failed


@contextmanager
def reached() -> Iterator[None]:
    """Whatever keeps us from reading or writing, a wish must not be lost over it. Raises Unreachable."""
    try:
        yield
    except Exception as problem:
        logger.error("not reached", extra={"reason": type(problem).__name__})
        raise Unreachable(type(problem).__name__) from problem


class Stored:
    def __init__(self, sends: Sends, contacts: Contacts, customers: Customers, definitions: Definitions) -> None:
        self._sends = sends
        self._contacts = contacts
        self._customers = customers
        self._definitions = definitions

    def mailing(self, send_id: str) -> Mailing | None:
        """A mail of no topic carries no such link. Rows of before the address was noted went to the one of now."""
        with reached():
            send = self._sends.load(send_id)
            if send is None or not send.topic:
                return None
            address_key = send.address_key or facts.address_key_of(self._document(send.customer_id))
        return Mailing(send.send_id, send.customer_id, send.topic, send.brand, address_key, send.names)

    def shown(self, mailing: Mailing) -> Shown:
        with reached():
            address = facts.address_of(self._document(mailing.customer_id))
            _, topic = self._definitions.current("topic", mailing.topic) or (0, {})
            brand = self._brand(mailing.brand)
        return Shown(str(topic.get("name", "")), masked(address), str(brand.get("name", "")))

    def _document(self, customer_id: str) -> Document:
        living = following.find(customer_id, self._customers)
        return living.document if living else Document()

    def _brand(self, reference: str) -> dict[str, Any]:
        brand_id, _, number = reference.rpartition("#")
        return (self._definitions.version("brand", brand_id, int(number)) if number.isdigit() else None) or {}

    def load(self, customer_id: str, address_key: str = "") -> Contact:
        with reached():
            return self._contacts.load(customer_id, address_key)

    def hear(self, who: str, topic: str, word: Word) -> bool:
        with reached():
            return self._contacts.hear(who, topic, word)

    def leave(self, who: str, topic: str, word: Word) -> Word:
        with reached():
            return self._contacts.leave(who, topic, word)


class Queues:
    def __init__(self, interactions: Queue, later: Queue) -> None:
        self._interactions = interactions
        self._later = later

    def remember(self, fact: Interaction) -> None:
        """What the queue does not take stands in the log, from where it can be sent again."""
        body = interaction.encode(fact)
        try:
            self._interactions.send([body])
        except Exception as problem:  # The opt-out is written, and must not be answered with an error.
            cause = type(problem).__name__
            logger.error("UNSUBSCRIBE_FALLBACK", extra={"cause": cause, "interaction": body.decode()})

    def later(self, wish: bytes) -> None:
        with reached():
            self._later.send([wish])
