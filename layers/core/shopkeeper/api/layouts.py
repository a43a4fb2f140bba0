"""Layouts: what stands around the letters of many templates."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shopkeeper.api import sharing
from shopkeeper.api.calls import Call
from shopkeeper.api.sharing import Holder, Source
from shopkeeper.api.versions import Kind, Made
from shopkeeper.customer.requests import Strict, Text
from shopkeeper.mail.layouts import CONTENT
from shopkeeper.mail.shelf import Shared

_HTML = (
    f"In the language of templates, with `{{{{ {CONTENT} }}}}` once, where the template stands. It may hold snippets "
    "and blocks."
)


class Layout(Strict):
    """`text` stands around the text of templates that have one by hand; without it those stay as they are.
    Templates are written in the `source` of their layout.

    Templates hold the layout as it was when they were put: `templates` says which hold another version by now.
    """

    name: Text | None = None
    html: Annotated[str, StringConstraints(min_length=1), Field(description=_HTML)]
    text: Annotated[str, StringConstraints(min_length=1)] | None = None
    source: Source = "html"


def _make(call: Call, wanted: Layout, layout_id: str, number: int) -> Made:
    shared = Shared("layout", layout_id, number, wanted.html, wanted.text, mjml=wanted.source == "mjml")
    sharing.check(call, shared, sharing.shelf(call, None, wanted.html, wanted.text))
    return Made()


KIND = Kind(
    "layout",
    "layouts",
    Layout,
    make=_make,
    more=sharing.holders("layout"),
    shape={"templates": list[Holder]},
    long=frozenset(("html", "text")),
)
room = KIND.room("What stands around letters.")
