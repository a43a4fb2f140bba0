"""Brands: who mail comes from, where answers go, and where links lead that have ended."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from shopkeeper.api.versions import Kind
from shopkeeper.customer.requests import Lines, Strict, Text
from shopkeeper.mail import addresses, destinations
from shopkeeper.mail.errors import DestinationError, MalformedError

_ORIGIN = re.compile(r"https://[a-z0-9.-]+(:[0-9]{1,5})?")
_HERE = re.compile(r"http://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?")


def _address(text: str) -> str:
    try:
        return addresses.check(text)
    except MalformedError as error:
        raise ValueError(f"no mail can be sent there: {error}") from None


def _page(text: str) -> str:
    try:
        return destinations.check(text)
    except DestinationError as error:
        raise ValueError(str(error)) from None


def _origin(text: str) -> str:
    """Links in mail are this, a path of ours and a token: only letters that stand for themselves everywhere.

    Mail clients unsubscribe over https alone, so nothing else will do but on the machine of a developer.
    """
    text = text.strip().rstrip("/")
    url = text if _HERE.fullmatch(text) else _page(text)
    if not (_HERE.fullmatch(url) or _ORIGIN.fullmatch(url)):
        raise ValueError("is https:// and a host alone, such as https://t.shop.example")
    return url


Email = Annotated[str, StringConstraints(max_length=320), AfterValidator(_address)]
Page = Annotated[str, StringConstraints(max_length=2048), AfterValidator(_page)]
Origin = Annotated[str, StringConstraints(max_length=300), AfterValidator(_origin)]


class Sender(Strict):
    name: Text
    email: Email


class Brand(Strict):
    """`tracking_url` is a host of yours that leads to the public API; without it, that API's own address is used.

    `footer_address` is the postal address that mail has to show. Links that have ended lead to the `home_page`.
    """

    name: Text
    sender: Sender
    reply_to: Email
    home_page: Page
    tracking_url: Origin | None = None
    footer_address: Annotated[Lines, Field(max_length=500)]


KIND = Kind("brand", "brands", Brand)
room = KIND.room("Who mail comes from, and where answers go.")
