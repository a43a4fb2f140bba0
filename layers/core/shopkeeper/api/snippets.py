"""Snippets: pieces that many templates and layouts hold."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shopkeeper.api import sharing
from shopkeeper.api.calls import Call
from shopkeeper.api.sharing import Holder
from shopkeeper.api.versions import Kind, Made
from shopkeeper.customer.requests import Strict, Text
from shopkeeper.mail.layouts import EMPTY, Shared

_HTML = 'In the language of templates, where it stands as `{% snippet "<id>" %}`. It holds no other snippet.'


class Snippet(Strict):
    """`text` is for the text of templates that have one by hand; without it, it cannot be named there.

    Templates hold a snippet as it was when they were put: `templates` says which hold another version by now.
    """

    name: Text | None = None
    html: Annotated[str, StringConstraints(min_length=1), Field(description=_HTML)]
    text: Annotated[str, StringConstraints(min_length=1)] | None = None


def _make(call: Call, wanted: Snippet, snippet_id: str, number: int) -> Made:
    sharing.check(call, Shared("snippet", snippet_id, number, wanted.html, wanted.text), EMPTY)
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
