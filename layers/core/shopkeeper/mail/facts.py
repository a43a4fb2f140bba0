"""What a template may say of a customer, and where the customer's mail goes."""

from typing import Any

from shopkeeper.consent.classes import TRANSACTIONAL
from shopkeeper.customer import addresses
from shopkeeper.customer.document import Document
from shopkeeper.mail import offers

SAID = "message"
"""What a shop says with each message, such as `message.order`: known to transactional letters alone."""

NAMES = (
    "customer.first_name",
    "customer.last_name",
    "customer.name",
    "customer.email",
    "traits",
    "brand.name",
    "brand.home_page",
    "brand.footer_address",
    *(f"{offers.FACT}.{name}" for name in offers.NAMES),
)
"""What a template may name, as `publishing.publish` takes it. `unsubscribe_url` is known beside these."""

LEAST = {
    "customer": {"email": "jo@shop.example"},
    "traits": {},
    "brand": {"name": "Example", "home_page": "https://shop.example/", "footer_address": "1 High Street"},
    offers.FACT: offers.EXAMPLE,
}
"""What every customer has when a letter is written, made up."""

SOMEBODY = {
    "customer": {"first_name": "Jo", "last_name": "Example", "name": "Jo Example", "email": "jo@shop.example"},
    "traits": {},
    "brand": LEAST["brand"],
    offers.FACT: offers.EXAMPLE,
}
"""Whom previews and test sends are made for unless somebody is named."""

# Shops call them as Segment's reserved traits are called, or as their own columns are.
_CALLED = {
    "first_name": ("firstName", "first_name", "firstname"),
    "last_name": ("lastName", "last_name", "lastname"),
    "name": ("name", "fullName", "full_name"),
}


address_of, normal_address, address_key_of = addresses.address_of, addresses.normal_address, addresses.key_of


def names(mail_class: str) -> tuple[str, ...]:
    """Those that a template of this class may name."""
    return (*NAMES, SAID) if mail_class == TRANSACTIONAL else NAMES


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
