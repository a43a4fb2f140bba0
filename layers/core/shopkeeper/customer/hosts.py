"""Host names as the network knows them: lower case, international labels in their `xn--` form."""

import re
from functools import lru_cache

import idna

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


@lru_cache(1024)
def to_ascii(host: str) -> str:
    """`Straße.de` is `xn--strae-oqa.de`, as browsers read it. Raises ValueError with what is wrong.

    A host whose last label is a number is an IP address to a browser, in whatever notation, and is refused.
    """
    name = _in_ascii(host.lower().removesuffix("."))
    labels = name.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("the host name is not valid")
    if _NUMBER.fullmatch(labels[-1]):
        raise ValueError("an IP address is not allowed")
    if len(labels) < 2:
        raise ValueError("the host name has no domain")
    if len(name) > 253:
        raise ValueError("the host name is too long")
    return name


def _in_ascii(host: str) -> str:
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        raise ValueError("the host name is not valid") from None
