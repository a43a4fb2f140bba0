"""Files with customers and orders: asked for, uploaded to the address given in answer, read, and reported on."""

from collections.abc import Iterator

from typing_extensions import TypedDict

from shopkeeper import clock
from shopkeeper.api import pages, roles
from shopkeeper.api.calls import Answer, Call, Room, found
from shopkeeper.api.once import derived_id
from shopkeeper.api.problems import Problem
from shopkeeper.api.roles import ADMIN, MARKETER
from shopkeeper.api.versions import missing
from shopkeeper.customer.importing import fields, job, request
from shopkeeper.customer.importing.job import Job
from shopkeeper.customer.importing.request import Import

room = Room("imports", "Files with customers and orders.")


class ImportView(TypedDict):
    """`rows` were read so far. A dry run counts the interactions there would have been."""

    id: str
    name: str
    kind: fields.Kind
    dry_run: bool
    state: job.State
    created_at: str
    started_at: str | None
    finished_at: str | None
    rows_total: int
    rows: int
    accepted: int
    refused: int
    interactions: int
    error: str | None


class Upload(TypedDict):
    """Where to send the file, with this method and nothing else, before the address expires."""

    method: str
    url: str
    expires_at: str


class ImportMade(ImportView):
    upload: Upload


class ImportPage(TypedDict):
    items: list[ImportView]
    next: str | None


class Download(TypedDict):
    url: str
    expires_at: str


def _faults(call: Call, wanted: Import) -> Iterator[tuple[str, str]]:
    yield from request.faults(wanted, call.now)
    if list_id := wanted.constants.get("list"):
        yield from missing(call, "list", list_id, "constants.list")


@room.post(
    "/v1/imports",
    groups=(MARKETER, ADMIN),
    status=201,
    check=_faults,
    refusals={409: "There is another import with this id."},
)
def create_import(call: Call, wanted: Import) -> ImportMade:
    """Ask for an import; the answer says where to upload the file.

    Asked for again while it waits for its file, an import gets a fresh upload address.
    """
    import_id = wanted.id or derived_id(call, "import")
    made = call.aws.jobs.create(Job(import_id, wanted, created_at=clock.to_text(call.now)))
    if made.wanted != wanted or made.state != "waiting":
        raise Problem(409, "There is another import with this id.", [("id", "is taken: choose another one")])
    upload = call.aws.files.upload_address(import_id, call.now)
    address = Upload(method="PUT", url=upload.url, expires_at=clock.to_text(upload.expires_at))
    return ImportMade(**shown(made), upload=address)


@room.get("/v1/imports", groups=roles.GROUPS, parameters=pages.PAGE)
def list_imports(call: Call) -> ImportPage:
    """The newest 1,000 imports, newest first."""
    jobs, last = call.aws.jobs.newest(pages.limit(call), *pages.after(call))
    given: ImportPage = pages.page([shown(each) for each in jobs], [last])
    return given


@room.get("/v1/imports/{import_id}", groups=roles.GROUPS)
def read_import(call: Call) -> ImportView:
    """How far an import has come, and what has become of its rows."""
    return shown(_named(call))


@room.get(
    "/v1/imports/{import_id}/errors",
    groups=(MARKETER, ADMIN),
    status=303,
    refusals={409: "The file has not been read to its end yet."},
)
def read_errors(call: Call) -> Answer[Download]:
    """Leads on to the file of refused rows, which may be larger than an answer can be."""
    read = _named(call)
    if read.state != "done":
        raise Problem(409, read.error or "The file has not been read to its end yet.")
    address = call.aws.files.errors_address(read.id, call.now)
    body = Download(url=address.url, expires_at=clock.to_text(address.expires_at))
    return Answer(body, headers={"Location": address.url, "Cache-Control": "no-store"})


def _named(call: Call) -> Job:
    return found(call.aws.jobs.job(call.path["import_id"]), "import")


def shown(job: Job) -> ImportView:
    return {
        "id": job.id,
        "name": job.wanted.name,
        "kind": job.wanted.kind,
        "dry_run": job.wanted.dry_run,
        "state": job.state,
        "created_at": job.created_at,
        "started_at": job.started_at or None,
        "finished_at": job.finished_at or None,
        "rows_total": job.total,
        "rows": job.rows,
        "accepted": job.accepted,
        "refused": job.refused,
        "interactions": job.interactions,
        "error": job.error or None,
    }
