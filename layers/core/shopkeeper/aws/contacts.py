"""The Contacts table: who may be written to and at which address, and what has been reserved for them.

`who` is a customer's id, or the key of an address as `contact.address_key` gives it.
"""

import os
import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from shopkeeper import clock
from shopkeeper.aws import batches, contact_items
from shopkeeper.aws.clients import client, condition_failed, outages_named
from shopkeeper.aws.contact_items import BLOCK, LEGAL_HOLD, MARKETING, RESERVED, RESERVING, TOPIC, WISH, Item, text
from shopkeeper.consent import bounces, contact
from shopkeeper.consent.contact import Block, Contact, Refused, Request, Suppression, Word
from shopkeeper.customer import consents

_RESERVE = "SET #place = :place, #schema = :schema, #reserving = if_not_exists(#reserving, :at_first) + :one"
_SPEAK = "SET #said = :said, #schema = :schema"
_SCHEMA = {"N": str(contact.SCHEMA)}
_NAMED = re.compile(r"[#:]\w+")


class Contacts:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    @classmethod
    def from_env(cls) -> "Contacts":
        return cls(client("dynamodb"), os.environ["CONTACTS_TABLE"])

    def load(self, customer_id: str, address_key: str = "", merged: Collection[str] = ()) -> Contact:
        """The customer, with those who were merged into it, and what is said of the address; all read consistently, in
        one call. Raises Unavailable."""
        found = self._read(customer_id, address_key, *merged)
        own, *others = (
            contact_items.contact(each, found.get(each, {}), found.get(address_key, {}), address_key)
            for each in (customer_id, *merged)
        )
        return own.joined(others) if others else own

    def suppression(self, address_key: str) -> Suppression:
        """Read consistently. Raises Unavailable."""
        return contact_items.suppression(self._read(address_key).get(address_key, {}))

    def reserve(self, held: Contact, send_id: str, request: Request, now: datetime, twins: Collection[str] = ()) -> str:
        """The instant as it was reserved. Reserving again for a send moves its instant and takes no second place.

        Takes hold only while the customer's own words allow the mail, none of the `twins` has a place, and, where it is
        capped, nothing has been reserved since `held` was read; what is said of the address is looked at before, and
        again at the last look. Raises Refused, Unavailable.
        """
        at = clock.to_text(now)
        outdated = [send for send in held.outdated(now) if send != send_id]
        drops = {f"#old{n}": RESERVED + send for n, send in enumerate(outdated)}
        names = {"#place": RESERVED + send_id, "#topic": TOPIC + request.topic, "#marketing": MARKETING, "#is": "is"}
        alone = {f"#twin{n}": RESERVED + twin for n, twin in enumerate(twins)}
        counting = {":at_first": {"N": "0"}, ":one": {"N": "1"}, ":seen": {"N": str(held.reserving)}}
        said = {":place": contact_items.place(at, request.counts_as), ":schema": _SCHEMA, ":in": text(contact.IN)}
        try:
            self._update(
                held.customer_id,
                _RESERVE + (f" REMOVE {', '.join(drops)}" if drops else ""),
                " AND ".join([*_allowing(request, held), *(f"attribute_not_exists({twin})" for twin in alone)]),
                names | drops | alone | {"#schema": "schema", "#reserving": RESERVING},
                said | counting,
            )
        except _Otherwise as other:
            stands = contact_items.contact(held.customer_id, other.item, {})
            raise Refused(replace(stands, address=held.address)) from other
        return at

    def free(self, customer_id: str, send_id: str, at: str = "") -> bool:
        """Give a reservation back, with `at` only the one of that instant; False if it was not there.

        To be called only when it is certain that the mail was not accepted. Raises Unavailable.
        """
        names, values = {"#place": RESERVED + send_id}, {":at": text(at)} if at else {}
        condition = "begins_with(#place, :at)" if at else "attribute_exists(#place)"
        return self._try(customer_id, "REMOVE #place", condition, names, values)

    def hear(self, who: str, topic: str, word: Word) -> bool:
        """Keep the word on a topic if it prevails; False if not, as for one heard before. Raises Unavailable."""
        return self._hear(who, TOPIC + topic, word)

    def leave(self, who: str, topic: str, word: Word) -> Word:
        """Out of the topic from now on. The word that says so: this one, or the one that has said so before.

        An `in` that is later than the word stays, and is what is given back. Raises Unavailable.
        """
        condition = "attribute_not_exists(#said) OR (#said.#is = :in AND #said.#at <= :at)"
        names, values = _speaking(TOPIC + topic, word)
        try:
            self._update(who, _SPEAK, condition, names, values)
        except _Otherwise as other:
            return contact_items.contact(who, other.item, {}).topics[topic]
        return word

    def correct(self, who: str, topic: str, held: Word, word: Word | None) -> bool:
        """This word on a topic, `*` for all, or none, in the place of one that was never theirs; False if that is not
        held any more.

        Raises Unavailable.
        """
        names, values = _speaking(MARKETING if topic == consents.ALL else TOPIC + topic, word or held)
        values |= {":is": text(held.is_), ":held": text(held.at), ":source": text(held.source)}
        condition = "#said.#is = :is AND #said.#at = :held AND #said.#source = :source"
        return self._try(who, _SPEAK if word else "REMOVE #said", condition, names, values)

    def hear_all(self, who: str, word: Word) -> bool:
        """The same for the word on all marketing: a complaint, "stop all", or its undoing."""
        return self._hear(who, MARKETING, word)

    def wish(self, who: str, name: str, word: Word) -> bool:
        """Keep how often, or from when on, mail is wanted, if nothing later is known. Raises Unavailable."""
        return self._hear(who, WISH + name, word)

    def block(self, address_key: str, block: Block) -> bool:
        """Keep what is said of all mail to the address if it prevails; False if not. Raises Unavailable."""
        return self._block(address_key, BLOCK, block)

    def hold(self, customer_id: str, block: Block) -> bool:
        """Keep what is said of all mail to the customer, for the law's sake, in the same way. Raises Unavailable."""
        return self._block(customer_id, LEGAL_HOLD, block)

    def bounced(self, address_key: str, at: str) -> None:
        """Mail to the address bounced softly. Raises Unavailable."""
        self._keep(address_key, contact_items.BOUNCED + bounces.slot(at), at, "<")

    def suppressed(self, address_key: str, at: str) -> None:
        """SES itself suppressed mail to the address, as it does for all its senders. Raises Unavailable."""
        self._keep(address_key, contact_items.SUPPRESSED_FIRST, at, ">")
        self._keep(address_key, contact_items.SUPPRESSED_LAST, at, "<")

    def forgive(self, address_key: str, at: str) -> None:
        """What bounced until then counts no more. Raises Unavailable."""
        self._keep(address_key, contact_items.FORGIVEN, at, "<")

    def _keep(self, who: str, attribute: str, at: str, held_is: str) -> None:
        """The first such instant, or the last one."""
        names, values = {"#said": attribute, "#schema": "schema"}, {":said": text(at), ":schema": _SCHEMA}
        self._try(who, _SPEAK, f"attribute_not_exists(#said) OR #said {held_is} :said", names, values)

    def _block(self, who: str, attribute: str, block: Block) -> bool:
        names, values = _speaking(attribute, block)
        return self._try(who, _SPEAK, _prevailing_block(block), names, values)

    def _hear(self, who: str, attribute: str, word: Word) -> bool:
        names, values = _speaking(attribute, word)
        return self._try(who, _SPEAK, _prevailing(word), names, values)

    def _read(self, *keys: str) -> dict[str, Item]:
        with outages_named():
            items = list(batches.read_all(self._dynamodb, self._table, [_key(each) for each in keys if each]))
        return {item["customer_id"]["S"]: item for item in items}

    def _try(self, who: str, update: str, condition: str, names: dict[str, str], values: dict[str, Any]) -> bool:
        try:
            self._update(who, update, condition, names, values)
        except _Otherwise:
            return False
        return True

    def _update(self, who: str, update: str, condition: str, names: dict[str, str], values: dict[str, Any]) -> None:
        """Raises _Otherwise, Unavailable."""
        used = set(_NAMED.findall(f"{update} {condition}"))  # DynamoDB takes no name or value that is not.
        values = {name: value for name, value in values.items() if name in used}
        try:
            with outages_named():
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key=_key(who),
                    UpdateExpression=update,
                    **({"ConditionExpression": condition} if condition else {}),
                    ExpressionAttributeNames={name: attribute for name, attribute in names.items() if name in used},
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **({"ExpressionAttributeValues": values} if values else {}),
                )
        except ClientError as error:
            if not condition_failed(error):
                raise
            raise _Otherwise(error.response.get("Item", {})) from error


class _Otherwise(Exception):
    """The item is not as the condition wants it, but like this."""

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item


def _allowing(request: Request, held: Contact) -> Iterator[str]:
    """The customer's half of `contact.refusal` as conditions, and that the count it was capped by still holds."""
    if request.minds_topic:
        yield "#topic.#is = :in" if request.needs_consent else _not_out("#topic")
    if request.is_marketing:
        yield _not_out("#marketing")
    if request.capped:
        yield "#reserving = :seen" if held.reserving else "attribute_not_exists(#reserving)"


def _speaking(attribute: str, said: Word | Block) -> tuple[dict[str, str], dict[str, Any]]:
    """The names and values for writing it down, and for comparing it with what is held."""
    names = {"#said": attribute, "#schema": "schema"} | {f"#{part}": part for part in ("is", "at", "source", "cause")}
    texts = {":at": said.at, ":in": contact.IN, ":out": contact.OUT, ":import": contact.IMPORT}
    values = {name: text(value) for name, value in (texts | {":by_hand": contact.BY_HAND}).items()}
    return names, values | {":said": contact_items.map_of(said), ":schema": _SCHEMA}


def _not_out(word: str) -> str:
    return f"(attribute_not_exists({word}) OR {word}.#is = :in)"


def _prevailing(word: Word) -> str:
    """`Word.prevails` as a condition on what is held."""
    soft = "(#said.#is = :in AND #said.#source = :import)"
    if not word.firm:
        return f"attribute_not_exists(#said) OR ({soft} AND #said.#at < :at)"
    tie = " OR (#said.#at = :at AND #said.#is = :in)" if word.is_ == contact.OUT else ""
    return f"attribute_not_exists(#said) OR {soft} OR #said.#at < :at{tie}"


def _prevailing_block(block: Block) -> str:
    """`Block.prevails` as a condition on what is held."""
    if block.is_ == contact.IN:
        return "#said.#is = :out AND #said.#at < :at"
    if block.cause == contact.BY_HAND:
        return "attribute_not_exists(#said) OR #said.#cause <> :by_hand OR #said.#at <= :at"
    return "attribute_not_exists(#said) OR (#said.#is = :in AND #said.#at < :at)"


def _key(who: str) -> dict[str, dict[str, str]]:
    return {"customer_id": {"S": who}}
