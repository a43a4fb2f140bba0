"""A letter as the bytes of a MIME message: text and HTML as alternatives, quoted-printable, nothing but ASCII.

Message-ID is left to SES, which writes its own. The same letter and envelope give the same bytes.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256

from shopkeeper.mail import addresses, headers
from shopkeeper.mail.content import Letter
from shopkeeper.mail.quoted import printable

_MOST_KEPT = 256
_ONE_CLICK = "List-Unsubscribe=One-Click"
# Plain http is for trying things out on one's own machine; no mail provider follows it.
_UNSUBSCRIBE = re.compile(r"(?:https://|http://(?:localhost|127\.0\.0\.1)(?=[:/]))[!-;=?-~]{1,900}")
_LIST_ID = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address as `addresses.check` takes it, and the name shown beside it."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """`sent_at` has a zone. `unsubscribe` is the HTTPS address that takes the one-click POST of RFC 8058; without it
    the mail has no List-Unsubscribe, as befits a receipt. `list_id` is `spring-news.brand.example`."""

    sender: Mailbox
    to: Mailbox
    reply_to: Mailbox
    sent_at: datetime
    unsubscribe: str | None = None
    list_id: str | None = None
    list_name: str = ""


def compose(letter: Letter, envelope: Envelope) -> bytes:
    """Raises MalformedError for an address that SES would refuse, ValueError for an envelope that is not in order."""
    boundary = _boundary(letter, envelope)
    return b"".join(
        (
            _head(letter, envelope, boundary).encode("ascii"),
            _part_head("plain", boundary),
            printable(letter.text),
            b"\r\n",
            _part_head("html", boundary),
            letter.quoted or printable(letter.html),
            f"\r\n--{boundary}--\r\n".encode(),
        )
    )


def _boundary(letter: Letter, envelope: Envelope) -> str:
    """Quoted-printable never holds "=_", so no text can end its part early, whatever it says."""
    seed = f"{envelope.to.address}\n{letter.subject}\n{envelope.unsubscribe}".encode("utf-8", "replace")
    return f"=_{sha256(seed).hexdigest()[:32]}"


def _part_head(subtype: str, boundary: str) -> bytes:
    return (
        f"--{boundary}\r\nContent-Type: text/{subtype}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode()


def _head(letter: Letter, envelope: Envelope, boundary: str) -> str:
    if envelope.sent_at.tzinfo is None:
        raise ValueError("sent_at: an instant needs a time zone")
    lines = [
        _same("From", envelope.sender),
        _mailbox("To", envelope.to),
        _same("Reply-To", envelope.reply_to),
        headers.header("Subject", headers.text(letter.subject, len("Subject: "))),
        headers.header("Date", format_datetime(envelope.sent_at.astimezone(UTC))),
        *_list_headers(envelope),
        "MIME-Version: 1.0\r\n",
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n\r\n',
    ]
    return "".join(lines)


def _mailbox(name: str, mailbox: Mailbox) -> str:
    address = addresses.check(mailbox.address)
    if not mailbox.name.strip():
        return headers.header(name, address)
    return headers.header(name, f"{headers.phrase(mailbox.name, len(name) + 2)} <{address}>")


_same = lru_cache(_MOST_KEPT)(_mailbox)
"""For those of a brand, which are in all its letters."""


@lru_cache(_MOST_KEPT)
def _list(list_id: str, list_name: str) -> str:
    if not _LIST_ID.fullmatch(list_id):
        raise ValueError("list_id: expected a name like spring-news.brand.example")
    name = f"{headers.phrase(list_name, len('List-Id: '))} " if list_name.strip() else ""
    return headers.header("List-Id", f"{name}<{list_id}>")


def _list_headers(envelope: Envelope) -> list[str]:
    found = []
    if envelope.unsubscribe is not None:
        if not _UNSUBSCRIBE.fullmatch(envelope.unsubscribe):
            raise ValueError("unsubscribe: expected an https address")
        found += [f"List-Unsubscribe: <{envelope.unsubscribe}>\r\n", f"List-Unsubscribe-Post: {_ONE_CLICK}\r\n"]
    if envelope.list_id is not None:
        found.append(_list(envelope.list_id, envelope.list_name))
    return found
