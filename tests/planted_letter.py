"""Lay one letter into the ledger as a campaign does: its Sends row, its link table, and the addresses of its links."""

import json
from typing import TYPE_CHECKING

from shopkeeper import ids, keyring, tokens
from shopkeeper.aws.sends import Sends
from shopkeeper.mail import ledger
from shopkeeper.tokens import Kind

if TYPE_CHECKING:
    from local.stack import Stack

ACTIVITY, STEP, TEMPLATE, TOPIC = "campaign:hello", "letter", "hello", "news"
LINKS = [{"url": "https://shop.example/boots?size=42#new"}, {"url": "https://shop.example/"}]


def plant(stack: "Stack", customer_id: str) -> str:
    """The path of the letter's first link, signed."""
    content_ref = ids.content_ref(TEMPLATE, 1).hex()
    row = ledger.planned(
        customer_id=customer_id,
        activity=ACTIVITY,
        step=STEP,
        occurrence="1",
        planned_at=stack.clock.now(),
        template=f"{TEMPLATE}#000001",
        content_ref=content_ref,
        topic=TOPIC,
    )
    Sends(stack.client("dynamodb"), "SendsTable").plan(row)
    links = {"kind": "links", "id": content_ref, "home": "https://shop.example/", "links": json.dumps(LINKS)}
    stack.client("dynamodb").put_item(TableName="DefinitionsTable", Item=_texts(links))
    return f"/c/{token(stack, Kind.CLICK, customer_id)}/0"


def token(stack: "Stack", kind: Kind, customer_id: str, flags: int = 0) -> str:
    """Of the letter to this customer."""
    ring = keyring.parse(stack.client("secretsmanager").get_secret_value(SecretId="KeyRing")["SecretString"])
    send_id = ids.send_id(ACTIVITY, STEP, customer_id, "1")
    return tokens.mint(ring, kind, send_id, ids.content_ref(TEMPLATE, 1), flags)


def _texts(row: dict[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"S": value} for name, value in row.items()}
