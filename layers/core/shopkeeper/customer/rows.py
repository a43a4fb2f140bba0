"""The row that remembers one interaction. Rows are immutable: putting one again changes nothing."""

from typing import Any, cast

import msgspec

from shopkeeper.customer import orders
from shopkeeper.customer.interaction import NOTHING, Interaction, Kind, Source

Key = tuple[str, str]
SCHEMA = 1


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`body` is the JSON text of {properties, traits, context, ids}, each where there is any.

    `customer_id` is empty for what belongs to nobody; `version` is the version of the document it was folded in,
    and `folded_at` when that was.
    `unfolded` says why an interaction has a row but no part in any document. Of what speaks of an order, `order` is its
    name, and `order_owner` the customer whose it is, whoever said it, as it was before any merge.
    """

    subject: str
    message_id: str
    at: str
    received_at: str
    type: str
    source: str
    body: msgspec.Raw
    name: str = ""
    said_at: str = ""
    origin: str = ""
    trusted: bool = False
    customer_id: str = ""
    version: int = 0
    folded_at: str = ""
    unfolded: str = ""
    order: str = ""
    order_owner: str = ""
    schema: int = SCHEMA

    @property
    def key(self) -> Key:
        return self.subject, self.message_id

    @property
    def is_kept_for_good(self) -> bool:
        """Orders, what files brought and what is taken back outlive the time for which all else is kept.

        Of what anybody can say nothing does: it is no part of an order, and takes nothing back.
        """
        kept = self.name in orders.NAMES or self.name == "Interaction Retracted"
        return self.source == "import" or (self.type == "track" and self.trusted and kept)

    def said(self) -> dict[str, Any]:
        body: dict[str, Any] = msgspec.json.decode(self.body)
        return body


class _Said(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of a row."""

    properties: msgspec.Raw = NOTHING
    traits: msgspec.Raw = NOTHING
    context: msgspec.Raw = NOTHING
    ids: dict[str, str] = {}


_json = msgspec.json.Encoder()
_rows = msgspec.json.Decoder(list[Row])
_bodies = msgspec.json.Decoder(_Said)


def row_of(interaction: Interaction, **more: Any) -> Row:
    """`more` is what the store says of it, from `customer_id` to `order_owner`."""
    return Row(
        subject=interaction.subject,
        message_id=interaction.message_id,
        at=interaction.at,
        received_at=interaction.received_at,
        type=interaction.type,
        source=interaction.source,
        body=_body(interaction),
        name=interaction.name,
        said_at=interaction.said_at,
        origin=interaction.origin,
        trusted=interaction.trusted,
        **more,
    )


def interaction_of(row: Row) -> Interaction:
    """What was said, as it was when the row was made."""
    said = _bodies.decode(row.body)
    return Interaction(
        subject=row.subject,
        message_id=row.message_id,
        type=cast(Kind, row.type),
        at=row.at,
        received_at=row.received_at,
        source=cast(Source, row.source),
        name=row.name,
        said_at=row.said_at,
        origin=row.origin,
        trusted=row.trusted,
        ids=said.ids,
        raw_properties=said.properties,
        raw_traits=said.traits,
        raw_context=said.context,
    )


def _body(interaction: Interaction) -> msgspec.Raw:
    said = _Said(interaction.raw_properties, interaction.raw_traits, interaction.raw_context, interaction.ids)
    return msgspec.Raw(_json.encode(said))


def to_json(rows: tuple[Row, ...]) -> str:
    return _json.encode(rows).decode()


def from_json(text: str) -> tuple[Row, ...]:
    """Raises msgspec.MsgspecError (a ValueError)."""
    return tuple(_rows.decode(text)) if text else ()
