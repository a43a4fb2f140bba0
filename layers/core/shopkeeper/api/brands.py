"""Brands: who mail comes from, where answers go, and where links lead that have ended."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from shopkeeper.api.versions import Kind
from shopkeeper.customer import hosts
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


def _host(text: str) -> str:
    try:
        return hosts.to_ascii(text.strip())
    except ValueError:
        raise ValueError("is no host") from None


Host = Annotated[str, StringConstraints(max_length=253), AfterValidator(_host)]
UtmWord = Annotated[Text, Field(max_length=100)]


class Utm(Strict):
    """UTM parameters that links to shops are given when a campaign is launched. A link that has one of its own, or
    leads to a host of `not_on` or below it, stays as it is. Without `campaign`, that is the id of the campaign."""

    source: UtmWord | None = None
    medium: UtmWord | None = None
    campaign: UtmWord | None = None
    not_on: Annotated[tuple[Host, ...], Field(max_length=50)] | None = None


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
    utm: Utm | None = None


KIND = Kind("brand", "brands", Brand)
room = KIND.room("Who mail comes from, and where answers go.")
