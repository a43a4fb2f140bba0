"""What stands in the items of the Contacts table, and in which attribute."""

from dataclasses import replace
from typing import Any

from shopkeeper.consent.bounces import Bounces
from shopkeeper.consent.contact import ANY, NONE, OUT, Block, Contact, Suppression, Word, address_key

TOPIC, RESERVED = "topic:", "reserved:"
RESERVING, WISH = "reserving", "wish:"
MARKETING, BLOCK, LEGAL_HOLD = "marketing", "block", "legal_hold"
BOUNCED, FORGIVEN = "bounced:", "forgiven_at"
SUPPRESSED_FIRST, SUPPRESSED_LAST = "suppressed_first", "suppressed_last"
_OLD_BLOCK = "block:"  # Of schema 1, with the customer: an address and why nothing went there. No instant was kept.

Item = dict[str, Any]


def contact(customer_id: str, item: Item, address: Item, key: str = "") -> Contact:
    """Of a customer and of the address under that key; either item may be empty, for what is not stored."""
    said = suppression(address)
    places = {name: _place(value["S"]) for name, value in _under(RESERVED, item)}
    return Contact(
        customer_id=customer_id,
        topics=_topics(item),
        marketing=_word(item[MARKETING]) if MARKETING in item else None,
        reservations={name: at for name, (at, _) in places.items()},
        address=said if said.block else replace(said, block=_old_block(item, key)),
        counted={name: topic for name, (_, topic) in places.items() if topic != NONE},
        legal_hold=_block(item[LEGAL_HOLD]) if LEGAL_HOLD in item else None,
        wishes={name: _word(value) for name, value in _under(WISH, item)},
        reserving=int(item[RESERVING]["N"]) if RESERVING in item else 0,
    )


def suppression(item: Item) -> Suppression:
    return Suppression(
        block=_block(item[BLOCK]) if BLOCK in item else None,
        marketing=_word(item[MARKETING]) if MARKETING in item else None,
        topics=_topics(item),
        bounces=_bounces(item),
    )


def _bounces(item: Item) -> Bounces:
    soft = {name: value["S"] for name, value in _under(BOUNCED, item)}
    rest = (item[name]["S"] if name in item else "" for name in (SUPPRESSED_FIRST, SUPPRESSED_LAST, FORGIVEN))
    return Bounces(soft, *rest)


def place(at: str, topic: str) -> dict[str, str]:
    return text(f"{at} {topic}")


def _place(said: str) -> tuple[str, str]:
    at, _, topic = said.partition(" ")
    return at, topic or ANY


def map_of(said: Word | Block) -> dict[str, Any]:
    """What is empty is left out."""
    names = {"is": said.is_, "at": said.at}
    if isinstance(said, Word):
        names |= {"source": said.source}
    else:
        names |= {"cause": said.cause, "by": said.by, "reason": said.reason}
    return {"M": {name: text(value) for name, value in names.items() if value}}


def text(value: str) -> dict[str, str]:
    return {"S": value}


def _old_block(item: Item, key: str) -> Block | None:
    causes = (value["S"] for address, value in _under(_OLD_BLOCK, item) if address_key(address) == key)
    return next((Block(OUT, "", cause) for cause in causes), None)


def _topics(item: Item) -> dict[str, Word]:
    return {name: _word(value) for name, value in _under(TOPIC, item)}


def _under(prefix: str, item: Item) -> list[tuple[str, Any]]:
    return [(name.removeprefix(prefix), value) for name, value in item.items() if name.startswith(prefix)]


def _word(value: Item) -> Word:
    said = value["M"]
    return Word(said["is"]["S"], said["at"]["S"], said["source"]["S"])


def _block(value: Item) -> Block:
    said = {name: part["S"] for name, part in value["M"].items()}
    return Block(said["is"], said["at"], said["cause"], said.get("by", ""), said.get("reason", ""))
