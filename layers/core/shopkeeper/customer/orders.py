"""What an `Order Completed` says: which order it is, and what it came to."""

from shopkeeper import ids, money
from shopkeeper.customer.interaction import Interaction

COMPLETED = "Order Completed"
_LONGEST_ID = 500
_AMOUNTS = ("total", "revenue", "value")


def is_order(interaction: Interaction) -> bool:
    return interaction.type == "track" and interaction.name == COMPLETED


def order_of(interaction: Interaction) -> str:
    """The partition of the order's claim, `order:<order_id>`; empty where the interaction names no order.

    An id too long for a key is named by its digest. 17 and "17" are the same order.
    """
    order_id = interaction.properties.get("order_id") if is_order(interaction) else None
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
