"""What an `Order Completed` says: which order it is, and what it came to.

Orders are money, so they count on a trusted word alone: that of a server, a file or a person, never that of a web page,
whose key anybody can read. What a page says of an order is remembered, and neither counts nor claims it.
"""

from shopkeeper import ids, money
from shopkeeper.customer.interaction import Interaction

COMPLETED = "Order Completed"
_LONGEST_ID = 500
_AMOUNTS = ("total", "revenue", "value")


def is_order(interaction: Interaction) -> bool:
    return interaction.type == "track" and interaction.name == COMPLETED


def is_hearsay(interaction: Interaction) -> bool:
    return is_order(interaction) and not interaction.trusted


def order_of(interaction: Interaction) -> str:
    """The partition of the order's claim, `order:<order_id>`; empty where the interaction may claim none.

    An id too long for a key is named by its digest. 17 and "17" are the same order.
    """
    may_claim = is_order(interaction) and interaction.trusted
    order_id = interaction.properties.get("order_id") if may_claim else None
    text = str(order_id).strip() if isinstance(order_id, str | int) and not isinstance(order_id, bool) else ""
    if len(text.encode()) > _LONGEST_ID:
        text = ids.digest("order", text)
    return f"order:{text}" if text else ""


def amount_of(interaction: Interaction) -> tuple[str, int] | None:
    """The currency and the minor units: the total, else the revenue, else the value. None where either is missing."""
    said = interaction.properties
    amount = next((said[name] for name in _AMOUNTS if said.get(name) is not None), None)
    currency = said.get("currency")
    if not isinstance(currency, str) or not isinstance(amount, int | float | str) or isinstance(amount, bool):
        return None
    currency = currency.strip().upper()
    try:
        return currency, money.minor_units(amount, currency)
    except ValueError:
        return None
