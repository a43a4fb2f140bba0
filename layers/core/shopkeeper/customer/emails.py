"""One way to write an e-mail address, so that one address is one identity, one recipient and one suppression."""

import unicodedata

from shopkeeper.customer import hosts


def normal_email(text: str) -> str:
    """Trimmed, lower case, NFC, the domain as `hosts` writes it. Raises ValueError for what is no address.

    The local part is lower case here and here alone: mail goes to it as it was written.
    """
    local, at, domain = text.strip().rpartition("@")
    if not (local and at) or any(char.isspace() for char in local):
        raise ValueError("no e-mail address")
    try:
        host = hosts.to_ascii(domain)
    except ValueError:
        raise ValueError("no e-mail address: its domain is not valid") from None
    name = unicodedata.normalize("NFC", local.lower())
    return f"{name}@{host}"
