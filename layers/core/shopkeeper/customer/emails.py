"""One way to write an e-mail address, so that one address is one identity."""

import unicodedata


def normal_email(text: str) -> str:
    """Trimmed, NFC, lower case, the domain as it goes over the wire. Raises ValueError for what is no address."""
    local, at, domain = unicodedata.normalize("NFC", text.strip()).lower().rpartition("@")
    if not (local and at and domain) or any(char.isspace() for char in local + domain):
        raise ValueError("no e-mail address")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        raise ValueError("no e-mail address: its domain cannot be written") from None
