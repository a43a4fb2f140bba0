"""Files with customers and orders: asked for, uploaded to the address given in answer, read, and reported on."""

import json
from collections.abc import Iterator

from typing_extensions import TypedDict

from shopkeeper import clock
from shopkeeper.api import import_preview, import_views, pages, roles
from shopkeeper.api.calls import Answer, Call, Room, found
from shopkeeper.api.import_preview import Preview
from shopkeeper.api.import_views import ImportView
from shopkeeper.api.once import derived_id
from shopkeeper.api.problems import Problem
from shopkeeper.api.roles import ADMIN, MARKETER
from shopkeeper.customer.importing import request
from shopkeeper.customer.importing.job import Job, Overtaken
from shopkeeper.customer.importing.request import Changes, Import
from shopkeeper.customer.requests import BadRequest

room = Room("imports", "Files with customers and orders.")
_NO_FILE = {409: "Its file is not there, or is being read already."}


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
    yield from import_preview.missing_list(call, wanted)


@room.post(
    "/v1/imports",
    groups=(MARKETER, ADMIN),
    status=201,
    check=_faults,
    refusals={409: "There is another import with this id."},
)
def create_import(call: Call, wanted: Import) -> ImportMade:
    """Ask for an import; the answer says where to upload the file.

    What is not said of the file is found out by looking at it. With a `mapping`, and nothing left to ask, its reading
    starts by itself; otherwise it is `asking` until somebody starts it. Asked for again while it waits for its file,
    an import gets a fresh upload address.
    """
    import_id = wanted.id or derived_id(call, "import")
    made = call.aws.jobs.create(Job(import_id, wanted, created_at=clock.to_text(call.now)))
    if made.wanted != wanted or made.state != "waiting":
        raise Problem(409, "There is another import with this id.", [("id", "is taken: choose another one")])
    upload = call.aws.files.upload_address(import_id, call.now)
    address = Upload(method="PUT", url=upload.url, expires_at=clock.to_text(upload.expires_at))
    return ImportMade(**import_views.shown(made), upload=address)


@room.post("/v1/imports/{import_id}/preview", groups=(MARKETER, ADMIN), refusals=_NO_FILE)
def preview_import(call: Call, wanted: Changes) -> Preview:
    """Show the first 20 rows as they would be read, how and why so, and which column would go where.

    The body may change what was asked for, to see what would come of it; nothing of it is kept.
    """
    job = named(call)
    _, proposal = import_preview.proposed(call, job, wanted)
    return import_preview.shown(call, job, proposal)


@room.post("/v1/imports/{import_id}/start", groups=(MARKETER, ADMIN), status=202, refusals=_NO_FILE)
def start_import(call: Call, wanted: Changes) -> ImportView:
    """Have the file read as its preview shows it, with what the body says otherwise.

    Also after a dry run, to do it in earnest, and after a file could not be read, with other settings.
    """
    job = named(call)
    if not (job.is_under_way and wanted.of(job.wanted) == job.wanted):
        job = _started(call, job, wanted)
    call.aws.imports.send([json.dumps({"import": job.id}).encode()])
    return import_views.shown(job)


def _started(call: Call, job: Job, changes: Changes) -> Job:
    """Raises Problem 409, BadRequest."""
    if not job.may_start_again:
        raise Problem(409, "It is being read, or was: ask for another import.")
    etag, proposal = import_preview.proposed(call, job, changes)
    doubts = [(f"file.{each.field}", f"{each.why}: say {' or '.join(each.candidates)}") for each in proposal.doubts]
    if faults := [*import_preview.faults(call, proposal), *doubts]:
        raise BadRequest(faults)
    try:
        begun = job.again(proposal.wanted).check(etag, proposal.form, proposal.signature)
        return call.aws.jobs.put(begun)
    except Overtaken:
        raise Problem(409, "Somebody else has started it.") from None


@room.get("/v1/imports", groups=roles.GROUPS, parameters=pages.PAGE)
def list_imports(call: Call) -> ImportPage:
    """The newest 1,000 imports, newest first."""
    jobs, last = call.aws.jobs.newest(pages.limit(call), *pages.after(call))
    given: ImportPage = pages.page([import_views.shown(each) for each in jobs], [last])
    return given


@room.get("/v1/imports/{import_id}", groups=roles.GROUPS)
def read_import(call: Call) -> ImportView:
    """How far an import has come, and what has become of its rows."""
    return import_views.shown(named(call))


@room.get(
    "/v1/imports/{import_id}/errors",
    groups=(MARKETER, ADMIN),
    status=303,
    refusals={409: "The file has not been read to its end yet."},
)
def read_errors(call: Call) -> Answer[Download]:
    """Leads on to the file of refused rows, which may be larger than an answer can be."""
    read = named(call)
    if read.state != "done":
        raise Problem(409, read.error or "The file has not been read to its end yet.")
    address = call.aws.files.errors_address(read.name, call.now)
    body = Download(url=address.url, expires_at=clock.to_text(address.expires_at))
    return Answer(body, headers={"Location": address.url, "Cache-Control": "no-store"})


def named(call: Call) -> Job:
    job: Job = found(call.aws.jobs.job(call.path["import_id"]), "import")
    return job
