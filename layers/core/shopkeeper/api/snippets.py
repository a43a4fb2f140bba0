"""Snippets: pieces that many templates and layouts hold."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from shopkeeper.api import sharing
from shopkeeper.api.calls import Call
from shopkeeper.api.sharing import Holder
from shopkeeper.api.versions import Kind, Made
from shopkeeper.customer.requests import InWords, Strict, Text
from shopkeeper.mail import values
from shopkeeper.mail.shelf import Shared

MOST_VALUES = 20
_HTML = 'In the language of templates, where it stands as `{% snippet "<id>" %}`. It holds no snippet and no block.'
_VALUES = (
    'What it may be told where it stands, as in `{% snippet "<id>", label: "Look" %}`, and is `{{ value.label }}` in '
    "the snippet: by its name, what it is if nothing is told, or null where something has to be."
)


def _plain(text: str) -> str:
    if any(sign in text for sign in "{}") or {'"', "'"} <= set(text):
        raise ValueError("is a text without braces, and with one kind of quotes at most")
    return text


Name = Annotated[str, StringConstraints(pattern=f"^{values.NAME}$"), InWords("is a small word of at most 32 letters")]
Usual = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_plain)]


class Snippet(Strict):
    """`text` is for the text of templates that have one by hand; without it, it cannot be named there.

    Templates hold a snippet as it was when they were put: `templates` says which hold another version by now.
    """

    name: Text | None = None
    html: Annotated[str, StringConstraints(min_length=1), Field(description=_HTML)]
    text: Annotated[str, StringConstraints(min_length=1)] | None = None
    values: Annotated[dict[Name, Usual | None], Field(max_length=MOST_VALUES, description=_VALUES)] | None = None


def _make(call: Call, wanted: Snippet, snippet_id: str, number: int) -> Made:
    shared = Shared("snippet", snippet_id, number, wanted.html, wanted.text, wanted.values or {})
    sharing.check(call, shared, sharing.shelf(call, None, wanted.html, wanted.text))
    return Made()


KIND = Kind(
    "snippet",
    "snippets",
    Snippet,
    make=_make,
    more=sharing.holders("snippet"),
    shape={"templates": list[Holder]},
    long=frozenset(("html", "text")),
)
room = KIND.room("Pieces that letters share.")
