"""What a template may say of a customer, and where the customer's mail goes."""

import math
from typing import Any

from shopkeeper.consent.contact import address_key
from shopkeeper.customer.document import Document
from shopkeeper.customer.emails import normal_email

NAMES = (
    "customer.first_name",
    "customer.last_name",
    "customer.name",
    "customer.email",
    "traits",
    "brand.name",
    "brand.home_page",
    "brand.footer_address",
)
"""What a template may name, as `content.publish` takes it. `unsubscribe_url` is known beside these."""

LEAST = {
    "customer": {"email": "jo@shop.example"},
    "traits": {},
    "brand": {"name": "Example", "home_page": "https://shop.example/", "footer_address": "1 High Street"},
}
"""What every customer has when a letter is written, made up."""

# Shops call them as Segment's reserved traits are called, or as their own columns are.
_CALLED = {
    "first_name": ("firstName", "first_name", "firstname"),
    "last_name": ("lastName", "last_name", "lastname"),
    "name": ("name", "fullName", "full_name"),
}


def address_of(document: Document) -> str:
    """The trait `email`, else the address seen last; as somebody wrote it, and empty where there is none.

    Whoever took that trait away, or left it blank, has no address but one that was seen since.
    """
    told = document.traits.get("email")
    if isinstance(told, str) and told.strip():
        return told.strip()
    addresses = ((at, name) for name, at in document.identities.items() if name.startswith("email:"))
    taken_away_at, _ = document.told.get("email", (-math.inf, ""))
    seen = [(at, name) for at, name in addresses if at > taken_away_at]
    return max(seen)[1].removeprefix("email:") if seen else ""


def normal_address(address: str) -> str:
    """As `normal_email` writes it; empty for what is no address."""
    try:
        return normal_email(address)
    except ValueError:
        return ""


def address_key_of(document: Document) -> str:
    """By which it is known what is said of the customer's address; empty without one."""
    return address_key(normal_address(address_of(document)))


def facts_of(document: Document, address: str) -> dict[str, Any]:
    """Without the names that have no value: a template asks for these with `if` or `default`."""
    traits = {name: value for name, value in document.traits.items() if value is not None}
    customer = {name: _first(traits, called) for name, called in _CALLED.items()}
    whole = " ".join(filter(None, (customer["first_name"], customer["last_name"])))
    customer |= {"name": customer["name"] or whole, "email": address}
    return {"customer": {name: text for name, text in customer.items() if text}, "traits": traits}


def _first(traits: dict[str, Any], names: tuple[str, ...]) -> str:
    told = (traits.get(name) for name in names)
    return next((text.strip() for text in told if isinstance(text, str) and text.strip()), "")
