"""Which orders count for a letter: how soon after it they were made, and what they are of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
from typing_extensions import TypedDict

from shopkeeper.customer.orders import Order
from shopkeeper.customer.purchases import Purchase
from shopkeeper.customer.words import id_text, texts

WINDOW_DAYS = 5
LONGEST = timedelta(days=30)

Goods = Sequence[tuple[Purchase, int]]
"""Products, and how many pieces of each."""


class Counts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an order must hold to count: of several all have to fit one product of it."""

    sku: str = ""
    product: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Sold:
    """An order, what was bought in it, and what of that came back: `is_back` says that all of it did."""

    order: Order
    bought: Goods
    returned: Goods
    is_back: bool = False


class Conversion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Of an activity: orders less than so many days behind a letter; of any goods where `counts` is None."""

    window_days: int = WINDOW_DAYS
    counts: Counts | None = None

    @property
    def window(self) -> timedelta:
        return timedelta(days=self.window_days)

    def units(self, sold: Sold) -> int | None:
        """The pieces that count and were kept; None where the order holds nothing that counts."""
        pieces = self._pieces(sold.bought)
        if self.counts and not pieces:
            return None
        return 0 if sold.is_back else max(sum(pieces) - sum(self._pieces(sold.returned)), 0)

    def _pieces(self, goods: Goods) -> list[int]:
        wanted = self.counts
        return [n for each, n in goods if not wanted or each.is_of(wanted.sku, wanted.product, wanted.category)]


class ConversionView(TypedDict):
    """Orders less than `window_days` behind the letter count; any, or those of which a product is as `counts` says."""

    window_days: int
    counts: dict[str, str] | None


USUAL = Conversion()


def shown(said: Conversion) -> ConversionView:
    return {"window_days": said.window_days, "counts": msgspec.to_builtins(said.counts) if said.counts else None}


def goods(said: Mapping[str, Any]) -> Iterator[tuple[Purchase, int]]:
    """Of the properties of an order, or of a refund. What states no usable quantity is one piece."""
    products = said.get("products")
    for each in products if isinstance(products, list) else ():
        product = isinstance(each, dict) and id_text(each.get("product_id") or each.get("sku"))
        if product:
            told = texts(each, "category", "sku")
            yield Purchase(0, product, "", told.get("category", ""), "", told.get("sku", "")), _quantity(each)


def _quantity(said: Mapping[str, Any]) -> int:
    try:
        return min(max(int(said.get("quantity", 1)), 0), 10**6)
    except (TypeError, ValueError, OverflowError):
        return 1
