"""A small shop to look at: the same customers and orders for the same day, whoever runs it.

Everything here is made up. Addresses end in `.example`, which no mail can reach.
"""

import csv
import io
import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from local.drawer import Drawer
from local.teller import Teller

SEED = 1898
CUSTOMERS = 40

_FIRST = "Ada Bo Carmen Dev Elif Femi Greta Hugo Ines Jun Kofi Lena Mira Noor Otto Pia Quinn Rosa Sol Tove".split()
_LAST = "Adeyemi Berg Castro Dahl Evans Fontaine Gruber Haas Ito Jansen Kaya Lindqvist Moreau Novak Okafor".split()
_TOWNS = [
    ("Leeds", "GB", "Europe/London"),
    ("Utrecht", "NL", "Europe/Amsterdam"),
    ("Austin", "US", "America/Chicago"),
    ("Osaka", "JP", "Asia/Tokyo"),
    ("Porto", "PT", "Europe/Lisbon"),
]
_GOODS = [("tea", 8), ("ink", 14), ("lamp", 39), ("boots", 89), ("coat", 149), ("seeds", 5), ("atlas", 32)]


@dataclass(frozen=True, slots=True)
class Customer:
    number: str
    first_name: str
    name: str
    email: str
    town: str
    country: str
    zone: str


@dataclass(frozen=True, slots=True)
class Order:
    """`on` is the day in UTC; `amount` is in US dollars with two decimals."""

    number: str
    customer: str
    on: str
    what: str
    amount: str


def customers() -> list[Customer]:
    dice = random.Random(SEED)
    people = []
    for index in range(CUSTOMERS):
        first, last = _FIRST[index % len(_FIRST)], dice.choice(_LAST)
        town, country, zone = dice.choice(_TOWNS)
        email = f"{first}.{last}.{index + 1}@customers.example".lower()
        people.append(Customer(str(1001 + index), first, f"{first} {last}", email, town, country, zone))
    return people


def orders(today: datetime) -> list[Order]:
    """What the shop sold in the year before `today`: a few regulars, many who came once."""
    dice = random.Random(SEED)
    sold = []
    for customer in customers():
        for _ in range(dice.choice([0, 1, 1, 1, 2, 2, 3, 4, 7, 12])):
            what, price = dice.choice(_GOODS)
            on = today - timedelta(days=dice.randrange(1, 365))
            amount = f"{price * dice.choice([1, 1, 1, 2, 3]) - dice.choice([0, 0.01, 0.05]):.2f}"
            sold.append((f"{on:%Y-%m-%d}", customer.number, what, amount))
    return [
        Order(f"A-{1 + index:04d}", who, on, what, amount) for index, (on, who, what, amount) in enumerate(sorted(sold))
    ]


def as_csv(header: list[str], rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def customers_csv() -> str:
    return as_csv(
        ["number", "first name", "name", "mail", "town", "country", "zone"],
        ([c.number, c.first_name, c.name, c.email, c.town, c.country, c.zone] for c in customers()),
    )


def orders_csv(today: datetime) -> str:
    return as_csv(
        ["order", "customer", "day", "what", "dollars"],
        ([o.number, o.customer, o.on, o.what, o.amount] for o in orders(today)),
    )


LETTER = """<!doctype html>
<html lang="en"><body style="margin:0;background:#f4f1ea;font-family:Georgia,serif;color:#2b2622">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:24px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;background:#fff">
<tr><td style="padding:32px">
<h1 style="margin:0 0 16px;font-size:24px">Good to see you again, {{ customer.first_name | default: "there" }}</h1>
<p style="line-height:1.6">The new <a href="https://shop.example/boots?size=42&amp;from=letter#new">boots</a> are in,
and there is <a href="https://shop.example/tea">tea for the winter</a>
{%- if traits.town %} on its way to {{ traits.town }}{% endif %}.</p>
<p style="line-height:1.6"><a href="https://shop.example/">Come in and look around.</a></p>
<p style="font-size:13px;color:#6b635a">{{ brand.name }}, {{ brand.footer_address }}.
<a href="{{ unsubscribe_url }}" style="color:#6b635a">No more letters like this</a></p>
</td></tr></table></td></tr></table></body></html>
"""

_AN_HOUR = {"rolling": {"seconds": 3600}}


def _count(event: str, cmp: str, n: int, window: dict[str, Any]) -> dict[str, Any]:
    return {"op": "count", "measure": {"event": event}, "window": window, "cmp": cmp, "n": n}


SEGMENTS: dict[str, dict[str, Any]] = {
    "regulars": {"name": "Regulars", "rule": _count("Order Completed", "ge", 3, {"days": {"n": 365}})},
    "just-looking": {
        "name": "Just looking",
        "rule": {
            "op": "all",
            "of": [_count("Product Viewed", "ge", 1, _AN_HOUR), _count("Order Completed", "eq", 0, _AN_HOUR)],
        },
    },
}

CAMPAIGN: dict[str, dict[str, Any]] = {
    "/v1/brands/shop": {
        "name": "The Corner Shop",
        "sender": {"name": "The Corner Shop", "email": "hello@shop.example"},
        "reply_to": "answers@shop.example",
        "home_page": "https://shop.example/",
        "footer_address": "1 Market Street, Leeds",
    },
    "/v1/topics/news": {"name": "News of the shop"},
    "/v1/templates/hello": {
        "subject": "New boots, {{ customer.first_name | default: 'dear customer' }} 🥾",
        "html": LETTER,
    },
    "/v1/campaigns/hello": {
        "audience": {"op": "in_segment", "id": "regulars"},
        "template": "hello",
        "brand": "shop",
        "topic": "news",
    },
}
"""What a marketer puts where, in this order."""


def _connector(name: str) -> dict[str, Any]:
    return {"name": name, "standard_webhooks": {"url": f"https://{name}.example/in"}}


TEMPLATES = Drawer(Path(__file__).parents[1] / "docs/journeys/templates")
LETTERS = ("cart-contents", "cart-free-shipping", "specials-1", "specials-better")
CONNECTORS = ("facebook", "dsp", "google")
JOURNEYS: dict[str, dict[str, Any]] = {
    "/v1/segments/cart-abandoner": {
        "name": "Cart abandoner",
        "rule": {
            "op": "all",
            "of": [
                {
                    "op": "abandoned",
                    "did": {"event": "Product Added"},
                    "without": {"event": "Order Completed"},
                    "grace": {"seconds": 1800},
                },
                {"op": "trait", "path": "cart.items", "cmp": "gt", "value": 0},
            ],
        },
    },
    "/v1/topics/offers": {"name": "Offers", "opt_in": "assumed"},
    "/v1/topics/specials": {"name": "Specials", "opt_in": "assumed"},
    **{f"/v1/templates/{name}": json.loads(TEMPLATES.said(name) or "") for name in LETTERS},
    "/v1/queues/sales": {"name": "Sales", "outcomes": ["interested", "declined", "no_answer"]},
    **{f"/v1/connectors/{name}": _connector(name) for name in CONNECTORS},
}
"""What the journeys of docs/journeys name, beside the brand."""


def prepare_journeys(teller: Teller) -> None:
    """Those of docs/journeys can be put and published as they are; their segment is built with the others."""
    for path, definition in JOURNEYS.items():
        teller.ask("PUT", path, definition)
    for connector in CONNECTORS:
        teller.ask("POST", f"/v1/connectors/{connector}/secret")
