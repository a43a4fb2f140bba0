"""E-mail addresses that SES takes: 7-bit local part, domain in its `xn--` form, nothing quoted.

Few rules on purpose. Whether anybody reads the mail, only sending tells; these keep out what SES refuses outright.
"""

import re

from shopkeeper.customer.hosts import to_ascii
from shopkeeper.mail.errors import MalformedError

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LONGEST_LOCAL = 64
_LONGEST = 254


def check(text: str) -> str:
    """`jo@Bücher.example` is `jo@xn--bcher-kva.example`. The local part keeps its case. Raises MalformedError."""
    local, at, domain = text.strip().rpartition("@")
    if not at:
        raise MalformedError("there is no @")
    if not local.isascii():
        raise MalformedError("the part before the @ holds a letter that is not ASCII")
    if not _LOCAL.fullmatch(local):
        raise MalformedError("the part before the @ is not valid")
    if len(local) > _LONGEST_LOCAL:
        raise MalformedError(f"the part before the @ is longer than {_LONGEST_LOCAL} characters")
    address = f"{local}@{_domain(domain)}"
    if len(address) > _LONGEST:
        raise MalformedError(f"the address is longer than {_LONGEST} characters")
    return address


def _domain(domain: str) -> str:
    if domain.endswith(".") or "_" in domain:
        raise MalformedError("the domain is not valid")
    try:
        return to_ascii(domain)
    except ValueError:
        raise MalformedError("the domain is not valid") from None
