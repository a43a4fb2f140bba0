"""What somebody who wants to leave has posted: by the button of their mail program, or by ours."""

from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser
from enum import Enum
from itertools import islice
from urllib.parse import parse_qsl

LARGEST = 4 * 1024  # bytes
_MOST_FIELDS = 20

Fields = frozenset[tuple[str, str]]


class Wish(Enum):
    """`ONE_CLICK` is RFC 8058's word, said by a program; the others are buttons of our page."""

    ONE_CLICK = ("List-Unsubscribe", "One-Click")
    CONFIRM = ("confirm", "1")
    UNDO = ("undo", "1")


def wish(content_type: str, body: bytes) -> Wish | None:
    """None for a form that says none of them, letter by letter. One-click goes before our own buttons.

    White space around a name or a value is not part of it: nobody may be kept from leaving by a line break.
    """
    fields = {(name.strip(), value.strip()) for name, value in read(content_type, body)}
    return next((each for each in Wish if each.value in fields), None)


def read(content_type: str, body: bytes) -> Fields:
    """The fields of a form, form-encoded or multipart; none of what is no form. Never raises."""
    if content_type.strip().lower().startswith("multipart/form-data"):
        return _multipart(content_type, body)
    return _form_encoded(body)


def _form_encoded(body: bytes) -> Fields:
    """Whatever the content type says, as some senders name none."""
    try:
        return frozenset(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        return frozenset()


def _multipart(content_type: str, body: bytes) -> Fields:
    head = f"Content-Type: {' '.join(content_type.split())}\r\n\r\n".encode("ascii", "replace")
    try:
        form = BytesParser().parsebytes(head + body)
        return frozenset(_field(part) for part in islice(form.walk(), _MOST_FIELDS))
    except (MessageError, ValueError, LookupError):
        return frozenset()


def _field(part: "Message[str, str]") -> tuple[str, str]:
    name = part.get_param("name", header="content-disposition")
    value = part.get_payload(decode=True)
    return str(name or ""), value.decode("ascii", "replace") if isinstance(value, bytes) else ""
