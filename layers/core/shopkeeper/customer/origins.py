"""Origins of web pages, as browsers write them: `https://shop.example`, `http://localhost:3000`.

An allowed origin may begin its host with `*.`, which stands for one or more names: `https://*.shop.example` is
`https://www.shop.example` and `https://a.b.shop.example`, and not `https://shop.example`.
"""

import re

_DEFAULT_PORTS = {"http": "80", "https": "443"}
_NAME = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ALLOWED = re.compile(rf"(https?)://((?:\*\.)?{_NAME}(?:\.{_NAME})*)(?::([0-9]{{1,5}}))?/?")
MOST_LETTERS = 255


class NotAnOrigin(ValueError):
    """The message says what one looks like."""

    def __init__(self) -> None:
        super().__init__("is an origin such as https://shop.example or https://*.shop.example, without a path")


def normal(text: str) -> str:
    """As a browser would send it. Raises NotAnOrigin."""
    found = _ALLOWED.fullmatch(text.lower()) if len(text) <= MOST_LETTERS else None
    if not found:
        raise NotAnOrigin
    scheme, host, port = found[1], found[2], found[3]
    return f"{scheme}://{host}" + (f":{port}" if port and port != _DEFAULT_PORTS[scheme] else "")


def covers(allowed: str, origin: str) -> bool:
    """`allowed` is in its normal form."""
    scheme, wild, rest = allowed.partition("*.")
    if not wild:
        return origin == allowed
    return origin.startswith(scheme) and origin.endswith(f".{rest}") and len(origin) > len(scheme) + len(rest) + 1
