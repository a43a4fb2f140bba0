"""What was bought, in which order, through which channel, and whether as a gift.

Each product in each order is a thing of its own, so that an order that is cancelled takes its products back, and only
these. The newest few are kept: what counts and sums are the orders, which the measures keep.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from shopkeeper import ids
from shopkeeper.customer.interaction import Interaction
from shopkeeper.customer.orders import id_of
from shopkeeper.customer.words import Said, Words, id_text, texts

BOUGHT = "bought"
CANCELLED = "cancelled"
CHANNELS = "channels"
GIFTS = "gifts"

_MOST_PRODUCTS = 20
_SHORT = 12
_BETWEEN = "\t"


class Purchase(NamedTuple):
    """`at` is in milliseconds since 1970. `sku` is empty where the product is known by it, or nobody told it."""

    at: int
    product: str
    order: str
    category: str
    name: str
    sku: str = ""

    def is_of(self, sku: str, product: str, category: str) -> bool:
        """Of each of these that is not empty."""
        told = {sku: {self.sku, self.product}, product: {self.product}, category.lower(): {self.category.lower()}}
        return all(wanted in its for wanted, its in told.items() if wanted)


def bought(interaction: Interaction) -> Iterator[Said]:
    """On a trusted word alone, as all about orders. An order without an id is known by its message."""
    if not interaction.trusted:
        return
    said = interaction.properties
    order = id_text(id_of(interaction)) or ids.digest("order", *interaction.key)[:_SHORT]
    products = said.get("products")
    for product in products[:_MOST_PRODUCTS] if isinstance(products, list) else ():
        product_id = isinstance(product, dict) and id_text(product.get("product_id") or product.get("sku"))
        if product_id:
            more = ("category", "name", "sku") if product.get("product_id") else ("category", "name")
            yield Said(BOUGHT, product_id + _BETWEEN + order, texts(product, *more))
    if channel := id_text(said.get("channel") or said.get("affiliation")):
        yield Said(CHANNELS, channel + _BETWEEN + order, "")
    if said.get("gift") is True:
        yield Said(GIFTS, order, "")


def cancelled(interaction: Interaction) -> Iterator[Said]:
    order = id_text(id_of(interaction))
    if order and interaction.trusted:
        yield Said(CANCELLED, order, interaction.name)


def standing(words: Mapping[str, Words]) -> list[Purchase]:
    """Newest first, without those of orders that were cancelled after they were completed."""
    found = []
    for name, word in words.get(BOUGHT, {}).items():
        product, _, order = name.partition(_BETWEEN)
        if _stands(words, order, word.at):
            said = [word.value.get(each, "") for each in ("category", "name", "sku")]
            found.append(Purchase(word.at, product, order, *said))
    return sorted(found, reverse=True)


def channels(words: Mapping[str, Words]) -> list[tuple[int, str]]:
    """Of each order that stands: its instant, and the channel it came through. Newest first."""
    told = ((word.at, *name.rpartition(_BETWEEN)) for name, word in words.get(CHANNELS, {}).items())
    return sorted(((at, channel) for at, channel, _, order in told if _stands(words, order, at)), reverse=True)


def gifts(words: Mapping[str, Words]) -> bool:
    """Whether any of the newest gifts stands."""
    return any(_stands(words, order, word.at) for order, word in words.get(GIFTS, {}).items())


def _stands(words: Mapping[str, Words], order: str, completed_at: int) -> bool:
    cancelled_at = words.get(CANCELLED, {}).get(order)
    return cancelled_at is None or cancelled_at.at < completed_at
