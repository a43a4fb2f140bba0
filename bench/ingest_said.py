"""What a shop's pages and server say of their customers, as the Interactions queue holds it: some 900 bytes each."""

import random
from datetime import UTC, datetime, timedelta

from shopkeeper.clock import to_text
from shopkeeper.customer import interaction
from shopkeeper.customer.interaction import Interaction, raw

BATCH = 500
START = datetime(2026, 2, 1, tzinfo=UTC)
_DEVICES = ("mobile", "desktop", "tablet")
_COUNTRIES = (("DE", "Europe/Berlin", "de-DE"), ("US", "America/New_York", "en-US"), ("JP", "Asia/Tokyo", "ja-JP"))


def _context(customer: int) -> dict:
    country, zone, locale = _COUNTRIES[customer % 3]
    return {
        "library": {"name": "analytics.js", "version": "2.11.1"},
        "locale": locale,
        "country": country,
        "zone": zone,
        "device_class": _DEVICES[customer % 3],
        "page": {
            "path": "/games/boards/",
            "referrer": "https://shop.example.com/games/",
            "title": "Games for long evenings",
            "url": "https://shop.example.com/games/boards/",
        },
    }


class Shop:
    """Whoever has the same seed hears the same."""

    def __init__(self, seed: int = 7) -> None:
        self._random = random.Random(seed)
        self._at = 0

    def said(self, customer: int) -> Interaction:
        """One of three interactions is a page, one of thirty an order, one of thirty tells who somebody is."""
        self._at += 1
        what = self._at % 30
        more = (
            self._order()
            if what == 7
            else self._identity(customer)
            if what == 17
            else self._page()
            if what % 3 == 0
            else self._view()
        )
        at = START + timedelta(seconds=self._at)
        return Interaction(
            subject=f"user:{100_000 + customer}",
            message_id=f"ajs-next-{self._random.getrandbits(128):032x}",
            at=to_text(at),
            received_at=to_text(at + timedelta(milliseconds=650)),
            source="collect",
            origin="5f2d8a0c",
            trusted=True,
            ids={"user": str(100_000 + customer), "anon": f"device-{customer}"},
            raw_context=raw(_context(customer)),
            **more,
        )

    def _product(self) -> dict:
        return {
            "product_id": f"sku-{self._random.randrange(10_000)}",
            "category": "Games",
            "name": "Monopoly: 3rd Edition",
            "brand": "Hasbro",
            "variant": "200 pieces",
            "price": self._random.randrange(100, 9999) / 100,
            "quantity": 1,
            "currency": "EUR",
            "position": self._random.randrange(40),
            "url": "https://shop.example.com/games/boards/monopoly",
            "image_url": "https://shop.example.com/images/monopoly-3rd-edition.jpg",
        }

    def _view(self) -> dict:
        return {"type": "track", "name": "Product Viewed", "raw_properties": raw(self._product())}

    def _page(self) -> dict:
        properties = {"url": "https://shop.example.com/games/boards/", "title": "Games for long evenings"}
        return {"type": "page", "name": "Games", "raw_properties": raw(properties)}

    def _order(self) -> dict:
        products = [self._product() for _ in range(2)]
        order = {"order_id": f"A-{self._at}", "total": 29.33, "currency": "EUR", "products": products}
        return {"type": "track", "name": "Order Completed", "raw_properties": raw(order)}

    def _identity(self, customer: int) -> dict:
        traits = {"firstName": "Jo", "lastName": f"Doe {customer}", "city": "Ulm", "newsletter": True, "visits": 7}
        return {"type": "identify", "raw_traits": raw(traits)}

    def batch(self, customers: int, size: int = BATCH) -> list[Interaction]:
        """One after the other has its turn."""
        return [self.said(number % customers) for number in range(size)]


def bodies(batch: list[Interaction]) -> list[str]:
    return [interaction.encode(each).decode() for each in batch]
