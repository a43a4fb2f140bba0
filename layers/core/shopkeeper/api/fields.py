"""The field dictionary: which traits and events there are, who tells them, how full they are, and what they are for."""

import json
from typing import Any, Literal

from typing_extensions import TypedDict

from shopkeeper.api import pages, roles
from shopkeeper.api.calls import Call
from shopkeeper.api.versions import Kind
from shopkeeper.aws.names import Told
from shopkeeper.customer import vocabulary
from shopkeeper.customer.fields import Dictionary, Field
from shopkeeper.customer.names import EVENT, TRAIT
from shopkeeper.customer.requests import Strict, Text

_MOST_NOTES = 500


class FieldNote(Strict):
    """What a trait is for. `sensitive` is what laws protect in particular, such as health; it needs a `basis`."""

    purpose: Text
    sensitivity: Literal["none", "personal", "sensitive"] = "personal"
    basis: Text | None = None


def _check(call: Call, wanted: FieldNote) -> list[tuple[str, str]]:
    _, sensitivity = vocabulary.RESERVED.get(call.path["id"], ("", wanted.sensitivity))
    needs_basis = "sensitive" in (wanted.sensitivity, sensitivity) and wanted.basis is None
    return [("basis", "says on what ground this may be kept, where it is sensitive")] if needs_basis else []


KIND = Kind("field", "fields", FieldNote, check=_check, any_id=True)


class FieldView(TypedDict, total=False):
    """`fill` is the share of all customers of whom the trait is known, from 0 to 1. `note` is what somebody said of it,
    or what a trait of a reserved name is for: interests, birthday, children, gender, income_band.

    `examples` are values that at least five customers share; none for what is sensitive.
    """

    name: str
    origins: list[str]
    first_on: str
    last_on: str
    customers: int
    fill: float
    examples: list[Any]
    note: dict[str, Any]


class FieldPage(TypedDict):
    """`counted_on` is the day of the last count, of so many `customers`; null before the first one."""

    items: list[FieldView]
    next: str | None
    counted_on: str | None
    customers: int


class EventView(TypedDict, total=False):
    """`is_known` if Shopkeeper knows what it means; `did_you_mean` where it is almost such a name."""

    name: str
    is_known: bool
    did_you_mean: str
    origins: list[str]
    first_on: str
    last_on: str


class EventPage(TypedDict):
    items: list[EventView]
    next: str | None


room = KIND.room("Which traits and events there are.", listing=False)


@room.get("/v1/fields", groups=roles.GROUPS, parameters=pages.PAGE)
def list_fields(call: Call) -> FieldPage:
    """List the traits of customers by name: who tells them, of how many customers they are known, what they are for.

    Counted each night; names and origins are those of all time.
    """
    names, last = call.aws.names.page(TRAIT, pages.limit(call), *pages.after(call))
    counted, notes = call.aws.dictionaries.load(), _notes(call)
    items = [_field(each, counted, notes.get(each.name)) for each in names]
    counts = {"counted_on": counted.counted_on or None, "customers": counted.customers}
    page: FieldPage = pages.page(items, (last,)) | counts
    return page


@room.get("/v1/events", groups=roles.GROUPS, parameters=pages.PAGE)
def list_events(call: Call) -> EventPage:
    """List the names of all events that were ever told, and which of them may be a slip of the pen."""
    names, last = call.aws.names.page(EVENT, pages.limit(call), *pages.after(call))
    page: EventPage = pages.page([_event(each) for each in names], (last,))
    return page


def _notes(call: Call) -> dict[str, dict[str, Any]]:
    entries, _ = call.aws.definitions.listed(KIND.name, _MOST_NOTES)
    return {each.id: json.loads(each.shown) for each in entries}


def _field(told: Told, counted: Dictionary, note: dict[str, Any] | None) -> FieldView:
    found = counted.fields.get(told.name, Field(0, ()))
    if note is None and told.name in vocabulary.RESERVED:
        note = dict(zip(("purpose", "sensitivity"), vocabulary.RESERVED[told.name], strict=True))
    is_sensitive = bool(note and note.get("sensitivity") == "sensitive")
    view: FieldView = {
        "name": told.name,
        "origins": sorted(told.origins),
        "first_on": told.first_on,
        "last_on": told.last_on,
        "customers": found.count,
        "fill": round(found.count / counted.customers, 4) if counted.customers else 0.0,
        "examples": [] if is_sensitive else list(found.examples),
    }
    return view | {"note": note} if note else view


def _event(told: Told) -> EventView:
    view: EventView = {
        "name": told.name,
        "is_known": told.name in vocabulary.NAMES,
        "origins": sorted(told.origins),
        "first_on": told.first_on,
        "last_on": told.last_on,
    }
    meant = vocabulary.meant(told.name)
    return view | {"did_you_mean": meant} if meant else view
