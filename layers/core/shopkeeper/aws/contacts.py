"""The Contacts table: who may be written to, and what has been reserved for them."""

import os
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from shopkeeper import clock
from shopkeeper.aws.clients import client, condition_failed, outages_named
from shopkeeper.consent import contact
from shopkeeper.consent.contact import Contact, Refused, Request, Word

_TOPIC, _BLOCK, _RESERVED = "topic:", "block:", "reserved:"


class Contacts:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    @classmethod
    def from_env(cls) -> "Contacts":
        return cls(client("dynamodb"), os.environ["CONTACTS_TABLE"])

    def load(self, customer_id: str) -> Contact:
        """Read consistently. Raises Unavailable."""
        with outages_named():
            found = self._dynamodb.get_item(TableName=self._table, Key=_key(customer_id), ConsistentRead=True)
        return _contact(customer_id, found.get("Item", {}))

    def reserve(self, held: Contact, send_id: str, request: Request, now: datetime) -> str:
        """The instant as it was reserved. Reserving again for a send moves its instant and takes no second place.

        Takes hold only while the contact allows the mail. Raises Refused, Unavailable.
        """
        at = clock.to_text(now)
        names = {"#place": _RESERVED + send_id, "#topic": _TOPIC + request.topic, "#block": _BLOCK + request.address}
        outdated = [send for send in held.outdated(now) if send != send_id]
        drops = {f"#old{n}": _RESERVED + send for n, send in enumerate(outdated)}
        known = "#topic.#is = :in" if request.opt_in != contact.ASSUMED else _not_out("#topic")
        self._update(
            held.customer_id,
            "SET #place = :at, #schema = :schema" + (f" REMOVE {', '.join(drops)}" if drops else ""),
            f"{known} AND {_not_out('#marketing')} AND attribute_not_exists(#block)",
            names | drops | {"#schema": "schema", "#marketing": "marketing", "#is": "is"},
            {":at": _text(at), ":schema": {"N": str(contact.SCHEMA)}, ":in": _text(contact.IN)},
        )
        return at

    def free(self, customer_id: str, send_id: str, at: str = "") -> bool:
        """Give a reservation back, with `at` only the one of that instant; False if it was not there.

        To be called only when it is certain that the mail was not accepted. Raises Unavailable.
        """
        names, values = {"#place": _RESERVED + send_id}, {":at": _text(at)} if at else {}
        condition = "#place = :at" if at else "attribute_exists(#place)"
        return self._try(customer_id, "REMOVE #place", condition, names, values)

    def hear(self, customer_id: str, topic: str, word: Word) -> bool:
        """Keep the word on a topic if it prevails; False if not, as for one heard before. Raises Unavailable."""
        return self._hear(customer_id, _TOPIC + topic, word)

    def leave(self, customer_id: str, topic: str, word: Word) -> Word:
        """Out of the topic from now on. The word that says so: this one, or the one that has said so before.

        An `in` that is later than the word stays, and is what is given back. Raises Unavailable.
        """
        condition = "attribute_not_exists(#word) OR (#word.#is = :in AND #word.#at <= :at)"
        names, values = _speaking(_TOPIC + topic, word)
        try:
            self._update(customer_id, _SPEAK, condition, names, values)
        except Refused as problem:
            return problem.contact.topics[topic]
        return word

    def hear_all(self, customer_id: str, word: Word) -> bool:
        """The same for the word on all marketing: a complaint, "stop all", or its undoing."""
        return self._hear(customer_id, "marketing", word)

    def block(self, customer_id: str, address: str, reason: str) -> None:
        """Nothing goes to this address any more, whoever has it later. The first reason stays. Raises Unavailable."""
        names = {"#block": _BLOCK + address, "#schema": "schema"}
        values = {":reason": _text(reason), ":schema": {"N": str(contact.SCHEMA)}}
        self._try(customer_id, "SET #block = :reason, #schema = :schema", "attribute_not_exists(#block)", names, values)

    def _hear(self, customer_id: str, attribute: str, word: Word) -> bool:
        names, values = _speaking(attribute, word)
        values |= {":import": _text(contact.IMPORT)}
        return self._try(customer_id, _SPEAK, _prevailing(word), names | {"#source": "source"}, values)

    def _try(
        self, customer_id: str, update: str, condition: str, names: dict[str, str], values: dict[str, Any]
    ) -> bool:
        try:
            self._update(customer_id, update, condition, names, values)
        except Refused:
            return False
        return True

    def _update(
        self, customer_id: str, update: str, condition: str, names: dict[str, str], values: dict[str, Any]
    ) -> None:
        try:
            with outages_named():
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key=_key(customer_id),
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    ExpressionAttributeNames=names,
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **({"ExpressionAttributeValues": values} if values else {}),
                )
        except ClientError as error:
            if not condition_failed(error):
                raise
            raise Refused(_contact(customer_id, error.response.get("Item", {}))) from error


_SPEAK = "SET #word = :word, #schema = :schema"


def _speaking(attribute: str, word: Word) -> tuple[dict[str, str], dict[str, Any]]:
    """The names and values that writing a word takes, and comparing it with the one that is held."""
    return {"#word": attribute, "#is": "is", "#at": "at", "#schema": "schema"}, {
        ":word": {"M": {"is": _text(word.is_), "at": _text(word.at), "source": _text(word.source)}},
        ":at": _text(word.at),
        ":in": _text(contact.IN),
        ":schema": {"N": str(contact.SCHEMA)},
    }


def _not_out(word: str) -> str:
    return f"(attribute_not_exists({word}) OR {word}.#is = :in)"


def _prevailing(word: Word) -> str:
    """`Word.prevails` as a condition on what is held."""
    soft = "(#word.#is = :in AND #word.#source = :import)"
    if not word.firm:
        return f"attribute_not_exists(#word) OR ({soft} AND #word.#at < :at)"
    tie = " OR (#word.#at = :at AND #word.#is = :in)" if word.is_ == contact.OUT else ""
    return f"attribute_not_exists(#word) OR {soft} OR #word.#at < :at{tie}"


def _key(customer_id: str) -> dict[str, dict[str, str]]:
    return {"customer_id": {"S": customer_id}}


def _text(value: str) -> dict[str, str]:
    return {"S": value}


def _contact(customer_id: str, item: dict[str, Any]) -> Contact:
    return Contact(
        customer_id=customer_id,
        topics={name: _word(value) for name, value in _under(_TOPIC, item)},
        marketing=_word(item["marketing"]) if "marketing" in item else None,
        blocks={name: value["S"] for name, value in _under(_BLOCK, item)},
        reservations={name: value["S"] for name, value in _under(_RESERVED, item)},
    )


def _under(prefix: str, item: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(name.removeprefix(prefix), value) for name, value in item.items() if name.startswith(prefix)]


def _word(value: dict[str, Any]) -> Word:
    said = value["M"]
    return Word(said["is"]["S"], said["at"]["S"], said["source"]["S"])
