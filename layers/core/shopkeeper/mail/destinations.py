"""What a link in a mail may lead to, and the one ASCII spelling in which it is kept.

`urllib.parse.urlsplit` is no validator: it drops tabs and line ends, and it reads `https://good.example\\@evil.example`
otherwise than browsers do. So the address is checked by hand, and only path, query and fragment are re-spelt.
"""

import re
import unicodedata
from urllib.parse import quote

from shopkeeper.customer.hosts import to_ascii
from shopkeeper.mail.errors import DestinationError

LONGEST = 2048
WORTH_A_WARNING = 1024
"""Some clients cut addresses longer than this."""

_SPACES = " \t\n\r\f"
_PARTS = re.compile(r"(?P<scheme>https?)://(?P<authority>[^/?#]*)(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# All that RFC 3986 lets stand in a path, query or fragment, and the percent sign of what is encoded already.
_STAYS = "/?#:@!$&'()*+,;=-._~%"


def check(url: str) -> str:
    """The address to redirect to. Raises DestinationError saying why there is none.

    What is percent-encoded already stays as it is; nothing is decoded, sorted or dropped.
    """
    url = url.strip(_SPACES)
    _refuse_characters(url)
    parts = _PARTS.fullmatch(url)
    if not parts:
        raise DestinationError("only full https:// and http:// addresses can be linked")
    host = _host(parts["scheme"].lower(), parts["authority"])
    checked = f"{parts['scheme'].lower()}://{host}{_encoded(parts['rest'])}"
    if len(checked) > LONGEST:
        raise DestinationError(f"the address is longer than {LONGEST} characters")
    return checked


def host_of(url: str) -> str:
    """The host of an address that `check` gave."""
    return url.split("/", 3)[2].split("?")[0].split("#")[0].split(":")[0]


def _refuse_characters(url: str) -> None:
    if len(url) > LONGEST:
        raise DestinationError(f"the address is longer than {LONGEST} characters")
    if any(char.isspace() or unicodedata.category(char) in ("Cc", "Cs") for char in url):
        raise DestinationError("the address holds white space or a control character")
    if "\\" in url:
        raise DestinationError("the address holds a backslash")


def _host(scheme: str, authority: str) -> str:
    if "@" in authority:
        raise DestinationError("the address holds a user name")
    if authority.startswith("["):
        raise DestinationError("an IP address is not allowed")
    host, colon, port = authority.partition(":")
    if port not in ("", "80", "443"):
        raise DestinationError("only the ports 80 and 443 can be linked")
    try:
        ascii_host = to_ascii(host)
    except ValueError as error:
        raise DestinationError(str(error)) from None
    usual = {"http": "80", "https": "443"}[scheme]
    return ascii_host if not colon or port in ("", usual) else f"{ascii_host}:{port}"


def _encoded(rest: str) -> str:
    before, hash_sign, fragment = rest.partition("#")
    # A second number sign is no separator: to a browser it belongs to the fragment, to RFC 3986 it must be encoded.
    whole = before + hash_sign + fragment.replace("#", "%23")
    return quote(_BARE_PERCENT.sub("%25", whole), safe=_STAYS)
