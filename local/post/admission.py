"""What SES takes, and in which words it refuses the rest."""

import re
from collections.abc import Iterable
from email.utils import parseaddr

from local.emulator.own import Refused

MAX_RECIPIENTS = 50
MAX_BYTES = 40 * 1024 * 1024
MAX_LINE = 998

_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")
_OWN_TAGS = ("ses:feedback-id-a", "ses:feedback-id-b")
_SPACE = re.compile(r"[\x00-\x20\x7f]")
_SPECIAL = re.compile(r'[()<>,;:\\"\[\]@]')


def bad_request(message: str) -> Refused:
    return Refused("BadRequestException", message)


def check_recipients(recipients: tuple[str, ...]) -> None:
    """Raises Refused."""
    if not recipients:
        raise bad_request("Missing required parameter: Destination")
    if len(recipients) > MAX_RECIPIENTS:
        raise bad_request("Recipient count exceeds 50.")
    for recipient in recipients:
        check_address(recipient)


def check_address(written: str) -> None:
    """`written` may have a name before it. Raises Refused."""
    address = parseaddr(written)[1] if "<" in written else written
    local, at, domain = address.rpartition("@")
    if not at:
        raise bad_request("Missing final '@domain'")
    if not local:
        raise bad_request("Illegal address")
    if not domain:
        raise bad_request("Missing domain")
    _check_part("Local address", local)
    _check_part("Domain", domain)


def _check_part(name: str, part: str) -> None:
    faults = {
        "contains control or whitespace": bool(_SPACE.search(part)),
        "contains illegal character": bool(_SPECIAL.search(part)) or not part.isascii(),
        "contains dot-dot": ".." in part,
        "starts with dot": part.startswith("."),
        "ends with dot": part.endswith("."),
    }
    for fault, found in faults.items():
        if found:
            raise bad_request(f"{name} {fault}")


def check_tags(tags: Iterable[tuple[str, str]]) -> None:
    """Raises Refused."""
    for word in (word for name, value in tags for word in (name, value)[name in _OWN_TAGS :]):
        if not _TAG.fullmatch(word):
            raise bad_request(f"Invalid tag <{word}>: only alphanumeric ASCII characters, '_' and '-' are allowed.")


def check_raw(raw: bytes) -> None:
    """Raises Refused."""
    if len(raw) * 4 / 3 > MAX_BYTES:
        raise bad_request("Message length is more than 41943040 bytes long")
    if any(len(line) > MAX_LINE for line in raw.splitlines()):
        raise Refused("MessageRejected", f"The message has a line of more than {MAX_LINE} characters.")
