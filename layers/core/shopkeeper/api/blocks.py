"""Blocks: pieces of letters of which each customer gets the variant that is meant for them."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, StringConstraints

from shopkeeper.api import rules, sharing
from shopkeeper.api.calls import Call
from shopkeeper.api.sharing import Holder
from shopkeeper.api.versions import Kind, Made
from shopkeeper.customer.requests import BadRequest, Id, Strict, Text
from shopkeeper.mail.shelf import GENERAL, Shared
from shopkeeper.segment.said import Said

MOST_VARIANTS = 10
_HTML = 'In the language of templates, where it stands as `{% block "<id>" %}`. It holds no snippet and no other block.'


class General(Strict):
    """For those for whom no variant is meant. `text` is for the text of templates that have one by hand."""

    html: Annotated[str, StringConstraints(min_length=1), Field(description=_HTML)]
    text: Annotated[str, StringConstraints(min_length=1)] | None = None


class Variant(General):
    """For those for whom the rule `when` holds, and for whom no variant before it is meant."""

    id: Id
    when: Said


class Block(Strict):
    """Each customer gets the first variant that is meant for them, or else the `general` one: as all that is known of
    them stands when their letter is made.

    Templates hold a block, and the segments that its rules name, as they were when they were put: `templates` says
    which hold another version by now.
    """

    name: Text | None = None
    variants: Annotated[tuple[Variant, ...], Field(min_length=1, max_length=MOST_VARIANTS)]
    general: General


def _faults(call: Call, wanted: Block) -> Iterator[tuple[str, str]]:
    seen = {GENERAL}
    for place, each in enumerate(wanted.variants):
        if each.id in seen:
            yield f"variants.{place}.id", "is the general one" if each.id == GENERAL else "is there twice"
        seen.add(each.id)
        yield from rules.faults(call, each.when, f"variants.{place}.when")


def _make(call: Call, wanted: Block, block_id: str, number: int) -> Made:
    parts = {f"variants.{place}": each for place, each in enumerate(wanted.variants)} | {"general": wanted.general}
    found: list[tuple[str, str]] = []
    for at, said in parts.items():
        try:
            shared = Shared("block", block_id, number, said.html, said.text)
            sharing.check(call, shared, sharing.shelf(call, None, said.html, said.text))
        except BadRequest as refused:
            found += [(f"{at}.{field}", reason) for field, reason in refused.findings]
    if found:
        raise BadRequest(found)
    return Made()


KIND = Kind(
    "block",
    "blocks",
    Block,
    check=_faults,
    make=_make,
    more=sharing.holders("block"),
    shape={"templates": list[Holder]},
    long=frozenset(("variants", "general")),
)
room = KIND.room("Pieces of letters in variants, each for some of the customers.")
