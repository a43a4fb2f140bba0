"""Files with who is in a segment or on a list: asked for, written by the clock, fetched."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from shopkeeper import clock
from shopkeeper.api import members
from shopkeeper.api.calls import Answer, Call, found
from shopkeeper.api.members import room
from shopkeeper.api.once import derived_id
from shopkeeper.api.roles import ADMIN, MARKETER
from shopkeeper.api.segment_explain import PART
from shopkeeper.aws.long_files import FORMS
from shopkeeper.customer import exporting
from shopkeeper.customer.exporting import Export
from shopkeeper.customer.requests import Strict

KEPT = timedelta(days=7)
"""As long as the bucket keeps the file."""
MOST_TRAITS = 50

TraitName = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class ToExport(Strict):
    """Each customer is a line with customer id, user id, address, since when, and these traits."""

    format: exporting.Format = "csv"
    traits: Annotated[tuple[TraitName, ...], Field(max_length=MOST_TRAITS)] = ()


class FileAddress(TypedDict):
    url: str
    expires_at: str


class ExportView(TypedDict):
    """`of` names the segment, with the part if one was asked for, or the list. `download` is there when it is done.

    `rows` is how many customers are in it so far.
    """

    id: str
    of: dict[str, str]
    format: exporting.Format
    traits: list[str]
    state: exporting.State
    created_at: str
    finished_at: str | None
    rows: int
    download: FileAddress | None
    error: str | None


@room.post(
    "/v1/segments/{id}/exports",
    groups=(MARKETER, ADMIN),
    status=202,
    parameters=(PART,),
    refusals={409: "It is being built for the first time."},
)
def export_segment(call: Call, wanted: ToExport) -> ExportView:
    """Have a file written of who is in a segment, or in one part of it.

    It is begun within a minute, and kept for seven days. In a CSV file, what a spreadsheet would take for a formula has
    an apostrophe in front.
    """
    about = {"segment": call.path["id"]} | ({"part": call.query["part"]} if "part" in call.query else {})
    return _begun(call, wanted, about, members.segment_group(call))


@room.post("/v1/lists/{id}/exports", groups=(MARKETER, ADMIN), status=202)
def export_list(call: Call, wanted: ToExport) -> ExportView:
    """Have a file written of who is on a list; as of a segment."""
    return _begun(call, wanted, {"list": call.path["id"]}, members.list_group_of(call))


@room.get("/v1/exports/{export_id}", groups=(MARKETER, ADMIN))
def read_export(call: Call) -> Answer[ExportView]:
    """How far an export has come, and where to fetch the file: an address that is good for a quarter of an hour."""
    export = found(call.aws.exports.load(call.path["export_id"]), "export")
    return Answer(_shown(call, export), headers={"Cache-Control": "no-store"})


def _begun(call: Call, wanted: ToExport, about: Mapping[str, str], group: str) -> ExportView:
    now = clock.to_text(call.now)
    export = Export(
        id=derived_id(call, "export"),
        about=about,
        group=group,
        format=wanted.format,
        traits=tuple(dict.fromkeys(wanted.traits)),
        created_at=now,
        created_by=call.who.id,
        due_at=now,
        expires_at=int((call.now + KEPT).timestamp()),
    )
    return _shown(call, call.aws.exports.add(export))


def _shown(call: Call, export: Export) -> ExportView:
    return {
        "id": export.id,
        "of": dict(export.about),
        "format": export.format,
        "traits": list(export.traits),
        "state": export.state,
        "created_at": export.created_at,
        "finished_at": export.finished_at or None,
        "rows": export.rows,
        "download": _download(call, export) if export.state == "done" else None,
        "error": export.error or None,
    }


def _download(call: Call, export: Export) -> FileAddress:
    address = call.aws.files.export_address(export.id, *FORMS[export.format], call.now)
    return {"url": address.url, "expires_at": clock.to_text(address.expires_at)}
